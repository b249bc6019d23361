"""Make `data/neardup.jsonl` anew: base articles of `truth.jsonl`, copies of ten known kinds, look-alikes beside them.

Run as `python -m tests.quality.make_neardup`. The seed is fixed, so the file does not change unless an input does.
"""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).parent / "data"
SEED = 20311104

# Article, then its copies; every kind occurs four times or more.
PLAN: dict[str, tuple[str, ...]] = {
    "clean-en-longread": ("abridged", "excerpt", "noisy", "wrapped"),
    "bare-en-ferry": ("exact", "edited", "extended"),
    "bare-en-two": ("normalised", "retitled", "reordered"),
    "headlines-en-marked": ("wrapped", "abridged", "noisy"),
    "headlines-en-bare": ("edited", "excerpt", "extended"),
    "inline-en-promo": ("exact", "retitled", "abridged"),
    "inline-en-ads": ("normalised", "edited", "noisy"),
    "dump-en": ("wrapped", "extended", "reordered"),
    "dump-en-2": ("excerpt", "retitled", "edited"),
    "clean-en-obituary": ("abridged", "reordered", "excerpt"),
    "clean-en-cuewords": ("noisy", "extended", "normalised"),
    "clean-en-twothreads": ("wrapped", "edited", "reordered"),
    "mixed-en": ("retitled", "exact"),
    "feed-fr": ("abridged", "edited", "normalised"),
    "bare-de": ("noisy", "retitled", "reordered"),
    "dump-es": ("excerpt", "wrapped", "edited"),
    "feed-pt": ("abridged", "noisy"),
    "clean-zh-news": ("exact", "normalised"),
    "clean-ar-news": ("wrapped", "exact"),
}
TITLES: dict[str, str] = {
    "bare-en-two": "Basses blamed for avalanche risk",
    "inline-en-promo": "Better late: the letters that waited in the ice since the last century",
    "dump-en-2": "Opinion: a bee is not a vehicle",
    "mixed-en": "Nineteen hours of bells end in an emergency meeting",
    "bare-de": "Fliegenfleck seit 1883 mitgespielt",
}
WRAPS: tuple[tuple[str, str], ...] = (
    ("PORT MERRION (Nordline) — ", "Reporting by the Merrion bureau; editing by O. Tansy."),
    ("From our correspondent\n\nMONDAY 9 JUNE — ", "With material from Continental Wire."),
    ("ALDERMOUTH, June 9 - ", "Copyright Nordline. To license this story write to rights@nordline.example."),
    ("By our staff and agencies\n\n", "This report was sent by an agency and is published as received."),
    ("(CW) -- ", "CW/pt/mk 1140"),
)
ADDED: tuple[str, ...] = (
    "In a statement issued late in the evening, the provincial government said that it had taken note of the matter "
    "and would give its view when all of those concerned had been heard.",
    "It is not the first time that the place has been in the news. Twelve years ago a goat was elected to the church "
    "choir there, by a majority that has never been explained.",
    "A meeting for residents has been called for next Wednesday at seven in the school hall. Chairs are limited, and "
    "the caretaker has asked that people bring their own if they can.",
    "Asked whether anything of the kind might happen elsewhere, a spokeswoman for the association of municipalities "
    "said that in her experience everything happened elsewhere sooner or later.",
)
SWAPS: dict[str, str] = {
    "said": "stated",
    "which": "that",
    "about": "roughly",
    "also": "likewise",
    "has": "had",
    "most": "nearly all",
    "never": "not once",
    "would": "was to",
    "because": "since",
    "after": "following",
}


def sentences(paragraph: str) -> list[str]:
    """Split at a full stop, question or exclamation mark that white space and a capital follow."""
    return re.split(r"(?<=[.!?])\s+(?=[^\W\d_a-z])", paragraph)


def edited(text: str, rng: random.Random) -> str:
    """Change one word in twenty: another word, a word less, a word twice. Figures and names stay."""
    out: list[str] = []
    for token in re.split(r"(\s+)", text):
        if token.islower() and token.isalpha() and rng.random() < 0.07:
            out.append(SWAPS.get(token) or rng.choice(("", f"{token} {token}")))
        else:
            out.append(SWAPS[token] if token in SWAPS and rng.random() < 0.4 else token)
    return re.sub(r"(?<=\S) {2,}", " ", "".join(out))


def abridged(text: str, rng: random.Random) -> str:
    """Keep the first paragraph, and six sentences in ten of the others."""
    first, *rest = text.split("\n\n")
    places = [(p, s) for p, paragraph in enumerate(rest) for s in range(len(sentences(paragraph)))]
    dropped = set(rng.sample(places, round(0.4 * len(places))))
    kept = [" ".join(x for s, x in enumerate(sentences(par)) if (p, s) not in dropped) for p, par in enumerate(rest)]
    return "\n\n".join([first, *filter(None, kept)])


def excerpt(text: str, _rng: random.Random) -> str:
    """Keep whole sentences from the start, up to a third of the words but forty at least."""
    goal = max(40, len(text.split()) // 3)
    out: list[list[str]] = []
    count = 0
    for paragraph in text.split("\n\n"):
        out.append([])
        for sentence in sentences(paragraph):
            if count >= goal:
                return "\n\n".join(" ".join(p) for p in out if p)
            out[-1].append(sentence)
            count += len(sentence.split())
    return text


def extended(text: str, rng: random.Random) -> str:
    """Add two paragraphs, one inside and one at the end."""
    paragraphs = text.split("\n\n")
    inside, last = rng.sample(ADDED, 2)
    paragraphs.insert(rng.randrange(1, len(paragraphs)), inside)
    return "\n\n".join([*paragraphs, last])


def noisy(text: str, rng: random.Random) -> str:
    """Set two letters in a hundred wrong, as poor character recognition does."""
    letters = sorted(set(filter(str.islower, text)))
    return "".join(rng.choice(letters) if c.islower() and rng.random() < 0.02 else c for c in text)


def reordered(text: str, rng: random.Random) -> str:
    """Shuffle the paragraphs after the first."""
    first, *rest = text.split("\n\n")
    shuffled = rest[:]
    while shuffled == rest:
        rng.shuffle(shuffled)
    return "\n\n".join([first, *shuffled])


def wrapped(text: str, rng: random.Random) -> str:
    """Put another dateline before the text and a credit under it."""
    head, foot = rng.choice(WRAPS)
    return f"{head}{text}\n\n{foot}"


def normalised(text: str, _rng: random.Random) -> str:
    """Change white space, quotation marks and dashes, not one letter."""
    plain = text.translate(str.maketrans("“”«»’–—", '""""\'--'))
    return plain.replace("\n\n", "\n").replace(". ", ".  ")


def unchanged(text: str, _rng: random.Random) -> str:
    """Return the text as it is."""
    return text


COPIES: dict[str, Callable[[str, random.Random], str]] = {
    "exact": unchanged,
    "normalised": normalised,
    "wrapped": wrapped,
    "edited": edited,
    "abridged": abridged,
    "excerpt": excerpt,
    "extended": extended,
    "noisy": noisy,
    "reordered": reordered,
    "retitled": unchanged,
}


def rows() -> list[dict[str, str | None]]:
    """Return every text: base articles, each followed by its copies, then the look-alikes."""
    with (DATA / "truth.jsonl").open(encoding="utf8") as lines:
        cases = {case["case"]: case for case in map(json.loads, lines)}
    out: list[dict[str, str | None]] = []
    for name, kinds in PLAN.items():
        case = cases[name]
        shared = {"group": name, "language": case["language"], "title": case["title"]}
        text = re.sub(r"\n+", "\n\n", case["truth"])
        out.append({"id": name, "kind": "base", "of": None, "text": text, **shared})
        for kind in kinds:
            copy = COPIES[kind](text, random.Random(f"{SEED} {name} {kind}"))
            title = {"normalised": case["title"].upper(), "retitled": TITLES.get(name)}.get(kind, case["title"])
            out.append({"id": f"{name}-{kind}", "kind": kind, "of": name, "text": copy, **shared, "title": title})
    with (DATA / "lookalikes.jsonl").open(encoding="utf8") as lines:
        out += [{"group": row["id"], **row} for row in map(json.loads, lines)]
    return out


def main() -> None:
    """Write the file."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows())
    (DATA / "neardup.jsonl").write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
