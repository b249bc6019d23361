"""Wording that supports judgements of form: one file for each language; en.toml says what each list is for."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cleaners.text import fold_line, words_of

# Bullets, dashes and brackets that may stand before the first word of a line.
_BEFORE_FIRST = "-–—•⦁●▪·*·>»([_ \t"
_AROUND_WORD = ".,:;!?()'\"“”"
# The kinds of notices; the lists are named after them.
_NOTICES = ("licence", "newsletter", "support", "tip", "embed", "affiliate")
# Opening words are looked for in this many characters of a line. In a phrase `...` stands for at most this many, and
# `$` for the end of the line.
_HEAD_CHARS, _GAP_CHARS = 200, 90
_FIRST_CHARS = 40
# Of a label, so that most lines are known to have none.
_HINT_CHARS = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """The wordings that open lines of one kind: their first words, which rule out most lines, and their pattern."""

    first: frozenset[str]
    pattern: re.Pattern[str]

    def opens(self, line: str) -> bool:
        """Whether a line opens with one of the wordings; its case and a bullet before it do not matter."""
        return self.words(line) > 0

    def words(self, line: str) -> int:
        """Return the number of words in the wording that opens a line, 0 if none does."""
        if first_word(line) not in self.first:
            return 0
        match = self.pattern.match(head_of(line))
        return 0 if match is None else len(match.group().split())


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue words: of link labels, advertisements, captions, forms, credits, notices, and of what closes a text."""

    label: frozenset[str]
    label_strong: frozenset[str]
    label_verbs: frozenset[str]
    link_ends: frozenset[str]
    caption: frozenset[str]
    ad_strong: frozenset[str]
    ad_content: frozenset[str]
    ad_function: frozenset[str]
    ad_between: frozenset[str]
    ad_joining: frozenset[str]
    ad_labels: frozenset[str]
    ad_address: frozenset[str]
    ad_calls: frozenset[str]
    ad_closing: frozenset[str]
    form: tuple[str, ...]
    end: re.Pattern[str]
    title: frozenset[str]
    resume: frozenset[str]
    picture: Opening
    picture_alone: frozenset[str]
    picture_labels: re.Pattern[str]
    picture_hints: tuple[str, ...]
    picture_glued: tuple[str, ...]
    picture_behind: tuple[str, ...]
    agencies: frozenset[str]
    houses: frozenset[str]
    credit: Opening
    credit_holds: tuple[str, ...]
    credit_stems: tuple[str, ...]
    credit_beside: tuple[str, ...]
    author_verbs: frozenset[str]
    author_roles: frozenset[str]
    author_writing: frozenset[str]
    author_by: tuple[str, ...]
    particles: frozenset[str]
    publication: re.Pattern[str]
    opinions: tuple[str, ...]
    owned: re.Pattern[str]
    contact: Opening
    updates: Opening
    notices: Mapping[str, Opening]
    notice_holds: tuple[tuple[str, tuple[str, ...]], ...]
    notice_hold_words: frozenset[str]
    links: Opening
    notice_first: frozenset[str]
    related: frozenset[str]
    related_opens: Opening
    related_before: re.Pattern[str]
    related_behind: tuple[str, ...]
    related_bracketed: re.Pattern[str]
    related_square: Opening
    summary: re.Pattern[str]
    interface: frozenset[str]
    interface_ads: frozenset[str]
    interface_ad_marks: tuple[str, ...]
    interface_opens: Opening
    interface_glued: tuple[str, ...]
    sections: frozenset[str]
    share_bar: frozenset[str]
    interface_brackets: re.Pattern[str]
    interface_commas: re.Pattern[str]


@lru_cache(maxsize=2048)
def first_word(line: str) -> str:
    """Return the first word of a line in the form in which `Opening.first` holds words."""
    return head_of(line[:_FIRST_CHARS]).partition(" ")[0].strip(_AROUND_WORD)


def head_of(line: str) -> str:
    """Return the start of a line in the form that patterns match: in lower case, with straight apostrophes."""
    return line[:_HEAD_CHARS].casefold().replace("’", "'").lstrip(_BEFORE_FIRST)


def _pattern(phrases: list[str]) -> str:
    """Return an expression that matches any of the phrases, the longest first."""
    parts = []
    for phrase in sorted(set(phrases), key=lambda p: (-len(p), p)):
        words = rf".{{1,{_GAP_CHARS}}}?".join(map(re.escape, phrase.removesuffix("$").split("...")))
        parts.append(words + (r"\W*$" if phrase[-1] == "$" else r"(?!\w)" if phrase[-1].isalnum() else ""))
    return "(?:" + "|".join(parts) + ")"


def _opening(phrases: list[str]) -> Opening:
    first = frozenset(phrase.partition(" ")[0].strip(_AROUND_WORD) for phrase in phrases)
    return Opening(first, re.compile(_pattern(phrases)))


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, list[str]]]:
    """Return the lists of all languages, joined by section and name, each phrase once.

    Raises ValueError, with the name of the file, if a language has a list that en.toml and common.toml lack: its name
    is misspelt.
    """
    tables = {
        file.name: tomllib.loads(file.read_text("utf-8"))
        for file in sorted(files(__package__).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }
    known = {*_lists(tables["en.toml"]), *_lists(tables["common.toml"])}
    joined: dict[str, dict[str, list[str]]] = {}
    for file, table in tables.items():
        for section, name in _lists(table):
            if (section, name) not in known:
                raise ValueError(f"{file}: there is no list {section}.{name} in en.toml or common.toml")
            all_words = joined.setdefault(section, {}).setdefault(name, [])
            all_words += [phrase for phrase in table[section][name] if phrase not in all_words]
    return joined


def _lists(table: Mapping[str, Mapping[str, list[str]]]) -> list[tuple[str, str]]:
    return [(section, name) for section, lists in table.items() for name in lists]


def word_lists(*names: str) -> dict[str, list[str]]:
    """Return the lists with these names, as in "end.phrases", for the digests by which models are bound to them."""
    lists = {f"{section}.{name}": words for section, table in phrases().items() for name, words in table.items()}
    return {f"cues.{name}": lists[name] for name in names}


@lru_cache(maxsize=1)
def cues() -> Cues:
    """Return the cue words; the files are read once."""
    table = phrases()
    label, ad = table["label"], table["ad"]
    picture, credit, author, notice, related, interface = (
        table[name] for name in ("picture", "credit", "author", "notice", "related", "interface")
    )
    notices, links = {kind: _opening(notice[f"{kind}_opens"]) for kind in _NOTICES}, _opening(notice["link_opens"])
    return Cues(
        label=frozenset(label["words"]) | frozenset(label["strong"]),
        label_strong=frozenset(label["strong"]),
        label_verbs=frozenset(label["verbs"]),
        # Link words that open or close a link line but not a headline.
        link_ends=(frozenset(label["strong"]) | frozenset(label["verbs"])) - {"explained", "explainer"},
        caption=frozenset(table["caption"]["words"]),
        ad_strong=frozenset(ad["strong"]),
        ad_content=frozenset(ad["content"]),
        ad_function=frozenset(ad["function"]),
        ad_between=frozenset(ad["between"]),
        ad_joining=frozenset(ad["joining"]),
        ad_labels=frozenset(ad["labels"]),
        ad_address=frozenset(ad["address"]),
        ad_calls=frozenset(ad["calls"]),
        ad_closing=frozenset(ad["closing"]),
        form=tuple(table["form"]["phrases"]),
        end=re.compile("|".join(rf"(?<!\w){re.escape(phrase)}" for phrase in sorted(set(table["end"]["phrases"])))),
        title=frozenset(table["title"]["words"]),
        resume=frozenset(table["resume"]["words"]),
        picture=_opening(picture["opens"]),
        picture_alone=frozenset(picture["alone"]),
        # A label with a stop ("fot.") stands in front of the name by itself.
        picture_labels=re.compile(
            rf"(?:(?:reuters|ap|afp|getty|staff|file)\s)?(?:{_pattern([w for w in picture['labels'] if w[-1] != '.'])}"
            rf"(?:\s?[:：/]|\s{_pattern(picture['by'])})|{_pattern([w for w in picture['labels'] if w[-1] == '.'])})"
            rf"\s*(?=[^\s,.])",
            re.IGNORECASE,
        ),
        picture_hints=tuple(sorted({word[:_HINT_CHARS] for word in picture["labels"]})),
        picture_glued=tuple(picture["glued"]),
        picture_behind=tuple(f" {words}" for words in picture["behind"]),
        agencies=frozenset(picture["agencies"]) | frozenset(picture["houses"]),
        houses=frozenset(picture["houses"]),
        credit=_opening(credit["opens"]),
        credit_holds=tuple(credit["holds"]),
        credit_stems=tuple(credit["stems"]),
        credit_beside=tuple(credit["beside"]),
        author_verbs=frozenset(author["verbs"]),
        author_roles=frozenset(author["roles"]),
        author_writing=frozenset(author["writing"]),
        author_by=tuple(f"{word} " for word in author["by"]),
        particles=frozenset(author["particles"]),
        # A word as a label takes a space or a colon; in Chinese the name follows at once.
        publication=re.compile(
            rf"{_pattern(table['publication']['labels'])}(?:\s*[:：/／]|(?=\s))"
            rf"|{_pattern(table['publication']['colon'])}\s*[:：/／]"
            rf"|(?:{'|'.join(sorted(table['publication']['glued'], reverse=True))})\s*[:：/／]?",
            re.IGNORECASE,
        ),
        opinions=tuple(author["opinions"]),
        owned=re.compile(_pattern(author["owned"]), re.IGNORECASE),
        contact=_opening(author["contact"]),
        updates=_opening(author["updates"]),
        notices=notices,
        notice_holds=tuple((kind, tuple(notice[f"{kind}_holds"])) for kind in _NOTICES if f"{kind}_holds" in notice),
        # The longest word of each, but not the last, which may go on: most lines have none of these.
        notice_hold_words=frozenset(
            max(words[:-1] or words, key=len)
            for kind in _NOTICES
            for phrase in notice.get(f"{kind}_holds", ())
            if (words := words_of(phrase))
        ),
        links=links,
        # The first words of all notices together, so that one look-up rules out most lines.
        notice_first=links.first.union(*(opening.first for opening in notices.values())),
        related=frozenset(map(str.casefold, related["labels"])),
        related_opens=_opening(related["opens"]),
        related_before=re.compile(rf"{_pattern(related['before'])}(?::?\s+|\s*[:：]\s*)(?=\S)", re.IGNORECASE),
        related_behind=tuple(f" {words}" for words in related["behind"]),
        related_bracketed=re.compile(rf" ?\( ?{_pattern(related['bracketed'])}: [^()]{{8,180}}\)"),
        related_square=_opening(related["square"]),
        summary=re.compile(rf"{_pattern(related['summary'])}:?\s*", re.IGNORECASE),
        interface=frozenset(map(fold_line, interface["lines"])),
        interface_ads=frozenset(map(fold_line, interface["ads"])),
        interface_ad_marks=tuple(
            f"{label.upper()} " for label in interface["ads"] if label.isalpha() and label.upper() != label
        ),
        interface_opens=_opening(interface["opens"]),
        interface_glued=tuple(interface["glued"]),
        sections=frozenset(map(str.casefold, interface["sections"])),
        share_bar=frozenset(interface["buttons"]),
        interface_brackets=re.compile(rf"\( ?{_pattern(interface['brackets'])} ?\)", re.IGNORECASE),
        interface_commas=re.compile(f", {_pattern(interface['commas'])}"),
    )


def is_closing(line: str) -> bool:
    """Say whether a line has the wording of lines that close an article: related lists, comments, sharing, legal."""
    return cues().end.match(line.casefold().lstrip("-–—•*·>» ")) is not None
