"""Bad input costs its own record and is told; bad usage ends with status 2 and one line."""

import gzip
import json
import shutil
import time
from pathlib import Path

import polars as pl
import pytest

from flows.stages.tasks import RETRY_DELAYS
from tests.flows.conftest import Published, invoke, publish

GOOD = "Ferry runs again\n\n" + "The ferry to Outer Skell runs again after a week of storms and one lost anchor. " * 5

BAD = {
    "empty.txt": (b"", "no_text"),
    "binary.txt": (bytes(range(256)) * 10, "unreadable"),
    "short.txt": (b"Just nine words are here, and that is few.", "too_short"),
    "broken.txt.gz": (gzip.compress(GOOD.encode())[:60], "unreadable"),
    "report.pdf": (b"%PDF-1.7 and so on", "unsupported"),
    "huge.txt": (b"word " * 5_000, "too_large"),
    "bomb.txt.gz": (gzip.compress(b"word " * 1_000_000), "too_large"),
    "columns.csv": (b"a,b\n1,2\n", "unreadable"),
    "broken.json": (b'{"text": "never closed', "unreadable"),
    "not.parquet": (b"PAR1 is all there is", "unreadable"),
    # One wrong byte in it ends the process that reads it.
    "deadly.parquet": (Path(__file__).with_name("data").joinpath("deadly.parquet").read_bytes(), "unreadable"),
}
COMPILATION = Path(__file__).parents[1] / "quality/data/compilation-de.txt"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, prefect_environment: dict[str, str]) -> Published:
    """A run over bad files, a good one, and a compilation as a text and as the one row of a table."""
    raw = tmp_path_factory.mktemp("bad") / "raw"
    raw.mkdir()
    for name, (content, _) in BAD.items():
        (raw / name).write_bytes(content)
    (raw / "gone.txt").symlink_to(raw / "nothing")
    (raw / "linked").symlink_to(raw.parent, target_is_directory=True)
    (raw / "good.txt").write_text(GOOD)
    (raw / "ten.txt").write_text("Just ten words are here, and that is just enough.")
    shutil.copy(COMPILATION, raw / "many.txt")
    (raw / "many.jsonl").write_text("\n" + json.dumps({"text": COMPILATION.read_text()}))
    return publish(raw, raw.with_name("clean"), read={"max_bytes": 20_000})


def test_bad_files_become_fates_and_the_good_one_is_published(published: Published) -> None:
    """Each bad file has its fate and a message, and the run publishes the good articles, one as short as may be."""
    fates = pl.read_parquet(published.current / "audit/fates/*.parquet")
    rows = fates.filter(~pl.col("source").str.starts_with("many.")).rows_by_key("source", named=True, unique=True)
    assert {name: rows[name]["fate"] for name in rows} == {
        **{name: fate for name, (_, fate) in BAD.items()},
        "gone.txt": "unreadable",
        "linked": "unreadable",
        "good.txt": "kept",
        "ten.txt": "kept",
    }
    assert [name for name, row in rows.items() if row["fate"] != "kept" and not row["message"]] == []


def test_short_text_is_in_the_audit(published: Published) -> None:
    """An article too short to publish is not lost: its text stands in the removals."""
    fates = pl.read_parquet(published.current / "audit/fates/*.parquet").filter(source="short.txt")
    removals = pl.read_parquet(published.current / "audit/removals/*.parquet").join(fates, on="id", how="semi")
    assert removals.select("reason", "text").rows() == [("too_short", "Just nine words are here, and that is few.")]


def test_table_of_one_row_is_no_compilation(published: Published) -> None:
    """A compilation in a text file is split; as the one row of a table it stays the article its maker made of it."""
    fates = pl.read_parquet(published.current / "audit/fates/*.parquet")
    assert fates.filter(source="many.txt").height > 1
    assert fates.filter(source="many.jsonl")["record"].to_list() == [1]


def test_file_that_fails_to_read_is_tried_again_and_then_told(
    tmp_path: Path, prefect_environment: dict[str, str]
) -> None:
    """A real I/O error is met with retries; when it stays, it costs that file alone."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "disk.txt").symlink_to("x" * 300)  # no name of a file is so long: the error is none of those that are known
    (raw / "good.txt").write_text(GOOD)
    started = time.monotonic()
    published = publish(raw, tmp_path / "clean")
    fates = pl.read_parquet(published.current / "audit/fates/*.parquet").select("source", "fate", "message").rows()
    assert fates == [
        ("disk.txt", "unreadable", "cannot be read: File name too long"),
        ("good.txt", "kept", None),
    ]
    assert time.monotonic() - started > sum(RETRY_DELAYS)


def test_what_cannot_be_tidied_up_fails_no_published_run(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """An old snapshot that cannot be removed is no reason to call a published run failed."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "good.txt").write_text(GOOD)
    before = publish(raw, tmp_path / "clean").current.resolve()
    (tmp_path / "clean/snapshots/2020").symlink_to(before)  # no folder of ours, and not removed
    assert publish(raw, tmp_path / "clean", publish={"keep_snapshots": 1}).current.resolve() != before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--raw", "ftp://host/news"], "the raw folder ftp://host/news is an address of a kind that is not read"),
        (["--clean", "https://host/c"], "the clean folder https://host/c is an address of a kind that is not read"),
        (["--raw", "nowhere"], "the raw folder {here}/nowhere does not exist"),
        (["--raw", "file"], "the raw folder {here}/file is not a folder"),
        (["--raw", "."], "the clean folder {here}/clean lies in the raw folder {here}"),
        (["--clean", "file"], "cannot write to the clean folder {here}/file"),
        (["--set", "strip.nothing=1"], "unknown setting 'strip.nothing'"),
        (["--set", "publish.min_words=-1"], "setting publish.min_words = -1: input should be greater"),
        (["--config", "absent.toml"], "cannot read the configuration {here}/absent.toml"),
    ],
)
def test_bad_usage_ends_with_status_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """What the user can mend is said in one line, before any work."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    (tmp_path / "file").write_text("")
    result = invoke("run", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"winnow: {message.format(here=tmp_path)}")
