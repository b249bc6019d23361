"""Make texts with a known end out of clean articles: with matter below them, and with what only looks like it."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from cleaners.strip.cues import phrases
from cleaners.strip.topic import background, part_of

KINDS = (
    "clean",
    "subheads",
    "links",
    "box",
    "bare",
    "bare",
    "bare",
    "feed",
    "feed",
    "headlines",
    "furniture",
    "last lines",
)
# Articles that are drawn at random; those of them on the same topic are used.
SAMPLED = 60
PAGE_KINDS = ("page", "page", "links", "bare", "feed", "headlines", "furniture")


@dataclass(frozen=True)
class Clean:
    """A clean article: its headline, its paragraphs, its fold, its language, and whether it is news."""

    title: str
    lines: list[str]
    fold: int
    language: str | None
    news: bool


@dataclass(frozen=True)
class Made:
    """A made text: `end` is the offset at which the article ends, None if all of it is the article."""

    kind: str
    fold: int
    title: str | None
    text: str
    end: int | None
    language: str | None


class Maker:
    """Makes texts with a known end out of clean articles; all choices come from one seeded generator."""

    def __init__(self, articles: list[Clean], furniture: list[list[str]], seed: int) -> None:
        self.rng = random.Random(seed)
        self.hosts = articles
        self.articles = [article for article in articles if article.news]
        self._news = [index for index, article in enumerate(articles) if article.news]
        self.furniture = furniture
        self.words = [word for word in list(background("en"))[300:3000] if word.isalpha()]
        self.phrases: list[str] = phrases()["end"]["phrases"]
        self.terms = [part_of("\n".join(a.lines), a.language).terms for a in articles]

    def likeness(self, a: int, b: int) -> float:
        """Return the share of the weight of their words that two articles have in common."""
        one, two = self.terms[a], self.terms[b]
        shared = sum(weight for term, weight in one.items() if term in two)
        return shared / math.sqrt(sum(one.values()) * sum(two.values()))

    def _others(self, index: int, near: bool, count: int) -> list[Clean]:
        """Return at most `count` other articles, on the same topic if `near`, and never on the same event."""
        among = self.rng.sample(self._news, min(SAMPLED, len(self._news)))
        likeness = {other: self.likeness(index, other) for other in among if other != index}
        ranked = sorted((other for other in likeness if likeness[other] < 0.3), key=lambda other: -likeness[other])
        chosen = ranked[:10] if near else ranked
        return [self.hosts[other] for other in self.rng.sample(chosen, min(count, len(chosen)))]

    def _cased(self, text: str) -> str:
        return self.rng.choice([text.capitalize(), text.title(), text.upper(), text.capitalize()])

    def _words_line(self, count: int) -> str:
        return self._cased(" ".join(self.rng.choice(self.words) for _ in range(count)))

    def _label(self, count: int) -> str:
        if self.rng.random() >= 0.55:
            return self._words_line(count)
        extra = f" {self._words_line(self.rng.randint(1, 2)).lower()}" if self.rng.random() < 0.3 else ""
        return self._cased(self.rng.choice(self.phrases) + extra)

    def _source(self) -> str:
        return " ".join(self.rng.choice(self.words).capitalize() for _ in range(self.rng.choice([1, 2, 2, 3])))

    def _when(self) -> str:
        n = self.rng.randint(1, 59)
        month = self.rng.choice(["May", "June", "October"])
        return self.rng.choice([f"{n} minutes ago", f"{n} hours ago", f"{n}h ago", f"{n} min", f"{n} days ago",
                                f"{self.rng.randint(1, 28)} {month} 2021"])  # fmt: skip

    def _closing(self) -> list[str]:
        ends = ["", "", "", "", ".", "...", ":", "!", "?", " (0)"]
        counts = [1, 1, 2, 3, 3, 4, 5, 6, 8]
        return [self._label(self.rng.choice(counts)) + self.rng.choice(ends)
                for _ in range(self.rng.choice([0, 0, 1, 1, 2, 3, 4, 5]))]  # fmt: skip

    def _body(self, article: Clean) -> list[str]:
        shape = self.rng.random()
        if shape < 0.25:
            return [" ".join(article.lines)]
        if shape < 0.45:
            return [" ".join(article.lines[: self.rng.randint(1, 4)])]
        if shape < 0.6:
            return article.lines[: self.rng.randint(1, 3)]
        return article.lines

    def _feed(self, stories: list[Clean]) -> list[str | None]:
        out: list[str | None] = []
        style = self.rng.randint(0, 7)
        for story in stories:
            if self.rng.random() < 0.2:
                style = self.rng.randint(0, 7)
            title, source, when = story.title, self._source(), self._when()
            joint = self.rng.choice([" | ", " · ", " - ", ", "])
            cards = [
                [source, when, f"- {source}", title],
                [title, source + joint + when],
                [source, title],
                [title],
                [title, source],
                [when, title],
                [self._label(1), title, f"By {source}"],
                [title, when, source],
            ]
            out += cards[style]
            out += [None, *self._body(story), None]
        return out

    def subheads(self, lines: list[str], share: float = 0.3) -> list[str]:
        """Put subheadings above some paragraphs, made from words of the paragraph."""
        out = []
        for i, line in enumerate(lines):
            if i > 0 and self.rng.random() < share:
                words = line.split()
                count = self.rng.choice([2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9])
                start = self.rng.randrange(max(1, len(words) - count))
                text = " ".join(words[start : start + count]).strip('.,"“”')
                out.append(text[:1].upper() + text[1:])
            out.append(line)
        return out

    def _inline(self, lines: list[str]) -> list[str]:
        """Put links, advertisements and captions between paragraphs; some are the same throughout the text."""
        out = []
        notice = self._label(self.rng.randint(1, 2)) if self.rng.random() < 0.4 else None
        for i, line in enumerate(lines):
            out.append(line)
            if i < len(lines) - 1 and self.rng.random() < 0.35:
                title = self.rng.choice(self.articles).title
                links = [
                    f"{self._label(self.rng.randint(1, 2))}: {title}",
                    f"{self._label(2)} | {title}",
                    self._label(self.rng.randint(3, 8)),
                    f"Video: {title} 2:{self.rng.randint(0, 59):02d}",
                ]
                if notice and self.rng.random() < 0.7:
                    out += [notice] * self.rng.choice([1, 1, 2, 2, 3])
                    continue
                out.append(self.rng.choice(links))
        return out

    def _joined(self, lines: list[str | None] | list[str], separator: str) -> str:
        text = ""
        for line in lines:
            if line is None:
                text = text.rstrip("\n") + "\n\n" + ("\n" if self.rng.random() < 0.3 else "")
            else:
                text += line + separator
        return text.strip()

    def texts(self) -> Iterator[Made]:
        """Yield texts of every kind for every article."""
        rng, joined = self.rng, self._joined
        wide = ["\n", "\n\n", "\n\n"]
        for index, article in enumerate(self.hosts):
            title = article.title if article.title and rng.random() < 0.9 else None
            language = article.language if rng.random() < 0.75 else None
            made = partial(Made, fold=article.fold, title=title, language=language)
            for kind in KINDS if article.news else PAGE_KINDS:
                near = rng.random() < 0.45
                # Some articles are cut short, so that there is little to compare with.
                short = article.news and rng.random() < 0.15
                lines = article.lines[: rng.randint(2, 4)] if short else list(article.lines)
                if kind == "links" or (rng.random() < 0.25 and kind not in ("clean", "page")):
                    lines = self._inline(lines)
                if kind == "subheads" or (rng.random() < 0.15 and kind not in ("clean", "page")):
                    lines = self.subheads(lines)
                if kind == "box" and len(lines) > 1:
                    at = rng.randrange(1, len(lines))
                    box = [self._label(rng.randint(1, 3))] if rng.random() < 0.8 else []
                    box += [other.title for other in self._others(index, near, rng.randint(1, 4))]
                    lines = lines[:at] + box + lines[at:]
                text = joined(lines, rng.choice(wide))
                if kind in ("clean", "page", "subheads", "links", "box"):
                    yield made(kind=kind, text=text, end=None)
                    continue
                if kind == "bare":
                    parts: list[str | None] = []
                    for other in self._others(index, near, rng.choice([1, 1, 2, 2, 3])):
                        parts += [*(self._body(other) if rng.random() < 0.3 else other.lines), None]
                    extra = joined(parts, rng.choice(wide))
                elif kind == "feed":
                    marker: list[str | None] = [self._label(rng.randint(1, 4))] if rng.random() < 0.85 else []
                    stories = self._feed(self._others(index, near, rng.choice([1, 2, 3, 4])))
                    extra = joined([*self._closing(), *marker, *stories], rng.choice(["\n", "\n", "\n\n"]))
                elif kind == "headlines":
                    marker = [self._label(rng.randint(1, 4))] if rng.random() < 0.9 else []
                    titles = [other.title for other in self._others(index, near, rng.randint(3, 9))]
                    extra = joined([*self._closing()[:3], *marker, *titles], rng.choice(["\n", "\n", "\n\n"]))
                elif kind == "furniture":
                    extra = joined(
                        rng.choice(self.furniture)[: rng.choice([3, 5, 10, 20, 40])], rng.choice(["\n", "\n\n"])
                    )
                else:
                    extra = joined(
                        [self._label(rng.randint(2, 4)) + rng.choice(["", f": {self._label(2)}", f" {article.title}"])
                         for _ in range(rng.choice([1, 1, 2, 3]))], rng.choice(["\n", "\n\n"]))  # fmt: skip
                if not extra:
                    continue
                between = rng.choice(["\n\n", "\n\n", "\n"])
                name = f"{kind}, same topic" if near and kind in ("bare", "feed", "headlines") else kind
                yield made(kind=name, text=text + between + extra, end=len(text) + len(between))
