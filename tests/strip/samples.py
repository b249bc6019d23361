"""Ways to make articles of the invented stories, and to clean them."""

from cleaners.records import Article, SiteLines
from cleaners.strip import StripConfig, cut, find_claims
from tests.strip.stories import LANGUAGE

CONFIG = StripConfig()
Story = tuple[str, str]


def article(story: Story, extra: str = "", *, source: str = "a.txt", language: Story | None = None) -> Article:
    """Return a story as an article, with something glued under it, in the language of that story or of another one."""
    title, text = story
    return Article(source, 0, text + extra, title=title, language=LANGUAGE.get(language or story, "en"))


def cleaned(
    item: Article,
    site_lines: SiteLines | None = None,
    *,
    elsewhere: frozenset[int] = frozenset(),
    config: StripConfig = CONFIG,
) -> str:
    """Return what is kept of an article."""
    return cut(item.text, find_claims(item, config=config, site_lines=site_lines, elsewhere=elsewhere)).text


def rules(item: Article, site_lines: SiteLines | None = None) -> set[str]:
    """Return the names of the rules that cut something."""
    claims = find_claims(item, config=CONFIG, site_lines=site_lines)
    return {claim.rule for claim in claims if claim.reason != "unsure"}
