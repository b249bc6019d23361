"""Authors' names, as pages and tables write them, and bylines."""

import re
import tomllib
from functools import cache
from importlib.resources import files

# Words that announce the author in several languages, with a colon or slash if they need one to do so.
_BY = re.compile(
    r"^(?:(?:written|story|text|reported|words|report|posted|(?:view )?all (?:posts|articles)|(?:more )?posts|more"
    r"|articles)\s+by"
    r"|(?:(?:zeige )?alle beiträge|alles|mehr|beitrag|artikel|erstellt|eingestellt|verfasst|geschrieben)\s+von"
    r"|by|von|par|por|di|da|door|av|af|od|przez)\b[:\s]+"
    r"|^(?:interview|text|texte|texto|testo|tekst|autor|autorin|auteur|autore|author|автор|текст|作者|记者|記者|文|글)\s*[:：/／・]\s*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\s*[(<\[]?\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[)>\]]?")
_PHOTOGRAPHER = re.compile(r"(?:fotos?|photos?|bild|image)(?: by|:)", re.IGNORECASE)
_HANDLE = re.compile(r"^(?:https?:|www\.|@)|facebook\.com|://|^\S*/\S*$", re.IGNORECASE)
# "And" joins two names only before a capital; an organisation's name may contain the word too.
_AND = re.compile(r"\s+(?i:and|und|et|y|e|och|og|i|en)\s+(?=[^\W\d_a-z])|\s*[&;]\s*")
# Characters of the longest name, and words that a byline may have besides the names.
_NAME_CHARS = 60
_LEFT_OVER = 3
_READ = re.compile(
    r"\d+\s*min(?:ute)?s?(?:\s+read)?|staff|writer|reporter|correspondent|editor|redaktion", re.IGNORECASE
)
# A handle, a role or a paper behind a name.
_BEHIND = re.compile(
    r"\s*[@|/·•(\[]|\s+[-–—]\s+|\s+(?:is|ist|on|in|for|für|at|the)\s|\s+\d|\s(?:Staff|Senior|Twitter|Contributor|Redakt)"
)
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN_CHARS = 10
# Words of a name, its particles not counted.
_PERSON_WORDS = 4
_HOST = re.compile(r"\.[a-z]{2,3}$|www\.", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@cache
def _words(name: str) -> frozenset[str]:
    data: dict[str, list[str]] = tomllib.loads((files(__package__) / "author_words.toml").read_text(encoding="utf-8"))
    return frozenset(data[name])


@cache
def _company() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, _words('companies'))))})(?!\w)", re.IGNORECASE)


@cache
def _organisation() -> re.Pattern[str]:
    words, ends = (sorted(map(re.escape, _words(name))) for name in ("organisations", "organisation_ends"))
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)|(?:{'|'.join(ends)})(?!\w)", re.IGNORECASE)


def clean_author(value: str | None) -> str | None:
    """Return the names in a statement of the authors, joined by commas; None if it names nobody."""
    if value is None:
        return None
    announced = _BY.search(value.strip())
    text = _MAIL.sub("", value.strip()[announced.end() if announced else 0 :]).strip(" ,;:|·-–—\t")
    if not text or _HANDLE.search(text) or _PHOTOGRAPHER.match(text) or text.lower() in _words("accounts"):
        return None
    # Only a byline is split at "and": an organisation's name may contain the same word.
    return ", ".join(part.strip() for part in _AND.split(text) if part.strip()) if announced else text


def announces_author(line: str) -> bool:
    """Tell whether a line begins with "By" or the like, as a line that names the author does."""
    return _BY.match(line) is not None


def names_company(text: str) -> bool:
    """Tell whether a name is a company's or a society's, by its legal form."""
    return _company().search(text) is not None


def names_organisation(text: str) -> bool:
    """Tell whether a name is a company's, a paper's or an office's, by a word that people's names lack."""
    return names_company(text) or _organisation().search(text) is not None or _HOST.search(text) is not None


def people_named(text: str, *, least_words: int) -> list[str]:
    """Return the people that a statement names, without their roles, handles and papers.

    A name has `least_words` words or more; in scripts without spaces any number.
    """
    names = (
        _BEHIND.split(part.strip(), maxsplit=1)[0].strip(" ,;:|·-–—\t")
        for part in (clean_author(text) or "").split(",")
    )
    return [name for name in names if _is_person(name, least_words)]


def _is_person(name: str, least_words: int) -> bool:
    """Tell whether a short text may be a person's name: words with capitals, and none of a phrase."""
    words = name.split()
    lower = [word.lower().strip(".") for word in words]
    if not words or len(name) > _NAME_CHARS or any(char.isdigit() for char in name):
        return False
    if name.lower() in _words("accounts") | _words("staff") | _words("days") or not _words("phrases").isdisjoint(lower):
        return False
    if _HAN.search(name):
        return len(name) <= _HAN_CHARS and not any(word in name for word in _words("han"))
    full = [word for word, small in zip(words, lower, strict=True) if small not in _words("particles")]
    if (
        len(words) < least_words
        or not 1 <= len(full) <= _PERSON_WORDS
        or all(len(word.strip(".")) < 2 for word in full)
    ):
        return False
    return len(words) == 1 or not any(word[0].islower() for word in full)


def is_byline(line: str, author: str) -> bool:
    """Tell whether a line says who wrote the article and hardly anything else."""
    if len(line) > len(author) + _NAME_CHARS:
        return False
    names = set(_WORD.findall(author.lower()))
    rest = _WORD.findall(_READ.sub(" ", _BY.sub("", line.strip())).lower())
    return names <= set(rest) and len([word for word in rest if word not in names]) <= _LEFT_OVER
