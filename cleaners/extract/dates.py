"""Dates of publication, as pages and tables write them; no part of a date is ever taken from today's."""

import re
from datetime import UTC, date, datetime

_NAMES = (
    "jan ene gennaio januar janvier janeiro enero januari",
    "feb fev fév février fevereiro febrero februar febbraio",
    "mar mär mrz märz mars março marzo maart",
    "apr avr abr april avril abril aprile",
    "may mai mayo maio mei maggio",
    "jun juin junho junio juni giugno",
    "jul juil juillet julho julio juli luglio",
    "aug aoû août ago agosto augustus",
    "sep set sept septembre setembro septiembre settembre",
    "oct okt out octobre outubro octubre oktober ottobre",
    "nov novembre novembro noviembre",
    "dec déc dez dic décembre dezembro diciembre dezember dicembre",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
# This many first letters identify a month.
_SHORTEST = 3
_LONGEST = max(map(len, _MONTHS))

_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:T?\d{6}Z?)?(?!\d)")
_HAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s*[-/ ]?\s*(?:del?\s+)?([^\W\d_]{3,12})"
    r"\.?,?[-/ ]\s*(?:del?\s+)?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"(?<!\w)([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# Characters. A longer line is more than a date.
_DATE_LINE = 100
# What a line of dates holds besides months: what it is the date of, weekdays, hours.
_DATE_WORDS = frozenset((
    "published", "updated", "posted", "modified", "created", "last", "first", "on", "at", "am", "pm", "est",
    "edt", "gmt", "utc", "cet", "cest", "bst", "pst", "pdt", "et", "the", "of", "th", "st", "nd", "rd", "date",
    "veröffentlicht", "aktualisiert", "stand", "vom", "am", "um", "uhr", "zuletzt", "erstellt", "publié", "mis",
    "jour", "modifié", "le", "à", "h", "publicado", "actualizado", "el", "de", "del", "a", "las", "hs",
    "pubblicato", "aggiornato", "il", "alle", "ore", "atualizado", "em", "às", "por", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "lundi", "mardi",
    "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes", "miércoles", "jueves", "viernes",
    "sábado", "domingo",
))  # fmt: skip
# Years before the first newspapers, or later than anything that is published, are mistakes.
_FIRST_YEAR, _LAST_YEAR = 1700, 2200
_MONTHS_A_YEAR = 12


def parse_date(value: str) -> date | None:
    """Return the date that a value states; None if it states none, or if day and month cannot be told apart."""
    value = value.strip()
    if _EPOCH.fullmatch(value):
        seconds = float(value) if len(value.split(".")[0]) <= len("9999999999") else float(value) / 1000
        return datetime.fromtimestamp(seconds, UTC).date()
    for pattern in (_ISO, _HAN, _COMPACT):
        if found := pattern.search(value):
            return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.search(value):
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


def is_date_line(line: str) -> bool:
    """Tell whether a line states a date or a time and nothing else, except what it is the date of."""
    if len(line) > _DATE_LINE or not any(char.isdigit() for char in line):
        return False
    words = _LETTERS.findall(line.lower())
    return _YEAR.search(line) is not None and all(word in _DATE_WORDS or _month(word) for word in words)


def _month(name: str) -> int | None:
    name = name.lower()
    if name in _MONTHS:
        return _MONTHS[name]
    # Full English names and unlisted spellings go by their first three letters, if these name a month.
    return _MONTHS.get(name[:_SHORTEST]) if len(name) <= _LONGEST else None


def _date(year: int, month: int | None, day: int) -> date | None:
    if month is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
