"""The site an article belongs to."""

import re
from urllib.parse import unquote, urlsplit

# Addresses of copies in archives and caches; they contain the page's own address.
_COPIES = (
    re.compile(r"^https?://(?:web\.|www\.)?archive\.org/(?:web/)?\d{4,14}(?:[a-z]{2}_)?/(?P<own>.+)", re.IGNORECASE),
    re.compile(r"^https?://(?:www\.)?archive-it\.org/\d+/\d{4,14}(?:[a-z]{2}_)?/(?P<own>.+)", re.IGNORECASE),
    re.compile(r"^https?://webcache\.googleusercontent\.com/search\?q=cache:(?:\w+:)?(?P<own>[^+&]+)", re.IGNORECASE),
    re.compile(r"^https?://[\w-]+\.cdn\.ampproject\.org/[cvi]/s/(?P<own>.+)", re.IGNORECASE),
    re.compile(r"^https?://(?:www\.)?google\.[a-z.]+/amp/s/(?P<own>.+)", re.IGNORECASE),
)


def own_address(url: str | None) -> str | None:
    """Return the page's own address if `url` is that of a copy in a public archive or cache, and else `url`."""
    if url is None:
        return None
    for pattern in _COPIES:
        if found := pattern.match(url.strip()):
            own = found["own"]
            own = unquote(own) if own.lower().startswith(("http%3a", "https%3a")) else own
            # Some archives write only one slash after the scheme.
            own = re.sub(r"^(https?):/{1,2}(?=[^/])", r"\1://", own)
            return own if "://" in own else f"https://{own}"
    return url


def find_site(url: str | None, source: str) -> str | None:
    """Return the host of `url` without `www.`, else the first folder of `source`, else None."""
    if url:
        try:
            host = urlsplit(url if "//" in url else f"//{url}").hostname
        except ValueError:
            host = None
        if host and "." in host:
            return host.removeprefix("www.")
    folder, slash, _ = source.partition("/")
    return folder if slash else None
