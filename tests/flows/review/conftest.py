"""A corpus to review, and the items to judge in it."""

import shutil
from typing import Any

import pytest

from flows.review.items import draw, ids_of, items_of, read_candidates
from flows.settings import Settings
from flows.snapshots.records import read_records
from tests.flows.conftest import SAMPLE, Published, publish

HOSTILE = "\x1b[31mred\u202e.txt"
MAYOR = (
    "The mayor of Tarn has sold the town clock to a duchess, who wants it to strike in her kitchen. Nobody in Tarn has "
    "known the time since Sunday, says the baker, and the trains come and go as they like."
)
LINK = "READ MORE: The ten loudest clocks of the county, and who has paid to have them silenced at night"


@pytest.fixture(scope="package")
def corpus(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample and a file with a hostile name of which a line was cut; not to be written to."""
    raw = tmp_path_factory.mktemp("judged") / "raw"
    shutil.copytree(SAMPLE, raw)
    (raw / HOSTILE).write_text(f"{MAYOR}\n\n{LINK}\n\nThe duchess has not said what she paid for it.\n")
    return publish(raw, raw.with_name("clean"))


def items(published: Published, **drawn: int) -> list[dict[str, Any]]:
    """Return items to judge in a snapshot."""
    snapshot = published.current.resolve()
    rows = draw(read_candidates(snapshot), **drawn)
    return items_of(rows, read_records(snapshot, ids_of(rows)), Settings().dedup)
