"""The article of an HTML page: trafilatura's text and metadata."""

from collections.abc import Mapping

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

# Dates are searched in metadata and markup only, up to a fixed day, so that the answer depends on the page alone.
_DATES: Mapping[str, object] = {"original_date": True, "extensive_search": False, "max_date": "2199-12-31"}


def extract_page(html: str, *, url: str | None) -> Document | None:
    """Return what trafilatura finds on the page, or None when there is no article."""
    tree: HtmlElement | None = trafilatura.load_html(html)
    if tree is None:
        return None
    found = trafilatura.bare_extraction(
        tree, url=url, include_comments=False, with_metadata=True, date_extraction_params=dict(_DATES)
    )
    return found if isinstance(found, Document) else None
