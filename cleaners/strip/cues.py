"""Wording that supports judgements of form, in five languages; the lists stand in cues.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue words: of link labels, advertisements, captions, forms, and of the lines that close an article."""

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


@lru_cache(maxsize=1)
def cues() -> Cues:
    """Return the cue words, read once."""
    table = tomllib.loads(files("cleaners.strip").joinpath("cues.toml").read_text("utf-8"))
    label, ad = table["label"], table["ad"]
    return Cues(
        label=frozenset(label["words"]) | frozenset(label["strong"]),
        label_strong=frozenset(label["strong"]),
        label_verbs=frozenset(label["verbs"]),
        # Link words that open or close a link line, not a headline.
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
    )


def is_closing(line: str) -> bool:
    """Say whether a line has the wording of those that close an article: related lists, comments, sharing, legal."""
    return cues().end.match(line.casefold().lstrip("-–—•*·>» ")) is not None
