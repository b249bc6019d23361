"""Authors' names, as pages and tables write them, and bylines."""

import re
import tomllib
from functools import cache
from html import unescape
from importlib.resources import files

import wordfreq

from cleaners.records import CJK

# Words that announce the author in several languages, with a colon or slash if they need one to do so.
_BY = re.compile(
    r"^(?:(?:written|story|text|reported|words|report|posted|(?:view )?all (?:posts|articles)|(?:more )?posts|more"
    r"|articles)\s+by"
    r"|(?:(?:zeige )?alle beiträge|alles|mehr|beitrag|artikel|erstellt|eingestellt|verfasst|geschrieben)\s+von"
    r"|by|von|par|por|di|da|door|av|af|od|przez|كتبت?|γράφει [οη])\b[:\s]+"
    r"|^(?:interview|text|texte|texto|testo|tekst|words|autor|autorin|auteur|autore|author|haber|muhabir|yazan|yazar"
    r"|reportage|reportaje|reportagem|автор|текст"
    r"|редактор|piše|napsal|napsala|írta|作者|记者|記者|著者|質問者|投稿者|執筆|取材・文|文|글)\s*[:：/／・●]\s*",
    re.IGNORECASE,
)
# Who took the pictures, behind who wrote the text.
_PICTURES = re.compile(
    r"\s+(?:fotos?|photos?|photography|pictures|bild(?:er)?|images?|фото|图|圖|摄影|攝影|写真|撮影|사진)\s*[:：/／・].*$",
    re.IGNORECASE | re.DOTALL,
)
_BRACKETS = " \t()（）[]【】"
# What a page or a paper adds to a name: a handle, an address, the paper behind a bar or "for" or before "=", "reporter"
# in Korean.
_ADDED = re.compile(
    r"\s+@\w+$|\s+\|\s+.*$|\s+[-–—(]\s*https?://\S+$|\s+(?:선임|수습)?기자$|^[가-힣]{2,8}=(?=[가-힣])"
    r"|\s+[Ff]or (?:[Tt]he )?\w*(?:[Oo]nline|\.com|\.co\.uk)$"
)
_MAIL = re.compile(r"\s*[(<\[]?\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[)>\]]?")
_PHOTOGRAPHER = re.compile(r"(?:fotos?|photos?|bild|image)(?: by|:)", re.IGNORECASE)
_HANDLE = re.compile(r"^(?:https?:|www\.|@)|facebook\.com|://|^\S*/\S*$", re.IGNORECASE)
# "And" joins two names only before a capital; an organisation's name may contain the word too.
_AND = re.compile(r",?\s+(?i:and|und|et|y|e|och|og|i|en)\s+(?=[^\W\d_a-z])|\s*[&;]\s*|(?<=\w)\|(?=\w)")
_COMMA = re.compile(r"(?<=[^\W\d_]),(?=[^\W\d_])")
# Characters of the longest name, and words that a byline may have besides the names.
_NAME_CHARS = 60
_LEFT_OVER = 3
_READ = re.compile(
    r"\d+\s*min(?:ute)?s?(?:\s+read)?|staff|writer|reporter|correspondent|editor|redaktion", re.IGNORECASE
)
# A handle, a role or a paper behind a name.
_BEHIND = re.compile(
    r"\s*(?:[@|/／·•\[]|\((?![^()]{1,20}\)\s+[^\W\d_a-z]))|\s+[-–—]\s+|\s+(?:is|ist|on|in|for|für|at|the)\s|\s+\d|\s(?:Staff|Senior|Twitter|Contributor|Redakt)"
)
_HAN = re.compile(f"[{CJK}]")
_HAN_CHARS = 10
# Words of a name, its particles not counted.
_PERSON_WORDS = 4
# Frequency of a word that is hardly used: once in a million words.
_RARE = 1e-6
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
    value = _PICTURES.sub("", unescape(value).strip(_BRACKETS) if value[:1] in _BRACKETS else unescape(value).strip())
    announced = _BY.search(value)
    text = _MAIL.sub("", value[announced.end() if announced else 0 :]).strip(" ,;:|·-–—\t")
    text = _ADDED.sub("", text)
    if (
        not any(map(str.isalpha, text))
        or _HANDLE.search(text)
        or _PHOTOGRAPHER.match(text)
        or text.lower() in _words("accounts")
    ):
        return None
    # Without "By" an organisation's name may contain the same word.
    parts = [part.strip() for part in _AND.split(text) if part.strip()]
    names = [name.strip() for part in parts for name in part.split(",")]
    people = names[:-1] if len(names) > 1 and names_organisation(names[-1]) else names
    stated = ", ".join(parts) if announced or all(map(is_full_name, people)) else text
    return _COMMA.sub(", ", stated)


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
        _without_month(_BEHIND.split(part.strip(), maxsplit=1)[0].strip(" ,，;:|·-–—\t"))
        for part in (clean_author(text) or "").split(",")
    )
    people = [name if "(" in name else name.rstrip(")]") for name in names if _is_person(name, least_words)]
    return [name for at, name in enumerate(people) if at == 0 or names_person(name)]


def names_person(name: str) -> bool:
    """Tell whether what stands behind a name and a comma is another name: neither a role nor an organisation."""
    return not (_has_role(name) or names_organisation(name))


def is_full_name(text: str) -> bool:
    """Tell whether a text may be a person's first name and surname, and nothing of an organisation's."""
    return _is_person(text, 2) and not names_organisation(text)


def is_phrase(text: str) -> bool:
    """Tell whether a text has a word that no name has ("View my profile")."""
    return not _words("phrases").isdisjoint(_WORD.findall(text.lower()))


def _has_role(text: str) -> bool:
    """Tell whether what stands behind a name and a comma says what somebody is ("Software Engineer")."""
    return not _words("roles").isdisjoint(text.lower().split())


def _without_month(name: str) -> str:
    """Return a name without the month of a date that stands behind it."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip(".") in _words("days"):
        words.pop()
    return " ".join(words)


def _is_person(name: str, least_words: int) -> bool:
    """Tell whether a short text may be a person's name: words with capitals, and none of a phrase."""
    words = name.split()
    lower = [word.lower().strip(".") for word in words]
    if not words or len(name) > _NAME_CHARS or any(char.isdigit() for char in name):
        return False
    if name.lower() in _words("accounts") | _words("staff") | _words("days") or not _words("phrases").isdisjoint(lower):
        return False
    if len(words) == 1 and announces_author(f"{name} A"):
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


def has_rare_surname(name: str, language: str | None) -> bool:
    """Tell whether a name of two or more words ends in a word that is hardly used, in the language or in English.

    "Thea Grewe" does, "Bay Area" and "Soziales & Gesundheit" do not, nor does "Paul Smith": where nothing else says
    that a line names somebody, that is little to lose.
    """
    words = name.lower().split()
    asked = {"en", language} if language else {"en", "de", "fr", "es", "it"}
    languages = asked.intersection(wordfreq.available_languages("small"))
    if len(words) == 1 or _HAN.search(name):
        return False
    return all(wordfreq.get_frequency_dict(one, "small").get(words[-1], 0.0) < _RARE for one in languages)


def is_byline(line: str, author: str) -> bool:
    """Tell whether a line says who wrote the article and hardly anything else."""
    if len(line) > len(author) + _NAME_CHARS:
        return False
    names = set(_WORD.findall(author.lower()))
    rest = _WORD.findall(_READ.sub(" ", _BY.sub("", line.strip())).lower())
    return names <= set(rest) and len([word for word in rest if word not in names]) <= _LEFT_OVER
