"""The reference that is made from code is current and complete."""

from typing import get_args

import pytest

from cleaners.dedup.pairs.verdicts import Verdict
from cleaners.meanings import FATES, REASONS, RULES, VERDICTS
from cleaners.records import FateName, Reason, RuleName
from docs.write_reference import FOLDER, PAGES
from flows.described_settings import describe_settings
from flows.tables import COLUMNS


@pytest.mark.parametrize("name", PAGES)
def test_page_is_current(name: str) -> None:
    """`make reference` would write the page as it stands."""
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `make reference`"


def test_every_word_of_the_audit_has_a_meaning() -> None:
    """No fate, reason, rule or verdict is missing from the lists that the reference is made of."""
    for meanings, names in ((FATES, FateName), (REASONS, Reason), (RULES, RuleName), (VERDICTS, Verdict)):
        assert set(meanings) == set(get_args(names))


def test_every_number_has_a_unit() -> None:
    """The description of each setting that is a number opens with what it counts."""
    assert [row.path for row in describe_settings(None) if "number" in row.allowed and not row.unit] == []


def test_every_setting_and_column_has_a_meaning() -> None:
    """No setting and no column of a table is left unexplained."""
    assert [row.path for row in describe_settings(None) if not row.meaning] == []
    assert [name for columns in COLUMNS.values() for name, column in columns.items() if not column.meaning] == []
