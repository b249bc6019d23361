"""What a page says of itself: title, author, date and address."""

import json

import pytest

from tests.extract.harbour import DATA, article

METADATA = json.loads((DATA / "metadata.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", METADATA, ids=[case["about"] for case in METADATA])
def test_what_a_page_says_of_itself(case: dict[str, str | None]) -> None:
    """Title, author, date and address are the article's own, however the page states them."""
    found = article(case["html"] or "")
    said = {"title": found.title, "author": found.author, "url": found.url, "site": found.site}
    said["published"] = str(found.published) if found.published else None
    wanted = {name: case[name] for name in said if name in case}
    assert wanted and {name: said[name] for name in wanted} == wanted
    assert case.get("without") not in [line + "\n" for line in found.text.split("\n")]
