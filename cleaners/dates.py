"""Dates of publication, as pages and tables write them; no part of a date is ever taken from today's."""

import re
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:T?\d{6}Z?)?(?!\d)")
_HAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s*[-/ ]?\s*(?:(?:del?|of)\s+)?([^\W\d_]{3,12})"
    r"\.?,?[-/ ]\s*(?:del?\s+)?(\d{4})(?!\d)"
)
# Between day and year Unix writes the time: "Mon Aug 03 12:45:00 EDT 2015".
_MONTH_FIRST = re.compile(
    r"(?<!\w)([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:\d{1,2}:\d\d:\d\d\s+(?:[A-Z]{2,5}\s+)?)?(\d{4})(?!\d)"
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})(?:[-/]|\. ?)(\d{1,2})(?:[-/]|\. ?)(\d{4})(?!\d)")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# The signs behind the numbers of a date or a time, and the days of the week, in scripts without capitals.
_UNITS = re.compile(
    r"[年月日时時分秒년월일시분초]|(?:星期|[周週])[一二三四五六日天]|[(（]?[月火水木金土日월화수목금토일][)）]"
)
# Characters. A longer line is more than a date.
_DATE_LINE = 100
# Years before the first newspapers, or later than anything that is published, are mistakes, and so is the first day
# that computers count from, in any time zone.
_FIRST_YEAR, _LAST_YEAR = 1700, 2090
_ZERO = (date(1969, 12, 31), date(1970, 1, 1))
_MONTHS_A_YEAR = 12


def parse_date(value: str) -> date | None:
    """Return the date that a value states; None if it states none, or if day and month cannot be told apart."""
    value = value.strip()
    if _EPOCH.fullmatch(value):
        seconds = float(value) if len(value.split(".")[0]) <= len("9999999999") else float(value) / 1000
        return _date(*datetime.fromtimestamp(seconds, UTC).timetuple()[:3])
    for pattern in (_ISO, _HAN, _COMPACT):
        if found := pattern.search(value):
            return _date(int(found[1]), int(found[2]), int(found[3]))
    if (found := _DAY_FIRST.search(value)) and _month(found[2]):
        return _date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_FIRST.search(value):
        return _date(int(found[3]), _month(found[1]), int(found[2]))
    if found := _NUMBERS.search(value):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if second > _MONTHS_A_YEAR or first == second:
            return _date(year, first, second)
        if first > _MONTHS_A_YEAR or "." in found[0]:
            return _date(year, second, first)
    return None


def readings(value: str) -> list[date]:
    """Return both dates that a value may state of which day and month cannot be told apart; else none."""
    found = _NUMBERS.search(value)
    if found is None or parse_date(value):
        return []
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    return [day for day in (_date(year, first, second), _date(year, second, first)) if day]


def is_date_line(line: str) -> bool:
    """Tell whether a line states a date or a time and nothing else, except what it is the date of."""
    return len(line) <= _DATE_LINE and _YEAR.search(line) is not None and has_only_date_words(line)


def has_only_date_words(text: str) -> bool:
    """Tell whether a text has no words but those of dates and times; numbers and signs do not matter."""
    words = _LETTERS.findall(_UNITS.sub(" ", text.lower()))
    months, others = _words()
    return all(word in others or word in months for word in words)


@cache
def _words() -> tuple[dict[str, int], frozenset[str]]:
    """Return the number of the month by name, and the other words of dates."""
    tables = tomllib.loads((files("cleaners") / "date_words.toml").read_text(encoding="utf-8")).values()
    months = {
        name: number
        for table in tables
        for number, names in enumerate(table.get("months", ()), 1)
        for name in names.split()
    }
    return months, frozenset(word for table in tables for word in table["words"])


def _month(name: str) -> int | None:
    return _words()[0].get(name.lower())


def _date(year: int, month: int | None, day: int) -> date | None:
    if month is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return None if found in _ZERO else found
