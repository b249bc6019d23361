"""One address for all links to a page, so that a page scraped several times is recognised."""

import polars as pl

ARCHIVED = r"^(?:https?://)?web\.archive\.org/web/(\d{4,14})(?:[a-z]{2}_)?/(.+)$"
# Parameters that campaigns, feeds and social networks append to an address. They never lead to another page.
TRACKING = r"(?i)([?&])(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|cmpid|ns_\w+|smid|ref_src|rss|feedtype|ocid)(?:=[^&#]*)?"


def with_addresses(articles: pl.DataFrame) -> pl.DataFrame:
    """Add `address` and `seen`, both read from `url`, and give pages of a web archive their original `site`.

    An address is a URL without scheme, `www.`, fragment and tracking parameters; a site's front page gets none. `seen`
    is the time at which an archive took the page, or else the day of publication, as digits.
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
