"""Settings of the read stage."""

from pydantic import BaseModel, ConfigDict, Field


class ReadConfig(BaseModel):
    """Settings of the read stage; column names are compared without regard to case, the first with a value counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(
        20_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="bytes: the largest record read, decompressed. The longest news page measured (699 of them) has "
        "under 3 MB, so a larger record is an archive, a log or a decompression bomb.",
    )
    content_columns: tuple[str, ...] = Field(
        (
            "text",
            "article_text",
            "full_text",
            "maintext",
            "plain_text",
            "articlebody",
            "body",
            "content",
            "article",
            "html",
            "raw_html",
            "raw_content",
        ),
        min_length=1,
        description="names of the column with the article's text or HTML, the best first: extracted text stands before "
        "HTML because it needs no guess.",
    )
    url_columns: tuple[str, ...] = Field(
        ("url", "link", "source_url", "canonical_url", "permalink", "uri"),
        description="names of the column with the article's address, the best first.",
    )
    title_columns: tuple[str, ...] = Field(
        ("title", "headline", "article_title", "head"),
        description="names of the column with the headline, the best first.",
    )
    date_columns: tuple[str, ...] = Field(
        (
            "date",
            "published",
            "published_at",
            "publishedat",
            "date_published",
            "datepublished",
            "date_publish",
            "publish_date",
            "publication_date",
            "pub_date",
            "pubdate",
            "published_date",
            "timestamp",
            "created_at",
        ),
        description="names of the column with the date of publication, the best first.",
    )
    author_columns: tuple[str, ...] = Field(
        ("author", "authors", "byline", "creator", "by"),
        description="names of the column with the author or authors, the best first.",
    )
