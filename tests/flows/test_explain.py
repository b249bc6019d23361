"""`winnow explain`: judged by the settings of the run, and safe to print whatever raw files hold."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.terminal_text import as_json, counted, visible
from tests.flows.conftest import Published, printed, publish, write_files
from tests.flows.terminal import at_terminal

SHARED = "The ferry to Outer Skell runs again after a week of storms, one lost anchor and a broken pier. "
OWN = (
    "Passengers had slept in the school, where the teachers cooked for them and a choir of farmers sang until morning "
    "came. The harbour master counts ninety vans, four tractors and a circus among those that still wait at the quay. "
    "Nobody was hurt, says the doctor, who crossed twice in a rowing boat with two nurses and a crate of vaccines."
)
MORE = "In the capital, ministers quarrel about who pays for the pier, which belongs to three counties and to no one. "
LAST = "The mayor of a far town has bought it all for one crown, and has not said why."
OTHER = (
    "An engineer warned nine years ago that worms had eaten its northern piles; his letter was found in a drawer on "
    "Friday."
)
HOSTILE = "\x1b[31mred\u202e.txt"


@pytest.fixture(scope="module")
def lenient(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A run that takes for a copy what shares under two thirds of its words; by default it takes more."""
    raw = tmp_path_factory.mktemp("lenient") / "raw"
    write_files(raw, {"a.txt": f"{SHARED}{OWN} {MORE}{LAST}\n", HOSTILE: f"{SHARED}{MORE}{OTHER}\n"})
    return publish(raw, raw.with_name("clean"), dedup={"contained_min": 0.4, "grey_min": 0.3})


def test_pairs_are_judged_by_the_settings_of_the_run(lenient: Published) -> None:
    """The verdict on a duplicate's pair is the one that the run came to, though the defaults would part the two."""
    duplicate = pl.read_parquet(lenient.current / "duplicates/*.parquet").row(0, named=True)
    (told,) = json.loads(printed("explain", duplicate["id"], "--json", clean=lenient.clean))
    assert told["compared"]["verdict"] == duplicate["verdict"]
    assert told["kept"]["id"] == duplicate["kept_id"]


def test_settings_of_another_version_are_told(lenient: Published, tmp_path: Path) -> None:
    """A snapshot whose settings this version does not know is not judged by others: status 2, one line."""
    old = tmp_path / "snapshots" / "old"
    old.parent.mkdir()
    old.symlink_to(lenient.current.resolve())
    manifest = json.loads((old / "manifest.json").read_text())
    copy = tmp_path / "snapshots" / "copy"
    copy.mkdir()
    for part in ("articles", "duplicates", "audit"):
        (copy / part).symlink_to(old / part)
    manifest["settings"]["dedup"]["banana"] = 1
    (copy / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "current").symlink_to("snapshots/copy")
    duplicate = pl.read_parquet(copy / "duplicates/*.parquet")["id"][0]
    (line,) = printed("explain", duplicate, clean=tmp_path, status=2).splitlines()
    assert "was made with settings of Winnow 0.1.0" in line
    assert "dedup.banana" in line


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_nothing_of_a_raw_file_moves_the_terminal(lenient: Published, as_json: list[str]) -> None:
    """Escape sequences and marks of direction in names are shown, not sent to the terminal."""
    shown = printed("explain", HOSTILE, *as_json, clean=lenient.clean)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\u001b[31mred\\u202e.txt" in shown


COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "explain"]


@pytest.fixture(scope="module")
def shown(sample: Published) -> dict[str, Any]:
    """What is told of a record of the sample of which several reasons have cut something, as JSON."""
    claims = pl.read_parquet(sample.current / "audit/removals/*.parquet").filter(~pl.col("reason").is_in(["edge"]))
    kept = pl.read_parquet(sample.current / "articles/*.parquet", columns=["id"])
    reasons = claims.join(kept, on="id").group_by("id").agg(pl.col("reason").n_unique()).sort("reason", "id")
    told: dict[str, Any] = json.loads(printed("explain", reasons["id"][-1], "--json", clean=sample.clean))[0]
    assert len({claim["reason"] for claim in told["removals"]}) > 1
    return told


def test_text_is_told_as_it_was_extracted(shown: dict[str, Any]) -> None:
    """The text as it was before cuts has each claim's words where the claim says they are."""
    for claim in shown["removals"]:
        assert shown["extracted"][claim["start"] : claim["end"]] == claim["text"]
    cut = sum(len(claim["text"]) for claim in shown["removals"] if claim["reason"] != "unsure")
    assert len(shown["extracted"]) - cut == len(shown["article"]["text"])


def test_before_and_after_are_shown(sample: Published, shown: dict[str, Any]) -> None:
    """Without colours the text before has each cut between marks, and the one after is what is published."""
    arguments = ["explain", shown["id"], "--clean", str(sample.clean)]
    told = CliRunner().invoke(app, arguments, env={"COLUMNS": "100000"}).stdout
    before, _, after = told.partition("Before: ")[2].partition("\nAfter:\n")
    cuts = [claim["text"] for claim in shown["removals"] if claim["reason"] not in ("unsure", "edge")]
    assert [cut for cut in cuts if f"[-{visible(cut)}-]" not in before] == []
    assert after.startswith(visible(shown["article"]["text"]))
    assert "\x1b" not in told


def test_cuts_are_coloured_by_reason_and_paged(sample: Published, shown: dict[str, Any], tmp_path: Path) -> None:
    """At a terminal, cuts have the colours of their reasons, and what is longer than the screen goes to the pager."""
    command = [*COMMAND, shown["id"], "--clean", str(sample.clean)]
    with at_terminal(command, folder=tmp_path, lines=12, TERM="xterm-256color", PAGER="less", LESS="-R") as terminal:
        terminal.until(shown["source"])
        terminal.press("q")
        assert terminal.end() == 0
    assert "After:" not in terminal.shown  # less shows one screen of it
    with at_terminal([*command, "--no-pager"], folder=tmp_path, lines=12, TERM="xterm-256color") as terminal:
        assert terminal.end() == 0
    reasons = {claim["reason"] for claim in shown["removals"]} - {"edge"}
    styles = [re.search(rf"\x1b\[([\d;]*)m {reason} \x1b", terminal.shown) for reason in reasons]
    assert None not in styles
    assert len({found.group(1) for found in styles if found}) == len(reasons)
    assert "After:" in terminal.shown


def test_short_output_is_not_paged(sample: Published, tmp_path: Path) -> None:
    """What fits the terminal is printed."""
    fates = pl.read_parquet(sample.current / "audit/fates/*.parquet").filter(
        ~pl.col("fate").is_in(["kept", "duplicate"])
    )
    command = [*COMMAND, fates["id"][0], "--clean", str(sample.clean)]
    with at_terminal(command, folder=tmp_path, TERM="xterm", PAGER="false") as terminal:
        assert terminal.end() == 0
    assert f"fate {fates['fate'][0]}" in terminal.shown


def test_signs_that_nobody_sees_are_written_out() -> None:
    """What moves a cursor, turns letters round or hides is written as its code; letters of all scripts stay."""
    assert visible("a\x1b[2J\x00\x85\u200f\u2066\u2028é م\u200cن") == (
        "a\\u001b[2J\\u0000\\u0085\\u200f\\u2066\\u2028é م\u200cن"
    )
    assert visible("a\xad\u200b\u2060\ufeff\U000e0041") == "a\\u00ad\\u200b\\u2060\\ufeff\\udb40\\udc41"


@pytest.mark.parametrize(("number", "told"), [(0, "0 records"), (1, "1 record"), (2_000, "2,000 records")])
def test_one_thing_is_told_as_one(number: int, told: str) -> None:
    """A count of one names its thing in the singular."""
    assert counted(number, "record") == told


def test_json_reads_back_as_it_was() -> None:
    """What is written out in JSON is read back as the character it was."""
    value = {"title": "a\x1b[2J\u202e\x7f\nb\tc \\u202e \U000e0041\ufeff"}
    assert json.loads(as_json(value)) == value


def test_confidence_is_told(lenient: Published) -> None:
    """How sure the text of an article is stands among what is told of it, as the table has it."""
    article = pl.read_parquet(lenient.current / "articles/*.parquet").row(0, named=True)
    assert f"confidence {article['confidence']:.2f}" in printed("explain", article["id"], clean=lenient.clean)
