"""The site an article belongs to."""

from urllib.parse import urlsplit


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
