"""`winnow review`: verdicts are counted as given, mend what was wrong, and count for nothing that has changed."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.review.items import count_strata, draw, read_candidates
from flows.review.verdicts import (
    Answer,
    Reviewed,
    SpanVerdict,
    VerdictFile,
    precision_table,
    read_verdicts,
    verdict_on,
    weigh_verdicts,
    wilson,
    write_verdicts,
)
from flows.rulings import Ruling
from tests.flows.conftest import Published, printed, publish
from tests.flows.review.conftest import HOSTILE, LINK, items


def file_of(published: Published, judged: Iterable[tuple[dict[str, Any], Answer]]) -> VerdictFile:
    """Return a file of verdicts on a snapshot."""
    verdicts = tuple(verdict_on(item, answer) for item, answer in judged)
    return VerdictFile(
        format="winnow-verdicts-2",
        run_id=published.manifest["run_id"],
        settings_fingerprint=published.manifest["settings_fingerprint"],
        strata=count_strata(read_candidates(published.current)),
        shown=len(verdicts),
        verdicts=verdicts,
    )


def one(published: Published, kind: str, **what: Any) -> dict[str, Any]:
    """Return one item of a kind that has these values."""
    found = [item for item in items(published, most=500) if item["kind"] == kind]
    return next(item for item in found if what.items() <= item.items())


def reviewed(*arguments: str | Path, clean: Path, status: int = 0) -> str:
    """Run `winnow review` and return what it prints."""
    return printed("review", *arguments, clean=clean, status=status)


@pytest.mark.parametrize(
    ("right", "count", "bounds"),
    # By hand: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96.
    [(8, 10, (0.4902, 0.9433)), (0, 10, (0.0, 0.2775)), (1, 1, (0.2065, 1.0)), (95, 100, (0.8882, 0.9785))],
)
def test_bounds_are_those_of_wilson(right: int, count: int, bounds: tuple[float, float]) -> None:
    """The bounds of a share are the known ones."""
    assert wilson(right, count) == pytest.approx(bounds, abs=5e-5)


def spans(rule: str, *answers: Answer) -> list[SpanVerdict]:
    """Return verdicts on cuts of a rule."""
    about = {"kind": "cut", "seen": "", "id": "0" * 16, "source": "a.txt", "record": 0, "reason": "ad", "rule": rule}
    return [
        SpanVerdict.model_validate({**about, "start": at, "end": at + 1, "score": 1, "text": "", "verdict": answer})
        for at, answer in enumerate(answers)
    ]


def test_a_kind_weighs_its_rules_by_how_many_there_are() -> None:
    """A rare rule that is always wrong does not make a kind half wrong; unsure ones count for neither."""
    verdicts = [*spans("rare", "wrong", "wrong", "unsure"), *spans("usual", "right", "right")]
    strata = {"cut": {"ad: rare": 10, "ad: usual": 990}} | {key: {} for key in ("unsure", "merge", "apart", "left in")}
    kind, rare, usual = precision_table(Reviewed("run", tuple(verdicts), strata, ()))
    assert (rare["stratum"], rare["right"], rare["wrong"], rare["unsure"], rare["precision"]) == (
        "ad: rare",
        0,
        2,
        1,
        0,
    )
    assert (usual["precision"], usual["of"]) == (1, 990)
    assert kind["precision"] == pytest.approx(0.99)
    # Two of the rule that nearly all cuts are of tell as much of the kind as two of all would.
    assert (kind["low"], kind["high"]) == pytest.approx(wilson(0.99 * 2.04, 2.04), abs=1e-3)


def test_more_are_drawn_without_changing_those_drawn_before(corpus: Published) -> None:
    """A larger sample has the smaller one in it and takes from all strata; another seed draws others."""
    candidates = read_candidates(corpus.current)

    def drawn(most: int, seed: int = 0) -> list[str]:
        return [json.dumps(row, sort_keys=True) for row in draw(candidates, most=most, seed=seed)]

    strata = sum(len(sizes) for sizes in count_strata(candidates).values())
    assert set(drawn(20)) < set(drawn(60))
    assert len(drawn(60)) == 60
    assert len({(row["kind"], row["stratum"]) for row in draw(candidates, most=500)}) == strata
    assert drawn(20) == drawn(20) != drawn(20, seed=1)


def test_an_article_with_many_cuts_is_not_all_of_a_sample() -> None:
    """Each span of a rule is as likely: those of one article do not come together, nor are they left out."""
    rows = [("0" * 15 + "1", at) for at in range(0, 3000, 30)]
    rows += [(f"{at * 0x9E3779B97F4A7C15 % 2**64:016x}", 0) for at in range(1, 101)]
    frame = pl.DataFrame(rows, schema={"id": pl.String, "start": pl.UInt32}, orient="row").with_columns(
        stratum=pl.lit("a")
    )
    of_the_one = [
        sum(row["id"] == "0" * 15 + "1" for row in draw({"cut": frame}, most=6, seed=seed)) for seed in range(30)
    ]
    assert 2 < sum(of_the_one) / 30 < 4  # half of all spans are its own
    assert max(of_the_one) < 6


def test_verdicts_are_counted_by_rule_and_kind(corpus: Published, tmp_path: Path) -> None:
    """Each verdict stands in the row of its rule or verdict, and in that of its kind."""
    answers: list[Answer] = ["right", "wrong", "unsure"]
    judged = [(item, answers[at % 3]) for at, item in enumerate(items(corpus, most=60))]
    write_verdicts(tmp_path / "verdicts.json", file_of(corpus, judged))
    told = json.loads(reviewed(tmp_path / "verdicts.json", "--json", clean=corpus.clean))
    expected: dict[tuple[str, str | None], list[str]] = {}
    for item, answer in judged:
        for stratum in (item["stratum"], None):
            expected.setdefault((item["kind"], stratum), []).append(answer)
    counted = {(row["kind"], row["stratum"]): [row[answer] for answer in answers] for row in told["precision"]}
    assert counted == {key: [given.count(answer) for answer in answers] for key, given in expected.items()}
    assert {kind for kind, _ in counted} >= {"cut", "merge", "apart", "left in"}
    assert told["stale"] == []


def test_the_table_is_printed_for_people(corpus: Published, tmp_path: Path) -> None:
    """Without --json a line of each rule has its counts, its precision and the bounds."""
    item = one(corpus, "cut", source=HOSTILE)
    write_verdicts(tmp_path / "verdicts.json", file_of(corpus, [(item, "right")]))
    shown = reviewed(tmp_path / "verdicts.json", clean=corpus.clean)
    (line,) = (line for line in shown.splitlines() if item["stratum"] in line)
    assert line.split()[3:] == ["1", "0", "0", "1.00", "0.21", "to", "1.00"]


@pytest.fixture(scope="module")
def judged_wrong(corpus: Published, tmp_path_factory: pytest.TempPathFactory) -> tuple[Published, Path]:
    """A copy of the corpus, and verdicts by which a cut, a merge and a paragraph are wrong."""
    clean = tmp_path_factory.mktemp("wrong") / "clean"
    shutil.copytree(corpus.clean, clean, symlinks=True)
    cut, merge, left = one(corpus, "cut", source=HOSTILE), one(corpus, "merge"), one(corpus, "left in")
    path = clean.with_name("verdicts.json")
    write_verdicts(path, file_of(corpus, [(cut, "wrong"), (merge, "wrong"), (left, "wrong")]))
    return Published(corpus.raw, clean, corpus.manifest), path


def test_nothing_is_written_unless_it_is_wanted(judged_wrong: tuple[Published, Path]) -> None:
    """With --dry-run, and where nobody can be asked, exemptions are shown and not written."""
    published, path = judged_wrong
    for arguments in (["--dry-run"], ["--dry-run", "--yes"], []):
        shown = reviewed(path, *arguments, clean=published.clean)
        assert "Exempt from merging: " in shown
        assert "Nothing was written" in shown
    assert not (published.clean / "exemptions.toml").exists()


def test_what_no_exemption_mends_is_named(judged_wrong: tuple[Published, Path]) -> None:
    """A paragraph that should have been cut is named as nothing that an exemption mends."""
    published, path = judged_wrong
    shown = reviewed(path, "--dry-run", clean=published.clean)
    assert "no exemption can mend it" in shown
    assert "  left in: a paragraph of " in shown


def test_wrong_ones_are_exempt_in_the_next_run(judged_wrong: tuple[Published, Path], tmp_path: Path) -> None:
    """A wrong cut is left in and a wrong merge kept by the next run; done again, nothing more is written."""
    published, path = judged_wrong
    clean = tmp_path / "clean"
    shutil.copytree(published.clean, clean, symlinks=True)
    assert "Written to " in reviewed(path, "--yes", clean=clean)
    written = (clean / "exemptions.toml").read_bytes()
    again = reviewed(path, "--yes", clean=clean)
    assert "Judged wrong, and exempt already: 2 verdicts." in again
    assert (clean / "exemptions.toml").read_bytes() == written
    assert b'reason = "reviewed: ' in written

    after = publish(published.raw, clean)
    cut, merge, _ = read_verdicts(path).verdicts
    assert cut.kind == "cut"
    assert merge.kind == "merge"
    articles = pl.read_parquet(after.current / "articles/*.parquet")
    assert LINK in articles.row(by_predicate=pl.col("id") == cut.id, named=True)["text"]
    assert merge.left.id in articles["id"]
    stale = json.loads(reviewed(path, "--json", clean=clean))["stale"]
    assert {each["why"] for each in stale} >= {
        "no such span is cut by this rule",
        "they do not count as one by this verdict",
    }


def test_what_a_ruling_covers_is_not_exempted_again(judged_wrong: tuple[Published, Path], tmp_path: Path) -> None:
    """An article whose folder is exempt from all cuts needs no exemption of its own."""
    published, path = judged_wrong
    shutil.copytree(published.clean, tmp_path / "clean", symlinks=True)
    printed("restore", HOSTILE, "--cuts", clean=tmp_path / "clean")
    told = json.loads(reviewed(path, "--json", clean=tmp_path / "clean"))
    assert [ruling["what"] for ruling in told["exemptions"]] == ["merge"]


def test_stale_verdicts_are_named_and_do_not_count(corpus: Published, tmp_path: Path) -> None:
    """A verdict on a record that is gone, on another span and on another text is named with the reason."""
    item = one(corpus, "cut", source=HOSTILE)
    others = [
        {**item, "id": "f" * 16, "source": "gone.txt"},
        {**item, "end": item["end"] + 1},
        {**item, "seen": "0" * 16},
        {**one(corpus, "left in"), "seen": "0" * 16},
        {**one(corpus, "merge"), "verdict": "version"},
    ]
    write_verdicts(tmp_path / "verdicts.json", file_of(corpus, [(other, "wrong") for other in (*others, item)]))
    told = json.loads(reviewed(tmp_path / "verdicts.json", "--json", clean=corpus.clean))
    assert [each["why"] for each in told["stale"]] == [
        "the record is gone",
        "no such span is cut by this rule",
        "the text is another",
        "the text is another",
        "they do not count as one by this verdict",
    ]
    assert sum(row["wrong"] for row in told["precision"] if row["stratum"] is None) == 1
    shown = reviewed(tmp_path / "verdicts.json", clean=corpus.clean)
    assert f"cut: gone.txt record 0, {item['start']} to {item['end']} ({item['stratum']}): the record is gone" in shown


def test_who_judges_differently_makes_it_unsure(corpus: Published) -> None:
    """A thing that two files judge alike counts once; where they differ it is unsure."""
    first, second = items(corpus, most=2)
    ours = file_of(corpus, [(first, "right"), (second, "right")])
    theirs = file_of(corpus, [(first, "right"), (second, "wrong")])
    counted = weigh_verdicts([ours, theirs], corpus.current.resolve()).counted
    assert [verdict.verdict for verdict in counted] == ["right", "unsure"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"\xff\xfe\x00", "it is not text in UTF-8"),
        (b"{", "it is not JSON: Expecting property name"),
        (b"[1, 2]", "it was not saved by the report or by winnow review"),
        (
            b'{"format": "winnow-verdicts-9"}',
            "it was saved by another version of Winnow (winnow-verdicts-9, this one reads",
        ),
        (b'{"format": "winnow-verdicts-2"}', "run_id: Field required"),
    ],
)
def test_unreadable_file_is_told_in_one_line(
    corpus: Published, tmp_path: Path, content: bytes | None, why: str
) -> None:
    """A file that holds no verdicts ends the command with status 2 and a line that names it and the reason."""
    path = tmp_path / "verdicts.json"
    if content is not None:
        path.write_bytes(content)
    (line,) = reviewed(path, clean=corpus.clean, status=2).splitlines()
    assert line.startswith(f"winnow: cannot read the verdicts {path}: {why}")


def test_wrong_field_is_named(corpus: Published, tmp_path: Path) -> None:
    """A verdict that is none is named by its place in the file."""
    content = file_of(corpus, [(items(corpus, most=1)[0], "right")]).model_dump(mode="json")
    content["verdicts"][0]["verdict"] = "perhaps"
    (tmp_path / "verdicts.json").write_text(json.dumps(content))
    assert "verdicts.0." in reviewed(tmp_path / "verdicts.json", clean=corpus.clean, status=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name either files of verdicts, or --sample N"),
        (["a.json", "--sample", "3"], "name either files of verdicts, or --sample N"),
        (["a.json", "--seed", "3"], "--seed and --out go with --sample"),
        (["--sample", "3", "--json"], "with --sample it has nothing to print"),
        (["--sample", "3"], "--sample needs a terminal"),
    ],
)
def test_what_cannot_be_done_is_told(corpus: Published, arguments: list[str], said: str) -> None:
    """Without a terminal, and for what does not go together, there is one line and status 2."""
    message = reviewed(*arguments, clean=corpus.clean, status=2)
    assert said in message
    assert message.count("\n") == 1


def test_rulings_of_reviews_are_like_others(judged_wrong: tuple[Published, Path], tmp_path: Path) -> None:
    """What a review has written is listed and taken back by `winnow restore`."""
    published, path = judged_wrong
    shutil.copytree(published.clean, tmp_path / "clean", symlinks=True)
    reviewed(path, "--yes", clean=tmp_path / "clean")

    def restore(*arguments: str) -> str:
        return printed("restore", *arguments, clean=tmp_path / "clean")

    rows = [Ruling(**row) for row in json.loads(restore("--list", "--json"))]
    cut = next(row for row in rows if row.what == "cuts")
    assert f"cuts by {cut.rule}" in restore("--list")
    assert f"no longer exempt from cuts by {cut.rule}" in restore(cut.target, "--undo")
