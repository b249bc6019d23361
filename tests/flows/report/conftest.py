"""A snapshot whose report is hostile to its reader, and what its tables hold."""

import json
import shutil

import polars as pl
import pytest

from tests.flows.conftest import SAMPLE, Published, publish

HOSTILE = "<img src=x onerror=document.title='taken'></script><script>document.title='taken'</script>"
UNSEEN = "\x1b[31mRed\x1b[0m \u202eelcitra na\u202c \u2066kept\u2069"
BODY = (
    "The harbour council of Ossel voted on Tuesday to rebuild the northern pier, which a storm had broken in March. "
    "Fishing crews will land their catch at the old quay until the work is done, the council's clerk said. "
)
LANDED = [(day, ("Gannet", "Marram", "Ostra", "Tern", "Skerry")[day % 5]) for day in range(2, 400)]


@pytest.fixture(scope="package")
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


def read(published: Published, table: str) -> pl.DataFrame:
    """Read one published table."""
    return pl.read_parquet(published.current / table / "*.parquet")
