"""What people have restored is neither cut nor merged in the next runs, and its fate says so."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.flows.conftest import Published, printed, publish, write_files

FERRY = (
    "The ferry to Outer Skell is to be painted green after a vote in which the gulls of the harbour were asked first. "
    "Its captain has said that he will sail a green ship but not a light green one, and has locked himself in. "
)
CUT = "READ MORE: Captain locks himself in, and nine other stories of the week"
SIGN_UP = "Sign up for our newsletter and get the best of our stories in your inbox every morning"


def told(clean: Path, *arguments: str, status: int = 0) -> str:
    """Run `winnow restore` and return what it prints."""
    return printed("restore", *arguments, clean=clean, status=status)


@pytest.fixture(scope="module")
def before(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A corpus in which a line of three pages was cut, and one of two copies was not kept."""
    raw = tmp_path_factory.mktemp("restored") / "raw"
    for name, place in {"cut.txt": "Overby", "also-cut.txt": "Tarn"}.items():
        parrot = f"a {len(place) * 7}-year-old parrot, which speaks for {place} now. "
        story = f"The mayor of {place} has bought {parrot}" * 2
        end = f"{place} has no other mayor, and the parrot no rival."
        write_files(raw, {name: f"{story}\n\n{CUT} of {place}\n\n{end}\n"})
    bakers = (
        f"The bakers of Lund have struck for warmer ovens since Sunday, says their guild in Lund.\n\n{CUT} of Lund\n\n"
        f"They want to bake again on Friday, when the bishop of Lund will bless the dough.\n\n{SIGN_UP}\n"
    )
    write_files(raw, {"two.txt": bakers, "a/ferry.txt": FERRY, "b.txt": f"{FERRY}The vote was close."})
    return publish(raw, raw.with_name("clean"))


@pytest.fixture(scope="module")
def restored(before: Published) -> Published:
    """The next run, after one of the cut pages and the copy were restored."""
    clean = before.clean.with_name("restored")
    shutil.copytree(before.clean, clean, symlinks=True)
    said = told(clean, "cut.txt", "--cuts", "--reason", "the line is news")
    assert "source cut.txt: exempt from cuts; 1 record: cut.txt record 0" in said
    told(clean, "a/", "--merge", "--reason", "an edition of its own")
    return publish(before.raw, clean)


def row(published: Published, table: str, source: str) -> dict[str, Any]:
    """Return the one row of a table on a source."""
    return pl.read_parquet(published.current / table / "*.parquet").row(
        by_predicate=pl.col("source") == source, named=True
    )


def test_what_was_cut_stays(before: Published, restored: Published) -> None:
    """The text of an exempt article is whole, what would have been cut is `unsure`, and its fate says why."""
    assert CUT not in row(before, "articles", "cut.txt")["text"]
    assert f"{CUT} of Overby" in row(restored, "articles", "cut.txt")["text"]
    removals = pl.read_parquet(restored.current / "audit/removals/*.parquet")
    own = removals.filter(id=row(restored, "articles", "cut.txt")["id"])
    assert set(own["reason"]) == {"unsure"}
    assert any(CUT in text for text in own["text"])
    message = "nothing is cut from it: the line is news (source cut.txt)"
    assert row(restored, "audit/fates", "cut.txt")["message"] == message


def test_others_are_cut_as_before(before: Published, restored: Published) -> None:
    """The exemption is of the articles it names alone."""
    both = [row(published, "articles", "also-cut.txt")["content_sha256"] for published in (before, restored)]
    assert both[0] == both[1]
    assert CUT not in row(restored, "articles", "also-cut.txt")["text"]


def test_a_copy_is_merged_no_more(before: Published, restored: Published) -> None:
    """What was a duplicate is kept as a cluster of its own, and the fates of both say what they are."""
    assert row(before, "duplicates", "a/ferry.txt")["kept_id"] == row(before, "articles", "b.txt")["id"]
    kept = row(restored, "articles", "a/ferry.txt")
    assert kept["cluster_size"] == row(restored, "articles", "b.txt")["cluster_size"] == 1
    assert kept["cluster_id"] != row(restored, "articles", "b.txt")["cluster_id"]
    message = "it is merged with nothing: an edition of its own (source a)"
    assert row(restored, "audit/fates", "a/ferry.txt")["message"] == message
    assert row(restored, "audit/fates", "b.txt")["message"] is None


def test_explain_shows_the_exemption(restored: Published) -> None:
    """`winnow explain` names the exemption and the claims that are not made."""
    shown = printed("explain", "cut.txt", clean=restored.clean)
    assert "nothing is cut from it: the line is news" in shown
    assert "unsure (not cut)" in shown


def test_it_survives_the_store_and_is_taken_back(before: Published, restored: Published, tmp_path: Path) -> None:
    """Without the store an exemption holds; of one that is taken back the next run makes what it made before."""
    shutil.copytree(restored.clean, tmp_path / "clean", symlinks=True)
    shutil.rmtree(tmp_path / "clean/.store")
    told(tmp_path / "clean", "a/", "--undo")
    later = publish(before.raw, tmp_path / "clean")
    assert row(later, "articles", "cut.txt")["text"] == row(restored, "articles", "cut.txt")["text"]
    assert row(later, "duplicates", "a/ferry.txt")["kept_id"] == row(later, "articles", "b.txt")["id"]


def test_one_rule_alone_is_kept_from_cutting(before: Published, tmp_path: Path) -> None:
    """Of an article that is exempt from one rule's cuts, those of other rules go, and its fate names the rule."""
    claims = pl.read_parquet(before.current / "audit/removals/*.parquet").filter(
        id=row(before, "articles", "two.txt")["id"]
    )
    rules = {text: rule for text, rule in claims.select("text", "rule").iter_rows() if text.strip()}
    (link,) = (rule for text, rule in rules.items() if CUT in text)
    (sign_up,) = (rule for text, rule in rules.items() if SIGN_UP in text)
    assert link != sign_up
    shutil.copytree(before.clean, tmp_path / "clean", symlinks=True)
    said = told(tmp_path / "clean", "two.txt", "--cuts", "--rule", link)
    assert f"source two.txt: exempt from cuts by {link}" in said
    after = publish(before.raw, tmp_path / "clean")
    text = row(after, "articles", "two.txt")["text"]
    assert CUT in text
    assert SIGN_UP not in text
    message = f"nothing is cut from it by {link}: restored (source two.txt)"
    assert row(after, "audit/fates", "two.txt")["message"] == message


def test_one_rule_is_taken_back_alone(before: Published, tmp_path: Path) -> None:
    """`--undo --rule` leaves the exemptions from the cuts of other rules, and says so where there is none from its."""
    shutil.copytree(before.clean, tmp_path / "clean", symlinks=True)
    claims = pl.read_parquet(before.current / "audit/removals/*.parquet")
    first, second = sorted(set(claims["rule"]))[:2]
    told(tmp_path / "clean", "two.txt", "--cuts", "--rule", first, "--rule", second)
    told(tmp_path / "clean", "two.txt", "--cuts", "--rule", first, "--undo")
    assert [row["rule"] for row in json.loads(told(tmp_path / "clean", "--list", "--json"))] == [second]
    again = told(tmp_path / "clean", "two.txt", "--cuts", "--rule", first, "--undo", status=2)
    assert f"'two.txt' is not exempt from cuts by {first}, but exempt from cuts by {second}" in again


def test_rules_that_there_are_not_are_told(restored: Published) -> None:
    """A rule that has claimed nothing, and one beside another exemption than from cuts, end with status 2."""
    said = told(restored.clean, "cut.txt", "--cuts", "--rule", "bananas", status=2)
    assert "no rule 'bananas' has claimed anything; there are " in said
    assert "give it with --cuts alone" in told(restored.clean, "cut.txt", "--rule", "bananas", status=2)


def test_exemptions_are_listed(restored: Published) -> None:
    """`--list` names what is exempt from what."""
    rows = json.loads(told(restored.clean, "--list", "--json"))
    assert [(ruling["what"], ruling["target"]) for ruling in rows] == [("cuts", "cut.txt"), ("merge", "a")]


def test_what_is_not_exempt_cannot_be_taken_back(restored: Published) -> None:
    """An unknown target, or no target, ends with status 2 and one line."""
    assert "nothing is ruled on 'b.txt'; there are rulings on: a, cut.txt" in told(
        restored.clean, "b.txt", "--undo", status=2
    )
    said = told(restored.clean, "cut.txt", "--merge", "--undo", status=2)
    assert "'cut.txt' is not exempt from merging, but exempt from cuts" in said
    assert told(restored.clean, status=2) == "winnow: name what to restore, or --list\n"
    assert "--list lists all there is" in told(restored.clean, "--list", "--cuts", status=2)
