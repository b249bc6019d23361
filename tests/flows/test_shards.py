"""The dedup stage in shards finds what it finds with everything in one place, byte for byte."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

from cleaners.dedup import DedupConfig, fingerprint
from cleaners.dedup import shards as sharded
from cleaners.dedup.stars import judging
from flows.jobs.near_duplicates import find_duplicates
from flows.jobs.sharded_duplicates import STEPS, Shards, line_up_articles
from flows.jobs.staging import DECIDED, DEDUP_AUDIT, TAKEN_DOWN
from flows.settings import Settings
from flows.tables import CLEANED, write_frame
from tests.dedup import fiction
from tests.flows.conftest import Published, publish, tables, wait_until

# Few bands, for speed, and bounds so low that buckets and articles of small corpora have too many pairs.
CONFIG = DedupConfig(
    permutations=32, hot_bucket=3, hot_representatives=1, row_pairs=2, carried_stories=2, common_articles=3
)
NOTICE = (
    "Readers who keep a lantern of their own are asked to bring it to the reading room before the end of the month, "
    "where the keeper enters it in the book and hands out a token of brass."
)


@dataclass(frozen=True)
class Copy:
    """How an article is made: of which story, changed in which way, and what its page says of it."""

    story: int
    change: int
    site: int
    title: int
    address: int
    day: int
    notice: bool


COPIES = st.builds(
    Copy,
    story=st.integers(0, 11),
    change=st.integers(0, len(fiction.COPIES) + 1),
    site=st.integers(0, 2),
    title=st.integers(0, 3),
    address=st.integers(0, 8),
    day=st.integers(0, 6),
    notice=st.sampled_from([False, False, False, True]),
)


def articles_of(copies: list[Copy], seed: int) -> pl.DataFrame:
    """Write the articles: copies of twelve stories, and reports of one form."""
    rng = random.Random(seed)
    stories = [fiction.write(rng) for _ in range(12)]
    kinds: list[Callable[[str, random.Random], str]] = [lambda text, _: text, *fiction.COPIES]
    kinds.append(lambda _, rng: fiction.weather(rng))
    texts = [kinds[c.change](stories[c.story], rng) + f"\n\n{NOTICE}" * c.notice for c in copies]
    titles = [None, "Ferry to Kastholm sinks at its moorings", "Ferry sinks at Kastholm", "Orchard sold in Ilmen"]
    table = fiction.articles(
        {f"{i:04x}": text for i, text in enumerate(texts)},
        site=[f"site{c.site}.example" if c.site else None for c in copies],
        title=[titles[c.title] for c in copies],
        url=[f"https://one.example/{c.address}" if c.address < 2 else None for c in copies],
        published=[date(2024, 5, 1 + c.day) if c.day else None for c in copies],
    )
    missing = {name: pl.lit(None, kind) for name, kind in CLEANED.items() if name not in table.columns}
    whole = table.with_columns(**missing).with_columns(record=0, missing=False)
    return whole.select(pl.col(name).cast(kind) for name, kind in CLEANED.items())


def write_parts(articles: pl.DataFrame, folder: Path, rows: int) -> None:
    """Write articles and their fingerprints as parts of the given number of rows."""
    for at, part in enumerate(articles.iter_slices(rows)):
        write_frame(part, folder / "cleaned" / f"{at:04}.parquet")
        prints = part.select("id").hstack(fingerprint(part["text"], config=CONFIG))
        write_frame(prints, folder / "fingerprints" / f"{at:04}.parquet")


def found(staging: Path) -> dict[str, bytes]:
    """Return what the stage leaves."""
    return {name: (staging / name).read_bytes() for name in (*(f"{table}.parquet" for table in DEDUP_AUDIT), DECIDED)}


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that small corpora go over: several blocks of pairs, waves, fetches of texts and lookups."""
    for module, name, value in (
        (sharded, "BLOCK", 7),
        (sharded, "CARRIED_HELD", 5),
        (judging, "WAVE", 5),
        (judging, "FETCHED_WORDS", 600),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("small_bounds")
@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))  # to shrink takes minutes
@given(
    copies=st.lists(COPIES, min_size=2, max_size=60),
    seed=st.integers(0, 999),
    count=st.integers(1, 5),
    rows=st.integers(1, 20),
    data=st.data(),
)
def test_any_number_of_shards_finds_the_same(
    copies: list[Copy],
    seed: int,
    count: int,
    rows: int,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever the articles, their parts and the number of shards, files have the bytes of those of one shard."""
    folder = tmp_path_factory.mktemp("shards")
    articles = articles_of(copies, seed)
    write_parts(articles, folder / "parts", rows)
    taken = data.draw(st.lists(st.sampled_from(articles["id"].to_list()), max_size=3))
    given = Settings(dedup=CONFIG)
    for name in ("one", "several"):
        write_frame(pl.DataFrame({"id": taken}, schema={"id": pl.String}), folder / name / TAKEN_DOWN)
    find_duplicates([folder / "parts"], folder, folder / "one", given, [])
    shards = Shards(folder, folder / "several", count, given)
    line_up_articles(shards, [folder / "parts"], [])
    for step in STEPS:
        for number in range(count if step.sharded else 1):
            step.work(shards, number)
    assert found(folder / "several") == found(folder / "one")


@pytest.fixture(scope="module")
def in_shards(sample: Published, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample, deduplicated in three shards."""
    clean = tmp_path_factory.mktemp("shards") / "clean"
    return publish(sample.raw, clean, run={"shard_articles": 16})


def test_run_in_shards_publishes_the_same(sample: Published, in_shards: Published) -> None:
    """Every Parquet file of a run whose dedup stage works in shards has the bytes of that of one that does not."""
    assert tables(in_shards) == tables(sample)


def test_each_step_has_a_task_for_each_shard(sample: Published, in_shards: Published) -> None:
    """The tasks of a run say which step they take, for which of the shards."""
    shards = -(-in_shards.manifest["counts"]["cleaned"] // 16)
    named = FlowRunFilter(name=FlowRunFilterName(any_=[f"clean {in_shards.raw} into {in_shards.clean}"]))
    wanted = {f"judge pairs {number} of {shards}" for number in range(1, shards + 1)}

    def names() -> set[str]:
        return {run.name for run in client.read_task_runs(flow_run_filter=named)}

    assert shards > 2
    with get_client(sync_client=True) as client:  # the server may learn of a task after the run has ended
        wait_until(lambda: wanted <= names())
        assert "find near-duplicates" not in names()
