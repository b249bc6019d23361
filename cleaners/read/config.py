"""Settings of the read stage."""

from pydantic import BaseModel, ConfigDict, Field


class ReadConfig(BaseModel):
    """Settings of the read stage; columns are matched by letters and digits, and the first with a value counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(
        20_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="bytes: size of the largest record that is read, decompressed. The longest of 699 news pages "
        "measured has under 3 MB, so a larger record is an archive, a log or a decompression bomb.",
    )
    seconds: float = Field(
        60.0,
        gt=0,
        le=86_400,
        description="seconds: time to read a file, plus the same again for every 10 MB of it on disk; work on its "
        "records does not count. Then the rest of the file is left out with the fate too_slow. Tables and JSON are "
        "read at 10 MB a second and more.",
    )
    content_columns: tuple[str, ...] = Field(
        (
            "text",
            "article_text",
            "full_text",
            "maintext",
            "main_text",
            "plain_text",
            "body_text",
            "clean_text",
            "text_content",
            "full_content",
            "news_content",
            "article_content",
            "article_body",
            "body",
            "content:encoded",
            "content",
            "article",
            "story",
            "paragraphs",
            "html",
            "raw_html",
            "raw_content",
        ),
        min_length=1,
        description="Names of the column with the article's text or HTML, best first. Extracted text comes before "
        "HTML because it needs no guess. A column that holds only the beginning of another gives way to it.",
    )
    url_columns: tuple[str, ...] = Field(
        (
            "url",
            "link",
            "source_url",
            "article_url",
            "page_url",
            "web_url",
            "canonical_url",
            "canonical_link",
            "permalink",
            "document_identifier",
            "uri",
            "source",
        ),
        description="Names of the column with the article's address, best first. A value that is no address is "
        "passed over.",
    )
    title_columns: tuple[str, ...] = Field(
        ("title", "headline", "article_title", "page_title", "web_title", "news_title", "head"),
        description="Names of the column with the headline, best first.",
    )
    date_columns: tuple[str, ...] = Field(
        (
            "published",
            "published_at",
            "date_published",
            "date_publish",
            "publish_date",
            "publishing_date",
            "publication_date",
            "published_date",
            "published_time",
            "pub_date",
            "web_publication_date",
            "date",
            "article_date",
            "datetime",
            "time",
            "created",
            "created_at",
        ),
        description="Names of the column with the date of publication, best first. Names that as often hold the "
        "time of the crawl (timestamp) are not among them. In rows that name their crawl's dump or WARC file, a plain "
        "date is the crawl's and is passed over.",
    )
    author_columns: tuple[str, ...] = Field(
        ("author", "authors", "author_name", "byline", "creator", "by"),
        description="Names of the column with the author or authors, best first.",
    )
    id_columns: tuple[str, ...] = Field(
        ("id", "_id", "doc_id", "document_id", "article_id", "guid", "uuid"),
        description="Names of the column with the record's own id, best first. It is published as `source_id` and "
        "decides nothing.",
    )
    publication_columns: tuple[str, ...] = Field(
        ("publication", "publisher", "site_name", "sitename", "outlet", "source_name", "source"),
        description="Names of the column with the newspaper's name, which is taken off the end of the headline.",
    )
