"""Verdicts that people gave on a sample: their files, how right a snapshot is by them, and what to exempt.

A verdict counts as long as the snapshot still has what was judged, as it was seen; otherwise it is named as stale.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from flows.errors import UsageError
from flows.folders.files import replace_file
from flows.review.items import ASKED, count_strata, paragraphs, read_candidates, seen_pair, seen_text
from flows.rulings import Ruling, added_now, published_records, rule_matches
from flows.snapshots.records import Row, scan
from flows.terminal_text import visible

FORMAT = "winnow-verdicts-2"
Answer = Literal["right", "wrong", "unsure"]
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
_Z = 1.959963984540054  # 95 % of a normal distribution lie within this many standard deviations
# Reasons why a whole record was left out; exempting it from cuts would change nothing.
NOT_CUT_BY_RULES = ("too_short", "failed")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Side(_Model):
    """One article of a pair."""

    id: Id
    source: str
    record: int


class SpanVerdict(_Model):
    """A verdict on a span that was cut, or suspected and left in."""

    kind: Literal["cut", "unsure"]
    verdict: Answer
    seen: str
    id: Id
    source: str
    record: int
    reason: str
    rule: str
    score: float
    start: int
    end: int
    text: str

    @property
    def stratum(self) -> str:
        """The stratum that it was drawn from."""
        return f"{self.reason}: {self.rule}"

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that name the span in audit/removals."""
        return self.id, self.start, self.end, self.reason, self.rule

    @property
    def in_words(self) -> str:
        """The span in words."""
        return f"{self.source} record {self.record}, {self.start} to {self.end} ({self.stratum})"


class PairVerdict(_Model):
    """A verdict on two articles that count as one, or stay apart; `found` is the verdict of the run."""

    kind: Literal["merge", "apart"]
    verdict: Answer
    seen: str
    left: Side
    right: Side
    found: str

    @property
    def stratum(self) -> str:
        """The stratum that it was drawn from."""
        return self.found

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that name the pair in duplicates or audit/pairs."""
        return self.left.id, self.right.id, self.found

    @property
    def in_words(self) -> str:
        """The pair in words."""
        sides = (f"{side.source} record {side.record}" for side in (self.left, self.right))
        return f"{' and '.join(sides)} ({self.found})"


class ParagraphVerdict(_Model):
    """A verdict on a paragraph of a published article."""

    kind: Literal["left in"]
    verdict: Answer
    seen: str
    id: Id
    source: str
    record: int
    text: str

    @property
    def stratum(self) -> str:
        """The stratum that it was drawn from."""
        return "kept"

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that name the paragraph: its article, and `seen`."""
        return (self.id,)

    @property
    def in_words(self) -> str:
        """The paragraph in words."""
        return f"a paragraph of {self.source} record {self.record}"


Verdict = SpanVerdict | PairVerdict | ParagraphVerdict


KINDS: Mapping[str, type[Verdict]] = {
    **dict.fromkeys(("cut", "unsure"), SpanVerdict),
    **dict.fromkeys(("merge", "apart"), PairVerdict),
    "left in": ParagraphVerdict,
}


class VerdictFile(_Model):
    """The file that the report's page or `winnow review --sample` saves."""

    format: Literal["winnow-verdicts-2"]
    run_id: str
    settings_fingerprint: str
    strata: dict[str, dict[str, int]]
    shown: int
    verdicts: tuple[Annotated[Verdict, Field(discriminator="kind")], ...]


_ONE_OF_A_KIND: TypeAdapter[Verdict] = TypeAdapter(Annotated[Verdict, Field(discriminator="kind")])


def verdict_on(item: Row, answer: Answer) -> Verdict:
    """Make a verdict from an answer on an item that was drawn for review."""
    values = {name: value for name, value in item.items() if name != "verdict"} | {"verdict": answer}
    if "left" in item:
        values |= {"found": item["verdict"]}
        values |= {side: {name: item[side][name] for name in Side.model_fields} for side in ("left", "right")}
    fields = KINDS[item["kind"]].model_fields
    return _ONE_OF_A_KIND.validate_python({name: values[name] for name in fields})


def about(verdict: Verdict) -> tuple[Any, ...]:
    """Return what a verdict is about; it is equal for verdicts on the same thing as it was seen."""
    return verdict.kind, verdict.seen, *verdict.key


def read_verdicts(path: Path) -> VerdictFile:
    """Read a file of verdicts; raise UsageError with one line that names the file and what is wrong."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or not str(content.get("format")).startswith("winnow-verdicts"):
            raise ValueError("it was not saved by the report or by winnow review")
        if content["format"] != FORMAT:
            raise ValueError(
                f"it was saved by another version of Winnow ({content['format']}, this one reads {FORMAT})"
            )
        return VerdictFile.model_validate(content)
    except OSError as error:
        why = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        why = "it is not text in UTF-8"
    except json.JSONDecodeError as error:
        why = f"it is not JSON: {error}"
    except ValidationError as error:
        problem = error.errors()[0]
        why = f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
    except (ValueError, RecursionError) as error:
        why = str(error)
    raise UsageError(visible(f"cannot read the verdicts {path.absolute()}: {why}"))


def write_verdicts(path: Path, content: VerdictFile) -> None:
    """Write a file of verdicts in one step; raise UsageError if that fails."""
    text = json.dumps(content.model_dump(mode="json"), indent=2, ensure_ascii=False)
    try:
        replace_file(path, f"{text}\n")
    except OSError as error:
        raise UsageError(f"cannot write the verdicts {path.absolute()}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Stale:
    """A verdict that does not count: what it is on, in which run it was given, and why it does not count."""

    kind: str
    in_words: str
    run_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What verdicts say about a snapshot."""

    run_id: str
    counted: tuple[Verdict, ...]
    strata: Mapping[str, Mapping[str, int]]
    stale: tuple[Stale, ...]


def weigh_verdicts(files: Iterable[VerdictFile], snapshot: Path) -> Reviewed:
    """Return the verdicts that count, one for each thing, and those that are stale.

    If two people judge a thing differently, it counts as unsure.
    """
    candidates = read_candidates(snapshot)
    given = [(verdict, file.run_id) for file in files for verdict in file.verdicts]
    seen = _seen_now([verdict for verdict, _ in given], snapshot)
    counted: dict[tuple[Any, ...], Verdict] = {}
    stale = []
    for verdict, run_id in given:
        why = seen.why_stale(verdict)
        if why:
            stale.append(Stale(verdict.kind, verdict.in_words, run_id, why))
            continue
        before = counted.get(about(verdict), verdict)
        agreed = before.verdict == verdict.verdict
        counted[about(verdict)] = before if agreed else before.model_copy(update={"verdict": "unsure"})
    return Reviewed(snapshot.name, tuple(counted.values()), count_strata(candidates), tuple(stale))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a snapshot still has of the things that were judged, by key, and the ids of its records."""

    things: Mapping[tuple[Any, ...], frozenset[str]]
    records: frozenset[str]

    def why_stale(self, verdict: Verdict) -> str | None:
        """Return why a verdict does not fit the snapshot, or None if it does."""
        ids = [verdict.left.id, verdict.right.id] if isinstance(verdict, PairVerdict) else [verdict.id]
        if not self.records.issuperset(ids):
            return "the record is gone"
        found = self.things.get((verdict.kind, *verdict.key))
        if found is None:
            return GONE[verdict.kind]
        return None if verdict.seen in found else "the text is another"


GONE = {
    "cut": "no such span is cut by this rule",
    "unsure": "no such span is suspected by this rule",
    "merge": "they do not count as one by this verdict",
    "apart": "they are not kept apart by this verdict",
    "left in": "the article is not kept",
}


def _seen_now(verdicts: Sequence[Verdict], snapshot: Path) -> _Seen:
    pairs = [verdict for verdict in verdicts if isinstance(verdict, PairVerdict)]
    ids = {verdict.id for verdict in verdicts if not isinstance(verdict, PairVerdict)}
    sides = {side.id for verdict in pairs for side in (verdict.left, verdict.right)}

    def of(table: str, column: str, wanted: Iterable[str], *columns: str) -> list[Row]:
        some = pl.LazyFrame({column: sorted(wanted)}, schema={column: pl.String})
        return scan(snapshot, table).select(column, *columns).join(some, on=column, how="semi").collect().to_dicts()

    things: dict[tuple[Any, ...], frozenset[str]] = {}
    for row in of("audit/removals", "id", ids, "start", "end", "reason", "rule", "text"):
        kind = "unsure" if row["reason"] == "unsure" else "cut"
        key = (kind, row["id"], row["start"], row["end"], row["reason"], row["rule"])
        things[key] = frozenset([seen_text(row["text"])])
    for row in of("articles", "id", ids, "text"):
        things["left in", row["id"]] = frozenset(map(seen_text, paragraphs(row["text"])))
    texts = [*of("articles", "id", sides, "content_sha256"), *of("duplicates", "id", sides, "content_sha256")]
    content = {row["id"]: row["content_sha256"] for row in texts}
    merged = of("duplicates", "id", sides, "kept_id", "verdict")
    apart = of("audit/pairs", "left", sides, "right", "verdict")
    named = [("merge", row["id"], row["kept_id"], row["verdict"]) for row in merged]
    named += [("apart", row["left"], row["right"], row["verdict"]) for row in apart]
    for kind, left, right, found in named:
        if left in content and right in content:
            things[kind, left, right, found] = frozenset([seen_pair(content[left], content[right])])
    records = {row["id"] for row in of("audit/fates", "id", ids | sides)}
    return _Seen(things, frozenset(records))


def precision_table(reviewed: Reviewed) -> list[Row]:
    """Return a row for each kind that was judged, followed by one for each of its rules or verdicts.

    A row has the counts `right`, `wrong` and `unsure`, the number `of` items in the snapshot, and the share that is
    right with its bounds (Wilson, 95 %), leaving out unsure ones. The share of a kind weighs its strata by their sizes,
    since the sample takes as many items of a rare rule as of a frequent one.
    """
    rows = []
    for kind in ASKED:
        judged = [verdict for verdict in reviewed.counted if verdict.kind == kind]
        below = []
        for stratum, size in reviewed.strata[kind].items():
            answers = [verdict.verdict for verdict in judged if verdict.stratum == stratum]
            if answers:
                counts = {answer: answers.count(answer) for answer in ("right", "wrong", "unsure")}
                decided = counts["right"] + counts["wrong"]
                below.append(
                    {"kind": kind, "stratum": stratum, "of": size, **counts, **_share(counts["right"], decided)}
                )
        if below:
            # The worst come first, and those with only unsure verdicts last.
            below.sort(key=lambda row: (row["precision"] is None, row["precision"], row["stratum"]))
            counts = {name: sum(row[name] for row in below) for name in ("of", "right", "wrong", "unsure")}
            rows += [{"kind": kind, "stratum": None, **counts, **_weighted(below)}, *below]
    return rows


def _weighted(strata: Sequence[Row]) -> Row:
    """Return the share that is right over all strata, weighed by their sizes.

    The bounds are those of a simple sample of Kish's effective size, which is below the number of verdicts if weights
    differ.
    """
    decided = [(row["of"], row["right"], row["right"] + row["wrong"]) for row in strata]
    known = [(size, right, count) for size, right, count in decided if count]
    total = sum(size for size, _, _ in known)
    if not total:
        return _share(0, 0)
    share = sum(size / total * right / count for size, right, count in known)
    effective = 1 / sum((size / total) ** 2 / count for size, _, count in known)
    return _share(share * effective, effective)


def _share(right: float, count: float) -> Row:
    if not count:
        return {"precision": None, "low": None, "high": None}
    low, high = wilson(right, count)
    return {"precision": right / count, "low": low, "high": high}


def wilson(right: float, count: float) -> tuple[float, float]:
    """Return Wilson's 95 % bounds of a share, if `right` of `count` were seen."""
    share = right / count
    middle = share + _Z**2 / (2 * count)
    spread = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def exemptions_for(
    reviewed: Reviewed, snapshot: Path, there: Sequence[Ruling]
) -> tuple[list[Ruling], list[Verdict], int]:
    """Return new exemptions for what was judged wrong, the verdicts that none can mend, and how many exist already.

    A wrong cut exempts its article from the cuts of that rule; a wrong merge exempts the article that was not kept.
    """
    known = published_records(snapshot)
    added = added_now()
    new: dict[tuple[str, ...], Ruling] = {}
    beyond: list[Verdict] = []
    already = 0
    for verdict in reviewed.counted:
        if verdict.verdict != "wrong":
            continue
        if isinstance(verdict, SpanVerdict) and verdict.kind == "cut" and verdict.reason not in NOT_CUT_BY_RULES:
            what, rule, named = "cuts", verdict.rule, verdict.id
        elif isinstance(verdict, PairVerdict) and verdict.kind == "merge":
            what, rule, named = "merge", "", verdict.left.id
        else:
            beyond.append(verdict)
            continue
        of_record = known.filter(pl.col("id") == named)
        source, record = of_record.select("source", "record").row(0)
        ruling = Ruling(what, "id", named, f"reviewed: {source} record {record}", added, rule)
        same = [each for each in there if each.what == what and each.rule in ("", rule)]
        if rule_matches(of_record, same).height:
            already += 1
        else:
            new[ruling.about] = ruling
    return list(new.values()), beyond, already
