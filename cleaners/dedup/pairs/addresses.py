"""One address for all the ways in which a page is linked, so that it is known when it was scraped several times."""

import polars as pl

ARCHIVED = r"^(?:https?://)?web\.archive\.org/web/(\d{4,14})(?:[a-z]{2}_)?/(.+)$"
# What campaigns, feeds and social networks put behind an address; no page is told from another by it.
TRACKING = r"(?i)([?&])(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|cmpid|ns_\w+|smid|ref_src|rss|feedtype|ocid)(?:=[^&#]*)?"


def with_addresses(articles: pl.DataFrame) -> pl.DataFrame:
    """Add `address` and `seen` by `url`, and give pages of a web archive the `site` they were taken from.

    An address has no scheme, no `www.`, no part of a page and no tracking; a site's front page has none. `seen` is when
    an archive took the page, else the day of publication, as digits.
    """
    taken = pl.col("url").str.extract(ARCHIVED, 1)
    page = pl.coalesce(pl.col("url").str.extract(ARCHIVED, 2), "url")
    bare = (
        page.str.replace(r"^(?i:https?:/+)?(?i:www\.)?", "")
        .str.replace(r"#.*$", "")
        .str.replace_all(TRACKING, "$1")
        .str.replace_all(r"([?&])&+", "$1")
        .str.replace(r"[?&/]+$", "")
    )
    host = bare.str.extract(r"^([^/?]+)", 1).str.to_lowercase()
    path = bare.str.extract(r"^[^/?]+(/.+)$", 1)
    return articles.with_columns(
        address=host + path,
        seen=pl.coalesce(taken, pl.col("published").dt.strftime("%Y%m%d")),
        site=pl.when(taken.is_not_null()).then(host).otherwise("site"),
    )
