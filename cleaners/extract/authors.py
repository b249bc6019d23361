"""Authors' names, as pages and tables write them, and bylines."""

import re

# Words that announce the author in several languages, with a colon or slash if they need one to do so.
_BY = re.compile(
    r"^(?:(?:written|story|text|reported|words|report)\s+by|by|von|par|por|di|da|door|av|af|od|przez)\b[:\s]+"
    r"|^(?:text|texte|texto|testo|tekst|autor|autorin|auteur|autore|author|автор|текст|作者|记者|記者|文|글)\s*[:：/／・]\s*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\s*[(<\[]?\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[)>\]]?")
_HANDLE = re.compile(r"^(?:https?:|www\.|@)|facebook\.com|://|^\S*/\S*$", re.IGNORECASE)
# "And" joins two names only before a capital; an organisation's name may contain the word too.
_AND = re.compile(r"\s+(?i:and|und|et|y|e|och|og|i|en)\s+(?=[^\W\d_a-z])|\s*[&;]\s*")
# Characters and words of the longest name, and words that a byline may have besides the names.
_NAME_CHARS = 60
_NAME_WORDS = 6
_LEFT_OVER = 3
_READ = re.compile(
    r"\d+\s*min(?:ute)?s?(?:\s+read)?|staff|writer|reporter|correspondent|editor|redaktion", re.IGNORECASE
)
_WORD = re.compile(r"\w+")


def clean_author(value: str | None) -> str | None:
    """Return the names in a statement of the authors, joined by commas; None if it names nobody."""
    if value is None:
        return None
    announced = _BY.search(value.strip())
    text = _MAIL.sub("", value.strip()[announced.end() if announced else 0 :]).strip(" ,;:|·-–—\t")
    if not text or _HANDLE.search(text):
        return None
    # Only a byline is split at "and": an organisation's name may contain the same word.
    return ", ".join(part.strip() for part in _AND.split(text) if part.strip()) if announced else text


def looks_like_name(text: str) -> bool:
    """Tell whether a text may be a name: at most six words, no digit, and no small letter at the beginning."""
    words = text.replace(",", " ").split()
    return (
        0 < len(words) <= _NAME_WORDS
        and len(text) <= _NAME_CHARS
        and not any(char.isdigit() for char in text)
        and not text[:1].islower()
    )


def is_byline(line: str, author: str) -> bool:
    """Tell whether a line says who wrote the article and hardly anything else."""
    if len(line) > len(author) + _NAME_CHARS:
        return False
    names = set(_WORD.findall(author.lower()))
    rest = _WORD.findall(_READ.sub(" ", _BY.sub("", line.strip())).lower())
    return names <= set(rest) and len([word for word in rest if word not in names]) <= _LEFT_OVER
