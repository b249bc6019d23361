"""Settings of the read stage."""

from pydantic import BaseModel, ConfigDict, Field


class ReadConfig(BaseModel):
    """Settings of the read stage; columns are matched by letters and digits, and the first with a value counts.

    `article_`, `post_` and the like may stand before a name, and the signs of Solr's types (`_s`, `_txt`) after it.
    """

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
            "content_text",
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
            *("texte", "texto", "testo", "tekst", "artikeltext", "текст", "正文", "本文", "본문"),
            *("inhalt", "contenu", "contenido", "conteúdo", "contenuto", "inhoud", "treść"),
            *("содержание", "内容", "內容", "내용", "contingut", "conținut", "obsah", "sadržaj", "vsebina", "besedilo"),
            *("teksti", "sisältö", "brödtext", "innehåll", "brødtekst", "indhold", "innhold", "szöveg", "tartalom"),
            *("metin", "içerik", "isi", "isi_berita", "konten", "matn", "nội_dung", "noi_dung"),
            *("κείμενο", "περιεχόμενο"),
            *("النص", "المحتوى", "متن", "תוכן", "सामग्री", "เนื้อหา", "съдържание", "зміст"),
            "markdown",
            "body_value",
            "html",
            "content_html",
            "body_html",
            "raw_html",
            "raw_content",
            "document",
            "contents",
            "content_elements",
            "full_article",
            "news",
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
            "responded_url",
            "warc_target_uri",
            "main_entity_of_page",
            *("adresse", "lien", "enlace", "collegamento", "ссылка", "链接", "連結"),
            "source",
        ),
        description="Names of the column with the article's address, best first. A value that is no address is "
        "passed over.",
    )
    title_columns: tuple[str, ...] = Field(
        (
            *("og_title", "title", "headline", "article_title", "page_title", "web_title", "news_title", "head"),
            *("heading", "headlines"),
            *("titel", "überschrift", "schlagzeile", "titre", "título", "titular", "titolo", "tytuł", "nadpis"),
            *("заголовок", "标题", "標題", "タイトル", "見出し", "제목"),
            *("títol", "titlu", "titulek", "naslov", "titulli"),
            *("otsikko", "overskrift", "cím", "başlık", "baslik", "judul", "sarlavha", "tiêu_đề", "tieu_de", "τίτλος"),
            *("العنوان", "عنوان", "כותרת", "शीर्षक", "หัวข้อข่าว", "заглавие"),
        ),
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
            "published_on",
            "published_ts",
            "publish_time",
            "display_date",
            *("datum", "erscheinungsdatum", "veröffentlicht", "fecha", "fecha_publicación", "date_publication"),
            *("data", "data_pubblicazione", "data_publicação", "data_publikacji", "дата", "дата_публикации"),
            *("日期", "发布时间", "發布時間", "日付", "公開日", "날짜", "päivämäärä", "paivamaara", "dato", "dátum"),
            *("tarih", "tanggal", "ngày_đăng", "ngay_dang", "ημερομηνία", "التاريخ", "تاريخ", "תאריך", "दिनांक", "วันที่"),
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
        (
            *("author", "authors", "author_name", "byline", "creator", "by", "writer"),
            *("autor", "autorin", "autoren", "verfasser", "auteur", "autore", "автор", "作者", "著者", "記者", "기자"),
            *("kirjoittaja", "författare", "forfatter", "szerző", "yazar", "penulis", "tác_giả", "tac_gia"),
            *("συντάκτης", "الكاتب", "نویسنده", "מחבר", "लेखक", "ผู้เขียน"),
        ),
        description="Names of the column with the author or authors, best first.",
    )
    id_columns: tuple[str, ...] = Field(
        ("id", "_id", "doc_id", "document_id", "article_id", "guid", "uuid"),
        description="Names of the column with the record's own id, best first. It is published as `source_id` and "
        "decides nothing.",
    )
    publication_columns: tuple[str, ...] = Field(
        ("publication", "publisher", "site_name", "og_site_name", "sitename", "outlet", "source_name", "source"),
        description="Names of the column with the newspaper's name, which is taken off the end of the headline.",
    )
