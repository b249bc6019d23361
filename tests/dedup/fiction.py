"""Invented articles, and copies of them such as the web makes."""

import random

import polars as pl

PLACES = ["Orla", "Vennby", "Kastholm", "Tarrow", "Ilmen", "Söderö", "Quayle", "Brindle", "Marrow", "Elstow"]
PEOPLE = ["Ada Holm", "Jon Pike", "Mira Vance", "Otto Lind", "Rhea Stroud", "Tom Abel", "Ines Falk", "Per Quist"]
THINGS = ["ferry", "bridge", "library", "tram", "harbour", "orchard", "market", "school", "mill", "lighthouse"]
OPENINGS = [
    "The {thing} in {place} will close for {n} weeks, the council said.",
    "Plans to sell the {thing} at {place} were withdrawn after {n} letters of protest.",
    "{person} has been named keeper of the {thing} in {place}, the first in {n} years.",
    "A storm tore the roof from the {thing} in {place} and left {n} households without light.",
]
SENTENCES = [
    "{person} said that nobody had asked the people of {place} before the {thing} was measured.",
    "Some {n} residents signed a letter which was read aloud in the hall of the old {thing}.",
    "The work, first promised in {place} many summers ago, was to cost {n} crowns and a good deal of patience.",
    "“We have waited long enough, and the {thing} has waited longer,” said {person}, who lives beside it.",
    "In {place} the news was met with a shrug, then with {n} questions, and in the evening with music.",
    "Engineers found {n} cracks below the {thing}, most of them older than the records kept in {place}.",
    "{person} keeps a notebook of every morning on which the {thing} failed, and it is nearly full.",
    "The council of {place} meets again on the {n}th, when the budget for the {thing} is to be voted.",
    "Children from the school painted the {thing} in colours that {person} called brave.",
    "Fog delayed the inspection, and the party walked the last miles to {place} along the shore.",
    "A second report, ordered by {person}, puts the losses at {n} barrels and one rowing boat.",
    "No one was hurt, although a cart with {n} cheeses rolled from the quay into the water at {place}.",
    "The {thing} was built by volunteers, who were paid in herring and in promises.",
    "Visitors come to {place} for the light in autumn, and stay, {person} says, for the soup.",
    "Tickets for the evening are to be had at the {thing}, at the bakery and from {person}.",
    "Letters from {n} readers reached this office before the end of the week.",
    "What the minister thinks of it is not known; a call to {place} was not returned.",
    "Older people remember the winter when the ice carried the {thing} halfway to {place}.",
]


def write(rng: random.Random, sentences: int = 12) -> str:
    """Write one article of an opening and several sentences, three to a paragraph."""
    lines = [rng.choice(OPENINGS), *rng.sample(SENTENCES, min(sentences, len(SENTENCES)))]
    facts = [
        line.format(
            place=rng.choice(PLACES),
            person=rng.choice(PEOPLE),
            thing=rng.choice(THINGS),
            n=rng.randrange(3, 900),
        )
        for line in lines
    ]
    own = [f"{invented(rng, 14).capitalize()}." for _ in facts]
    parts = [s for pair in zip(facts, own, strict=True) for s in pair]
    return "\n\n".join(" ".join(parts[i : i + 4]) for i in range(0, len(parts), 4))


def invented(rng: random.Random, count: int) -> str:
    """Return words of an invented language, so that two articles share little by chance."""
    syllables = [
        "ba",
        "ren",
        "to",
        "lis",
        "mor",
        "ka",
        "vel",
        "du",
        "shi",
        "an",
        "tor",
        "ple",
        "gra",
        "mi",
        "sun",
        "ok",
    ]
    return " ".join("".join(rng.choices(syllables, k=rng.randrange(1, 4))) for _ in range(count))


def edited(text: str, rng: random.Random) -> str:
    """Drop, double or replace one word in fifteen."""
    words = text.split(" ")
    out = []
    for word in words:
        turn = rng.random()
        if turn < 0.02:
            continue
        out.append(rng.choice(words) if turn < 0.045 else word)
        if turn > 0.98:
            out.append("also")
    return " ".join(out)


def noisy(text: str, rng: random.Random) -> str:
    """Mistype one letter in fifty."""
    return "".join(rng.choice("abcdefghij") if c.isalpha() and rng.random() < 0.02 else c for c in text)


def excerpt(text: str, rng: random.Random) -> str:
    """Keep the first third, in whole paragraphs."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(paragraphs[: max(2, len(paragraphs) // 3)])


def abridged(text: str, rng: random.Random) -> str:
    """Leave out every third paragraph."""
    return "\n\n".join(p for i, p in enumerate(text.split("\n\n")) if i % 3 != 2)


def wrapped(text: str, rng: random.Random) -> str:
    """Put a byline and a dateline before, and a footer after."""
    head = f"By our correspondent\n\n{rng.choice(PLACES).upper()} (TPA) — "
    return f"{head}{text}\n\nThe Tidewater Press Agency, all rights kept."


def reordered(text: str, rng: random.Random) -> str:
    """Shuffle the paragraphs."""
    paragraphs = text.split("\n\n")
    rng.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def extended(text: str, rng: random.Random) -> str:
    """Add two paragraphs at the end."""
    return text + "\n\n" + "\n\n".join(invented(rng, 25).capitalize() + "." for _ in range(2))


def normalised(text: str, rng: random.Random) -> str:
    """Change quotation marks, case and line ends, and nothing else."""
    return text.replace("“", '"').replace("”", '"').replace("\n\n", "\n").upper()


COPIES = (edited, noisy, excerpt, abridged, wrapped, reordered, extended, normalised)


def weather(rng: random.Random) -> str:
    """Fill a form: the same sentences with other numbers, places and people."""
    return (
        f"{rng.choice(PLACES)} wakes to {rng.randrange(40)} degrees and wind of force {rng.randrange(12)} today. "
        f"Fishermen from {rng.choice(PLACES)} are advised to wait until {rng.randrange(24)} o'clock, when the swell is "
        f"expected to drop below {rng.randrange(9)} metres. {rng.choice(PEOPLE)} of the weather office puts the chance "
        f"of rain at {rng.randrange(100)} in a hundred, and of snow at {rng.randrange(100)}. The barometer stood at "
        f"{rng.randrange(940, 1060)} in the morning and at {rng.randrange(940, 1060)} at noon. The next bulletin "
        f"will be heard after the bells, and boats that carry no lamp must be drawn up on the shingle before dark as "
        f"the harbour rules require of everyone who fishes for a living or for pleasure along this coast; it "
        f"will be read from {rng.choice(PLACES)} at {rng.randrange(24)} o'clock."
    )


def articles(texts: dict[str, str], **columns: object) -> pl.DataFrame:
    """Give texts, by id, the columns of cleaned articles."""
    count = len(texts)
    frame = pl.DataFrame(
        {
            "id": list(texts),
            "text": list(texts.values()),
            "title": [None] * count,
            "author": [None] * count,
            "url": [None] * count,
            "site": [None] * count,
            "published": [None] * count,
            "words": [len(t.split()) for t in texts.values()],
            "source": [f"{i}.txt" for i in texts],
        },
        schema={
            "id": pl.String,
            "text": pl.String,
            "title": pl.String,
            "author": pl.String,
            "url": pl.String,
            "site": pl.String,
            "published": pl.Date,
            "words": pl.UInt32,
            "source": pl.String,
        },
    )
    return frame.with_columns(**{name: pl.Series(values) for name, values in columns.items()})  # type: ignore[arg-type]
