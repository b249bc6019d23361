"""The page of a report: what a browser makes of it, and that nothing in it is more than text."""

import json
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from flows.report.page import show_unseen
from flows.review.verdicts import read_verdicts, weigh_verdicts
from tests.flows.browser import CHROMIUM, Page, browser
from tests.flows.conftest import Published
from tests.flows.report.conftest import read


class Elements(HTMLParser):
    """The elements of a page, and where each address in it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_hostile_text_makes_no_element(reported: Published) -> None:
    """Markup in names, titles and texts makes no element, handler or address, and nothing outside is asked for."""
    page = (reported.current / "report.html").read_text()
    found = Elements(page)
    assert "document.title" in page
    assert found.names.count("script") == 2
    assert "img" not in found.names
    assert found.handlers == []
    assert all(address.startswith("#") or address == "data:," for address in found.addresses)


def test_unseen_signs_are_shown_as_marks(reported: Published) -> None:
    """Control and direction signs of raw files stand in the page as marks, never as themselves."""
    page = (reported.current / "report.html").read_text()
    assert "\u241b[31m" in page
    assert "\u27e8U+202E\u27e9" in page
    assert not {*page} & {"\x1b", "\u202e", "\u202c", "\u2066", "\u2069"}
    assert show_unseen({"a": ["b\u200f\x00\t", 1, None]}) == {"a": ["b⟨U+200F⟩\u2400\t", 1, None]}


@pytest.fixture(scope="module")
def page(reported: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser that is told to open the report anew by each test."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with browser(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids="{0[0]} {0[1]}".format)
def view(page: Page, reported: Published, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The report, open in a wide or a narrow window, light or dark; it neither complains nor outgrows the window."""
    width, scheme = request.param
    page.open(reported.current.resolve() / "report.html", width=width, scheme=scheme)
    yield page
    assert page.complaints == []
    assert page.value("document.documentElement.scrollWidth") <= width


def test_page_opens_quietly(view: Page, reported: Published) -> None:
    """The page loads without a word on the console or a request, and nothing in it takes it over."""
    assert {request.partition(":")[0] for request in view.requests} <= {"file", "data"}
    assert view.value("document.title") == f"Winnow: {reported.manifest['run_id']}"


CONTRAST = """(() => {
  const light = (text) => {
    const linear = (v) => (v <= 0.04 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = text.match(/[0-9.]+/g).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll("h1, .quiet, td, thead th, a")].map((each) => {
    const [dark, bright] = [paper, light(getComputedStyle(each).color)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  });
})()"""


def test_text_can_be_read_in_light_and_dark(view: Page, request: pytest.FixtureRequest) -> None:
    """Dark is dark and light is light, and text stands out from the paper by 4.5 to 1 or more."""
    paper = view.value("getComputedStyle(document.body).backgroundColor")
    dark = request.node.callspec.params["view"][1] == "dark"
    assert (paper == "rgb(21, 24, 28)") == dark
    contrasts = view.value(CONTRAST)
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5


def test_search_finds_by_title_source_and_site(view: Page) -> None:
    """What is typed narrows the list to the articles whose title, source or site has the words."""
    everything = view.value("document.querySelectorAll('#list button').length")
    for words in ("rise AGAIN", "hostile.jsonl record 1", "brack.example"):
        view.value("document.getElementById('find').value = ''; document.getElementById('find').focus()")
        view.write(words)
        found = view.value("[...document.querySelectorAll('#list button')].map((b) => b.textContent)")
        assert 1 <= len(found) < everything
        assert any("Pier to rise again" in text for text in found), words
        assert view.value("document.getElementById('found').textContent") == f"{len(found)} of {everything}"
    view.write(" and nothing else")
    assert "No article shown here" in view.value("document.getElementById('list').textContent")


def choose(view: Page, which: str) -> list[str]:
    """Choose which articles are listed, and return their lines."""
    view.value(
        f"document.getElementById('only').value = '{which}'; "
        "document.getElementById('only').dispatchEvent(new Event('change'))"
    )
    lines: list[str] = view.value("[...document.querySelectorAll('#list button')].map((b) => b.textContent)")
    return lines


def test_filter_lists_articles_with_cuts_of_a_reason(view: Page, reported: Published) -> None:
    """Each reason that has cut something can be chosen, and lists as many articles as the tables have."""
    claims = read(reported, "audit/removals")
    options = set(view.value("[...document.getElementById('only').options].map((option) => option.value)"))
    assert options == {"", "unsure", *claims["reason"].unique()}
    everything = choose(view, "")
    for reason in ("promo", "unsure", "furniture"):
        count = claims.filter(reason=reason)["id"].n_unique()
        assert len(choose(view, reason)) == count, reason
        assert 0 < count < len(everything)


def test_least_certain_articles_come_first(page: Page, reported: Published) -> None:
    """The reader lists articles by the confidence that the tables give them, and those not published last."""
    page.open(reported.current.resolve() / "report.html")
    listed = page.value("articles.map((row) => row.confidence)")
    published = [confidence for confidence in listed if confidence is not None]
    tables = pl.concat([read(reported, table).select("confidence") for table in ("articles", "duplicates")])
    assert published == sorted(tables["confidence"])
    assert listed[: len(published)] == published


def test_cut_spans_say_their_rule(view: Page, reported: Published) -> None:
    """A cut span in the reader is marked with its reason and says rule and score."""
    choose(view, "promo")
    title = view.value("document.querySelector('#article mark.cut.r-promo').title")
    rules = read(reported, "audit/removals").filter(pl.col("reason") == "promo")["rule"].unique()
    assert any(title.startswith(f"cut as promo by {rule}, score ") for rule in rules)
    view.value("document.querySelector('#article mark.r-promo').click()")
    assert view.value("document.getElementById('told').textContent") == title


def test_pairs_stand_side_by_side(view: Page) -> None:
    """Both kinds of pairs show two articles beside each other, with the words that only one has marked."""
    for kind in ("merged", "apart"):
        view.value(f"document.querySelector('[data-pairs={kind}]').click()")
        sides = view.value(
            "[...document.querySelectorAll('#pair .sides > div')].map((side) => [side.className, "
            "side.querySelectorAll('.same').length, "
            "...['top', 'left'].map((edge) => side.getBoundingClientRect()[edge])])"
        )
        (left, same, left_top, left_edge), (right, _, right_top, right_edge) = sides
        assert (left, right) == ("left", "right")
        assert same
        assert left_top == right_top
        assert left_edge < right_edge
        assert view.value("document.querySelectorAll('#pair .sides mark').length")


def saved(page: Page, reported: Published) -> Path:
    """Have the page save its verdicts; return the file."""
    file = page.downloads / f"winnow-verdicts-{reported.manifest['run_id']}.json"
    file.unlink(missing_ok=True)
    page.press("s")
    deadline = time.monotonic() + 10
    while not (file.is_file() and file.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    return file


def test_verdicts_are_given_by_key_and_saved(view: Page, reported: Published) -> None:
    """R, W and U judge and go on, B goes back, and S saves the verdicts with what each is about."""
    for key in "rwunrbw":  # the last one overwrites
        view.press(key)
    assert view.value("document.getElementById('judged').textContent").endswith("4 judged, not saved")
    content = json.loads(saved(view, reported).read_text())
    assert [each["verdict"] for each in content["verdicts"]] == ["right", "wrong", "unsure", "wrong"]
    removals = read(reported, "audit/removals").select("id", "start", "end", "reason", "rule").rows()
    for each in content["verdicts"]:
        assert each["kind"] == "cut"
        assert (each["id"], each["start"], each["end"], each["reason"], each["rule"]) in removals
    assert content["run_id"] == reported.manifest["run_id"]
    assert view.value("document.getElementById('judged').textContent").endswith("4 judged")


def test_buttons_judge_as_keys_do(view: Page) -> None:
    """For those without a keyboard each key has a button, large enough for a finger and inside the window."""
    view.value("document.querySelector('[data-key=w]').click(); document.querySelector('[data-key=b]').click()")
    assert view.value("document.querySelector('[data-key=w]').getAttribute('aria-pressed')") == "true"
    sizes = view.value(
        "[...document.querySelectorAll('[data-key]')].map((b) => b.getBoundingClientRect()).map((r) => "
        "[r.height, r.left, document.documentElement.clientWidth - r.right])"
    )
    assert len(sizes) == 6
    assert all(height >= 30 and left >= 0 and right >= 0 for height, left, right in sizes)


def test_page_asks_before_verdicts_are_lost(page: Page, reported: Published) -> None:
    """With verdicts that are not saved the page is not left without a question; once they are saved, it is."""
    report = reported.current.resolve() / "report.html"
    page.open(report)
    page.press("r")
    page.open(report)
    assert page.dialogs == ["beforeunload"]
    page.press("r")
    saved(page, reported)
    page.open(report)
    assert page.dialogs == []


def test_each_saved_verdict_counts(page: Page, reported: Published) -> None:
    """Of all items, judged one after the other, `winnow review` counts every verdict that the page has saved."""
    page.open(reported.current.resolve() / "report.html")
    count = page.value("items.length")
    for _ in range(count):
        page.press("r")
    counted = weigh_verdicts([read_verdicts(saved(page, reported))], reported.current.resolve())
    assert counted.stale == ()
    assert len(counted.counted) == count
    assert {verdict.kind for verdict in counted.counted} == {"cut", "unsure", "merge", "apart", "left in"}


def test_keys_are_letters_in_the_search(view: Page) -> None:
    """What is typed into the search judges nothing."""
    view.value("document.getElementById('find').focus()")
    for key in "rwu":
        view.press(key)
    assert view.value("document.getElementById('find').value") == "rwu"
    assert "0 judged" in view.value("document.getElementById('judged').textContent")
