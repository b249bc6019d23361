"""Notes at the ends of an article on who made it: reporters' credits, notes on the author, on opinions, on updates."""

import re
from collections.abc import Iterator, Sequence

from cleaners.records import Article, Removal, RuleName
from cleaners.strip.cues import cues, head_of
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import CLOSERS, Line, lines_of, remembered, sentences_of, words_of

# Only this many first lines and last lines are looked at.
_FIRST, _LAST = 3, 6
# Words at most of a credit, a note on the author, a note on opinions, and a note that needs no other sign.
_CREDIT_WORDS, _AUTHOR_WORDS, _OPINION_WORDS, _BRIEF_NOTE = 70, 75, 130, 40
# Words at most of an age, a note on updates, an address to write to, a byline, and a note above the article.
_AGE_WORDS, _UPDATE_WORDS, _CONTACT_WORDS, _BYLINE_WORDS, _ABOVE_WORDS = 5, 22, 40, 14, 40
# Words, besides names, that may follow the wording of a credit: "... was used in this | story".
_CLOSING_WORDS = 1
# A word of a name; it has a full stop only after initials and "Jr" and the like.
_PART = r"(?:(?:[^\W\d_a-z]\.)+|(?:Jr|Sr|St|Wm)\.|[^\W\d_a-z][\w’'-]*)"
_NAME = re.compile(
    r"[\s*_•⦁●▪·(\[–—-]*(?!The |A |An |By )(?:(?:Mr|Ms|Mrs|Dr|Prof|Rev|Rep|Sen|Gov|Gen|Amb|Professor)\.? )?"
    rf"(?P<name>{_PART}(?: (?:{_PART}|de|van|von|der|da|del|al|bin)){{0,4}})"
    rf"(?P<more>(?:,? (?:and|und|et|y|e) {_PART}(?: {_PART}){{1,3}})*)"
    r"(?:,? \([^()]{2,40}\))?(?:, (?:[^,]{1,60}, ){0,3})?,? ?(?P<verb>[^\W\d_]+) "
)
# What follows the verb where a sentence tells of somebody: "is set to play", "writes that", "schreibt, dass".
_GOES_ON = re.compile(
    r",? (?:\w+ed|set|due|about|likely|going|slated) to\b|,? (?:that|how|why|dass|que|che|что|dat|att|at|że) "
)
# How to write to somebody: "... can be reached at ...".
_REACHED = re.compile(r"(?:can|may) be (?:reached|contacted|e-?mailed|followed)\b")
# "최윤호 기자 name@paper.example": a reporter of a Korean paper.
_HANGUL_BYLINE = re.compile(
    r"[가-힣]{2,4}\s?(?:선임|인턴|수습|객원|전문|사진)?(?:기자|특파원|논설위원)\s?[(\[]?(?:[\w.+-]+@[\w.-]+)?[)\]]?"
)
# "Posted on Weibo, the images look like ...": where, and not when.
_UNDATED = re.compile(r"(?:published|posted|updated) on \D{40,}$", re.IGNORECASE)
# "6 years ago", "vor 3 Stunden", "hace 2 días", "il y a 5 heures".
_AGE = re.compile(
    r"(?i)\d{1,3}\s?(?:min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?) ago"
    r"|vor \d{1,3} (?:minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?)"
    r"|h(?:ace|á) \d{1,3} (?:minutos?|horas?|d[ií]as?|semanas?|mes(?:es)?|a[nñ]os?)|"
    r"il y a \d{1,3} (?:minutes?|heures?|jours?|semaines?|mois|ans?)"
)
_ADDRESS = re.compile(
    r"(?<!\w)@\w|\w@\w|\b(?:twitter|facebook|instagram)\.com|\[email|\bon (?:Twitter|Facebook|Instagram)\b", re.I
)
# What may follow a byline: a date, a reading time.
_BESIDE = re.compile(r"\s+[|·•–—]\s+(?=[^\d]{0,20}\d).*", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# What separates the names of several authors.
_BETWEEN_NAMES = re.compile(r",\s*(?:(?:and|und|et|y|e|&)\s+)?|\s+(?:and|und|et|y|e|&)\s+")
_NAME_SIGNS = re.compile(r"[^\W\d_]+(?:[^\w\s,;:|/()\[\]!?\"“”«»]{1,2}[^\W\d_]+)*\.?")
# Words at most of a name, and of a line below names that says for whom they write.
_NAME_WORDS, _OFFICE_WORDS = 4, 5
# What stands around the names of agencies in a line of their own, and how many words these have.
_MARK, _MARK_WORDS = re.compile(r"[()\[\]/,;|©–—]|(?:^|\s)-\s"), 6
# The sign of a writer or an agency that ends a text: "rdb", "(jdl/abc)", "MK".
_SIGN = re.compile(r"(?P<open>\()?(?:{0})(?:[/,–-] ?(?:{0}))*(?(open)\))".format("[a-zäöüß]{2,4}|[A-ZÄÖÜ]{2,3}"))
_BRACKETED_SIGN = re.compile(r"\([^\W\d_]{2,5}\)")
# "... said Brandt./The Lamp/", "... on Monday. /gull.example": a slash, a name or a host, and mostly a slash.
_SLASHED = re.compile(
    r"(?<=[.!?…”\"»)])\s*/\s?(?:[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}/?|[^\W\d_a-z][\w.’'-]*(?:\s[\w.’'-]+){0,2}/?)$"
)
_SLASHED_CHARS = 48
# Names stand among this many lines above the first paragraph: a headline or a label, the names, and their office.
_OPENING = 4


def _names(words: list[str]) -> bool:
    return bool(words) and 2 * sum(not word[0].islower() for word in words) >= len(words)


@remembered
def _credit_start(line: str) -> int | None:
    """Return the offset of the closing sentences of a line that say who else worked on the report, or None."""
    lists = cues()
    opened = lists.credit.words(line)
    if opened:
        # "With agencies closed, ..." is a sentence; a credit consists of names.
        words = line.split()
        closed = len(words) - opened <= _CLOSING_WORDS
        return 0 if len(words) <= _CREDIT_WORDS and (closed or _names(words[opened:])) else None
    folded = line.lower()
    if not any(stem in folded for stem in lists.credit_stems):
        return None
    held = next((at for words in lists.credit_holds if (at := folded.rfind(words)) >= 0), -1)
    if held < 0 or len(folded) != len(line):
        return None
    starts = [start for start, _ in sentences_of(line)]
    at = max(index for index, start in enumerate(starts) if start <= held)
    if not _names([word for word in line[starts[at] : held].split() if word[0].isalnum()]):
        return None
    ends = [*starts[1:], len(line)]

    def belongs(index: int) -> bool:
        return any(words in folded[starts[index] : ends[index]] for words in lists.credit_beside)

    # Only more of the kind may follow.
    if not all(belongs(index) for index in range(at + 1, len(starts))):
        return None
    while at and belongs(at - 1):
        at -= 1
    return starts[at]


def _surname(name: str) -> str:
    return next((word for word in reversed(name.split()) if len(word) > 2 and word[0].isupper()), "")


def _byline(line: str, words: int) -> bool:
    """Say whether a line is "By <names>", with roles, a place and a date, and has no other words."""
    by = next((by for by in cues().author_by if line.startswith(by)), None)
    if words > _BYLINE_WORDS or words < 3 or by is None:
        return False
    line = _BESIDE.sub("", line)
    names = line[len(by) :].split(",")[0].split()
    if len(names) < 2 or names[0] in ("The", "A", "An") or line[-1] in ".:;!?":
        return False
    return all(word[0].isupper() or word in cues().particles for word in names)


def _names_alone(line: str) -> list[str]:
    """Return the names in a line that holds only names; otherwise return none.

    A name has two to four words, and its small words are particles. A single word is as often a place ("Sacramento"),
    headings have small words that names do not have ("What That Means"), and datelines and labels may be in capitals.
    """
    small_words = cues().ad_function  # the function words of advertisements serve here too
    names = _BETWEEN_NAMES.split(line)
    for name in names:
        words = name.split()
        if not 2 <= len(words) <= _NAME_WORDS or not all(map(_NAME_SIGNS.fullmatch, words)):
            return []
        if not (words[0][0].isupper() and words[-1][0].isupper()) or name.isupper():
            return []
        if not all(word[0].isupper() or word in cues().particles for word in words):
            return []
        if not small_words.isdisjoint(word.lower() for word in words):
            return []
    return names


def _stand_nowhere_else(names: list[str], line: Line, lines: Sequence[Line]) -> bool:
    """Say whether no other line has a word of the names: a text mentions people and places, but not its writers."""
    words = {word for name in names for word in words_of(name) if len(word) > 1} - cues().particles
    return all(words.isdisjoint(words_of(other.text)) for other in lines if other is not line)


def _names_above(lines: Sequence[Line]) -> range:
    """Return the two lines above the first paragraph that name the writers and say for whom they write, if present.

    Names without the second line stay: above 2,063 marked bodies, such a line was a heading as often as a name.
    """
    body = next((index for index, line in enumerate(lines[:_OPENING]) if line.prose), 0)
    if body < 2:
        return range(0)
    line, office = lines[body - 2], lines[body - 1]
    if (
        line.words > _BYLINE_WORDS
        or not office.brief
        or office.open
        or office.words > _OFFICE_WORDS
        or ".." in office.text
    ):
        return range(0)
    names = _names_alone(line.text)
    return range(body - 2, body) if names and _stand_nowhere_else(names, line, lines) else range(0)


def _name_below(lines: Sequence[Line]) -> bool:
    """Say whether a text ends in the name of its writer; a name below a quotation is that of the person quoted."""
    if len(lines) <= _LAST or not lines[-2].prose or lines[-2].text.rstrip(".")[-1:] in CLOSERS:
        return False
    names = _names_alone(lines[-1].text)
    return len(names) == 1 and _stand_nowhere_else(names, lines[-1], lines)


def _noted_author(article: Article, line: Line, *, above: bool = False) -> str | None:
    """Return the name of the writer whom a paragraph introduces by full name and occupation, or None.

    The article names the people it is about more than once, but its writer only here, apart from a line with the name.
    """
    if line.words > (_ABOVE_WORDS if above else _AUTHOR_WORDS) or line.words < 5:
        return None
    match = _NAME.match(line.text)
    if match is None:
        return None
    reached = _REACHED.match(line.text, match.start("verb")) is not None and _ADDRESS.search(line.text) is not None
    if match["verb"].casefold() not in cues().author_verbs and not reached:
        return None
    if _GOES_ON.match(line.text, match.end("verb")):
        return None
    words = [match["verb"].casefold(), *(word.casefold() for word in _WORD.findall(line.text[match.end("verb") :]))]
    if (cues().author_writing if above else cues().author_roles).isdisjoint(words[:30]) and (
        above or _ADDRESS.search(line.text) is None
    ):
        return None
    name = match["name"]
    surname = _surname(name)
    titled = line.text.lstrip("(—–-•*⦁ ").startswith(("Mr.", "Ms.", "Mrs.", "Dr."))
    if not surname or (len(name.split()) < 2 and not titled):
        return None
    if article.author and surname in article.author:
        return name
    others = (other for other in lines_of(article.text) if other is not line and surname in other.text)
    alone = all(other.brief and other.words <= _BYLINE_WORDS and other.text.startswith(name) for other in others)
    return name if alone else None


def _is_owned(sentence: str) -> bool:
    """Say whether a sentence states whose opinions are expressed."""
    lists = cues()
    return lists.owned.search(sentence) is not None and any(known in sentence.casefold() for known in lists.opinions)


@remembered
def _other_note(line: str, words: int) -> RuleName | None:
    """Return the rule by which a line is a note on opinions, on updates or on how to reach the writer, or None."""
    lists = cues()
    folded = line.casefold()
    if words <= _OPINION_WORDS and any(known in folded for known in lists.opinions):
        head, sentences = head_of(line), sentences_of(line)
        owned = any(_is_owned(line[slice(*span)]) for span in (sentences[0], sentences[-1]))
        opened = head.startswith("editor's note") or any(head.startswith(f"the {known}") for known in lists.opinions)
        if owned and (words <= _BRIEF_NOTE or opened or _NAME.match(line) is not None):
            return "opinion_note"
    if words <= _UPDATE_WORDS and lists.updates.opens(line) and _UNDATED.match(line) is None:
        return "update_note"
    if words <= _CONTACT_WORDS and lists.contact.opens(line) and _ADDRESS.search(line) is not None:
        return "contact_note"
    return None


def _is_agency_mark(line: str) -> bool:
    """Say whether a line is only the names of agencies: "(AFP)", "/ritzau/", "(Reuters, dpa)", "AFP"."""
    names = [name for name in map(str.strip, _MARK.split(line)) if name]
    if not names or not all(name.casefold() in cues().agencies for name in names):
        return False
    # "File" and "Pool" stand for agencies in credits of pictures.
    return line[-1] in ")]/" or names[0].isupper()


@remembered
def _source_behind(line: str) -> int | None:
    """Return the offset of a source between slashes behind the last sentence ("... said Brandt./The Lamp/")."""
    found = _SLASHED.search(line, max(0, len(line) - _SLASHED_CHARS))
    return None if found is None else found.start()


def _is_sign_below(lines: Sequence[Line]) -> bool:
    """Say whether a text ends in a writer's or an agency's sign, right below its last sentence."""
    if len(lines) < 3 or not (lines[-2].prose and lines[-2].stopped):
        return False
    return (_SIGN.fullmatch(lines[-1].text) or _BRACKETED_SIGN.fullmatch(lines[-1].text)) is not None


@one_by_one
def find_credits(sight: Sight) -> Iterator[Removal]:
    """Claim reporters' credits and notes on the author, on opinions and on updates, near the ends of the text."""
    article, lines = sight.article, sight.lines
    count = len(lines)
    authors: set[str] = set()
    for index, line in enumerate(lines):
        if _FIRST <= index < count - _LAST or count == 1:
            continue
        span = line_span(article.text, lines, index)
        start = _credit_start(line.text) if index >= count - _LAST else None
        if start is not None:
            if start:
                stop = line.start + len(line.text[:start].rstrip())
                yield Removal(stop, line.end, "credit", "reporter_credit", 0.95)
            else:
                yield Removal(*span, "credit", "reporter_credit", 0.98)
            continue
        if index in (0, count - 1) and line.words <= _AGE_WORDS and _AGE.fullmatch(line.text) is not None:
            yield Removal(*span, "furniture", "age_line", 0.95)
            continue
        if index == count - 1 and (behind := _source_behind(line.text)):
            yield Removal(line.start + behind, line.end, "credit", "reporter_credit", 0.95)
            continue
        if _HANGUL_BYLINE.fullmatch(line.text):
            yield Removal(*span, "credit", "byline", 0.95)
            continue
        if index >= count - _LAST and line.words <= _MARK_WORDS and _is_agency_mark(line.text):
            yield Removal(*span, "credit", "reporter_credit", 0.95)
            continue
        rule = _other_note(line.text, line.words)
        if rule is not None:
            yield Removal(*span, "credit", rule, 0.95)
        elif index and index >= count - _LAST + 2 and (name := _noted_author(article, line)):
            authors.add(name)
            yield Removal(*span, "credit", "author_note", 0.95)
        elif index < _FIRST and count > _LAST and (name := _noted_author(article, line, above=True)):
            authors.add(name)
            yield Removal(*span, "credit", "author_note", 0.9)
        # The name of the writer below the title of a poem belongs to the poem.
        elif index + 1 < count and lines[index + 1].prose and _byline(line.text, line.words):
            yield Removal(*span, "credit", "byline", 0.95)
    for index in _names_above(lines):
        yield Removal(*line_span(article.text, lines, index), "credit", "byline", 0.9)
    if _name_below(lines):
        yield Removal(*line_span(article.text, lines, count - 1), "credit", "byline", 0.9)
    elif _is_sign_below(lines):
        yield Removal(*line_span(article.text, lines, count - 1), "credit", "reporter_credit", 0.9)
    for index, line in enumerate(lines):
        if line.text in authors:
            yield Removal(*line_span(article.text, lines, index), "credit", "byline", 0.95)
