"""The report of a snapshot: what it says, and that it says no more than the tables hold."""

import json
import shutil
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from prefect.client.orchestration import get_client

from cleaners.records import count_words
from flows.report.numbers import gather
from flows.report.page import show_unseen
from flows.review.verdicts import read_verdicts, weigh_verdicts
from flows.running.announcements import corpus_key
from flows.snapshots.records import extracted_text, stretches
from tests.flows.browser import CHROMIUM, Page, browser
from tests.flows.conftest import SAMPLE, Published, invoke, printed, publish
from tests.flows.test_reports import artifacts_of

HOSTILE = "<img src=x onerror=document.title='taken'></script><script>document.title='taken'</script>"
UNSEEN = "\x1b[31mRed\x1b[0m \u202eelcitra na\u202c \u2066kept\u2069"
BODY = (
    "The harbour council of Ossel voted on Tuesday to rebuild the northern pier, which a storm had broken in March. "
    "Fishing crews will land their catch at the old quay until the work is done, the council's clerk said. "
)
LANDED = [(day, ("Gannet", "Marram", "Ostra", "Tern", "Skerry")[day % 5]) for day in range(2, 400)]


@pytest.fixture(scope="module")
def reported(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample and files whose names, titles and texts are hostile to a page, published with a setting changed."""
    folder = tmp_path_factory.mktemp("reported")
    raw = folder / "raw"
    shutil.copytree(SAMPLE, raw)
    (raw / "<img src=x onerror=alert(1)> \x1b[31m\u202e.txt").write_text(f"Pier\n\n{BODY}\n\n{HOSTILE} {BODY}\n")
    (raw / "<img src=x onerror=alert(2)>.pdf").write_text("%PDF-1.7")  # it is refused, and listed by its name
    rows = [
        {"title": f"{what} {UNSEEN}", "text": f"{BODY} {what} {UNSEEN}", "url": f"https://{site}.example/pier"}
        for what, site in ((HOSTILE, "ossel"), ("Pier to rise again", "brack"))
    ]
    (raw / "hostile.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = [
        f"{day} days later the crew of the {name} landed {day * 37} crates of cod at quay {day % 9}."
        for day, name in LANDED
    ]
    told.insert(200, "\n\nREAD MORE: Cod prices rise for the third week\n\n")
    (raw / "long.txt").write_text("Cod landed\n\n" + "\n\n".join(told))
    return publish(raw, folder / "clean", publish={"min_words": 12})


@pytest.fixture(scope="module")
def numbers(reported: Published) -> dict[str, Any]:
    """What is gathered from that snapshot."""
    return gather(reported.current.resolve(), reported.clean / "snapshots")


def read(published: Published, table: str) -> pl.DataFrame:
    """Read one published table."""
    return pl.read_parquet(published.current / table / "*.parquet")


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


def test_run_leaves_its_report_and_links_it(reported: Published) -> None:
    """The snapshot holds a report, and the run's artifact links it."""
    page = reported.current.resolve() / "report.html"
    with get_client(sync_client=True) as client:
        artifact = str(artifacts_of(client, reported)[corpus_key(reported.clean)].data)
    assert page.is_file()
    assert page.as_uri() in artifact


def test_fates_and_words_are_those_of_the_tables(reported: Published, numbers: dict[str, Any]) -> None:
    """Fates, words and sites add up to the published tables."""
    fates = dict(read(reported, "audit/fates").group_by("fate").len().iter_rows())
    assert {row["fate"]: row["count"] for row in numbers["fates"]} == fates
    removals = read(reported, "audit/removals").filter(pl.col("reason") != "unsure")
    words = numbers["words"]
    assert words["kept"] == read(reported, "articles")["words"].sum()
    assert words["copies"] == read(reported, "duplicates")["words"].sum()
    assert words["cut"] == sum(map(count_words, removals["text"]))
    assert words["in"] == words["kept"] + words["copies"] + words["cut"]
    assert sum(row["articles"] for row in numbers["sites"]["rows"]) == numbers["reader"]["of"]


def test_records_without_an_article_are_named(numbers: dict[str, Any]) -> None:
    """A fate without an article comes with records that have it and their messages."""
    others = [row for row in numbers["fates"] if row["fate"] not in ("kept", "duplicate")]
    assert others
    assert all(row["examples"] and all(each["message"] for each in row["examples"]) for row in others)


def test_changed_settings_are_named(numbers: dict[str, Any]) -> None:
    """Settings that differ from the defaults stand in the report, and no others."""
    assert numbers["settings"] == [{"name": "publish.min_words", "value": "12"}]


def test_articles_are_put_together_as_they_came(numbers: dict[str, Any], reported: Published) -> None:
    """An article in the reader has its claims' very words where the claims say they are."""
    removals = read(reported, "audit/removals")
    seen = 0
    for article in numbers["reader"]["articles"]:
        if article["source"] == "long.txt":
            continue
        claims = removals.filter(pl.col("id") == article["id"]).sort("start", "end", "rule").to_dicts()
        text = "".join(part for part, _ in article["parts"])
        for claim in claims:
            assert text[claim["start"] : claim["end"]] == claim["text"]
        for part, owner in article["parts"]:
            assert owner == -1 or part in claims[owner]["text"]
            seen += owner >= 0
    assert seen >= 20


def test_long_articles_are_shortened_between_their_cuts(numbers: dict[str, Any]) -> None:
    """Of a long article the stretches between the cuts are shortened, by as much as is said; the cuts stay."""
    (article,) = (each for each in numbers["reader"]["articles"] if each["source"] == "long.txt")
    text = "".join(part for part, _ in article["parts"])
    assert article["words"] > 5_000
    assert len(text) < 14_000
    assert " characters …] " in text
    assert any("READ MORE: Cod prices" in part for part, owner in article["parts"] if owner >= 0)


def test_cut_goes_before_a_suspicion_of_the_same_text() -> None:
    """Where a suspicion overlaps a cut, the text that both claim is shown as cut."""
    claims = [
        {"start": 0, "end": 8, "reason": "unsure", "text": "aaaabbbb"},
        {"start": 4, "end": 6, "reason": "ad", "text": "bb"},
    ]
    text = extracted_text("aaaabbcc", claims)
    assert text == "aaaabbbbcc"
    assert stretches(text, claims) == [("aaaa", 0), ("bb", 1), ("bb", 0), ("cc", -1)]


def test_rules_have_examples_in_context(numbers: dict[str, Any]) -> None:
    """Each rule that cut something is counted and shown with at least one of its cuts."""
    rules = [row for row in numbers["rules"]["rows"] if row["reason"] != "edge"]
    assert len(rules) >= 5
    assert all(row["examples"] for row in rules)
    assert sum(row["count"] for row in numbers["rules"]["rows"]) == sum(row["count"] for row in numbers["reasons"])


def test_least_certain_merges_come_first(numbers: dict[str, Any], reported: Published) -> None:
    """Merges are listed from the smallest share up, and are all that are not exact, if there are few."""
    shares = [pair["containment"] for pair in numbers["pairs"]["merged"]]
    assert shares == sorted(shares)
    assert len(shares) == read(reported, "duplicates").filter(pl.col("verdict") != "exact").height


def test_nearest_rejected_pairs_come_first(numbers: dict[str, Any]) -> None:
    """Pairs kept apart are listed from the largest share down."""
    shares = [pair["containment"] for pair in numbers["pairs"]["apart"]]
    assert shares
    assert shares == sorted(shares, reverse=True)


def test_histogram_counts_every_scored_pair(numbers: dict[str, Any], reported: Published) -> None:
    """Each scored pair that is not exact is in one column of either histogram, beside the thresholds in use."""
    pairs = read(reported, "audit/pairs").filter(pl.col("verdict") != "exact").height
    for measure in numbers["similarity"].values():
        assert sum(row["kept"] + row["other"] for row in measure["rows"]) == pairs
    assert {"at": 0.7, "name": "contained_min"} in numbers["similarity"]["share"]["lines"]


def test_review_samples_every_stratum(numbers: dict[str, Any]) -> None:
    """What is to be reviewed has something of each rule that cut and of each verdict, and of what was left in."""
    review = numbers["review"]
    got = {(item["kind"], item["stratum"]) for item in review["items"]}
    assert got == {(kind, name) for kind, strata in review["strata"].items() for name in strata}
    assert {kind for kind, _ in got} >= {"cut", "merge", "apart", "left in"}


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


def test_command_writes_the_report_of_a_run(reported: Published, tmp_path: Path) -> None:
    """`winnow report` writes the same page as the run, for the current snapshot and for one that is named."""
    name = reported.manifest["run_id"]
    for number, run in enumerate(([], [name], [name[:15]])):
        out = tmp_path / f"{number}.html"
        result = invoke("report", *run, "--clean", reported.clean, "--out", out)
        assert (result.exit_code, result.stderr) == (0, "")
        assert out.read_bytes() == (reported.current / "report.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.html", "1.html", "2.html"]


def test_command_says_which_snapshots_there_are(reported: Published) -> None:
    """A run that is not there exits 2 and is answered with those that are."""
    told = printed("report", "2001", clean=reported.clean, status=2)
    said = f"'2001' names no kept snapshots of {reported.clean}; there are {reported.manifest['run_id']}"
    assert said in told


def test_command_says_what_it_cannot_write_or_read(reported: Published, tmp_path: Path) -> None:
    """A report that cannot be written, and a snapshot that cannot be read, are named in one line."""
    (line,) = printed("report", "--out", tmp_path / "none/report.html", clean=reported.clean, status=2).splitlines()
    assert f"cannot write the report {tmp_path / 'none/report.html'}: No such file" in line
    shutil.copytree(reported.clean, tmp_path / "clean", symlinks=True)
    (tmp_path / "clean/current/audit/pairs/part-00000.parquet").write_bytes(b"PAR1 and no more")
    (line,) = printed("report", clean=tmp_path / "clean", status=2).splitlines()
    assert "is damaged (" in line


def test_damaged_snapshot_is_left_out_of_the_trend(reported: Published, tmp_path: Path) -> None:
    """An older snapshot that cannot be read costs the reports after it nothing but its line in the trend."""
    older = tmp_path / "20200101T000000.000000-older"
    shutil.copytree(reported.current, older)
    shutil.rmtree(older / "articles")
    manifest = reported.manifest | {"run_id": older.name}
    (older / "manifest.json").write_text(json.dumps(manifest))
    assert [row["run_id"] for row in gather(reported.current, tmp_path)["trend"]] == [reported.manifest["run_id"]]


def test_run_without_its_report_is_published(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """A report that cannot be made, here for an older snapshot that no run has made, costs a warning and no more."""
    raw, older = tmp_path / "raw", tmp_path / "clean" / "snapshots" / "20200101T000000.000000-older"
    raw.mkdir()
    older.mkdir(parents=True)
    (older / "manifest.json").write_text("{}")
    (raw / "pier.txt").write_text(f"Pier\n\n{BODY}")
    published = publish(raw, tmp_path / "clean")
    with get_client(sync_client=True) as client:
        artifact = str(artifacts_of(client, published)[corpus_key(published.clean)].data)
    assert read(published, "articles").height == 1
    assert not (published.current / "report.html").exists()
    assert "**warning**: no report was written (" in artifact


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
