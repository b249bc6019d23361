"""Make a small world of invented news: pages of six sites with marked articles, to try the training.

    python -m benchmarks.training.toy DATA [--events 44] [--seed 3]

Writes `pages` as docs/reference/training-data.md describes them, and makes the other folders out of them. Towns,
persons, sites and stories are invented; two sites tell half of the events. Models that are trained on this learn its
six layouts and sixteen sentences, and are good for nothing else.
"""

import argparse
import gzip
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.training.data import write_rows
from benchmarks.training.derive import derive

TOWNS = ("Varnholt", "Eskerby", "Tollmarsh", "Quillford", "Sandrow", "Hemmerick", "Orsley", "Pellgate", "Brackwater",
         "Windle", "Ostermoor", "Kelding")  # fmt: skip
FIRST = ("Ada", "Bruno", "Carla", "Edvin", "Greta", "Hugo", "Ilsa", "Jonas", "Lena", "Matti", "Nora", "Oskar")
LAST = ("Brandt", "Kessel", "Lindqvist", "Moorhen", "Osgood", "Pellham", "Quist", "Rademaker", "Sorrel", "Thorne",
        "Ulvang", "Wexford")  # fmt: skip
# Names of things are made from these, so that two events have hardly a rare word in common.
SYLLABLES = ("bal", "dor", "fen", "gri", "hol", "jas", "kel", "lum", "mor", "nev", "pol", "quin", "ras", "sul", "tar",
             "ust", "vel", "wem", "yor", "zan")  # fmt: skip
ENDINGS = ("der", "lick", "mast", "nop", "ring", "sel", "tock", "wen")
THINGS = 26
LEADS = (
    "The {a} of {town} was closed on {day}, and {count} people were sent home before the {b} was seen, {who} said.",
    "In {town} the {a} gave way on {day}; {who}, who was there with the {b}, saw {count} people come out.",
)
BODIES = (
    "{who} told them that the {c} had been looked at only in May, and that nothing was found in the {d}.",
    "The {c} will be made new before the {d} comes, for {sum} in all, if those who keep the {e} say yes to it.",
    "{second}, who has worked with the {c} of {town} for {years} years, called it the worst {d} she had seen.",
    "“We saw the {c} before we saw the {d},” {surname} said. “Then they all ran to the {e}, and some of us ran back.”",
    "No one was hurt, but there will be no work at the {c} until the {d} and the {e} have been made good.",
    "For the {c} alone the town has put {sum} to one side, which {surname} called a good {d} and no more.",
    "The {c} was made by the {d} of those who now stand in front of it with their {e} in the open.",
    "A {c} of {years} pages, which no one in {town} had read, had said as much of the {d} and of the {e}.",
    "{surname} asked for help with the {c}, and {count} came, among them {second} with three from the {d}.",
    "What became of the {c} can be seen from the road; the {d} is behind the {e} and will be for long.",
    "Those who paid for {day} get their money back at the {c}, where {second} has the {d} in her hand.",
    "They have heard a lot about the {c}, {second} said, and most of it was about the {d} or the {e}.",
    "By then {surname} had been to see the {c}, and the one who has the {d}, and the {e} two times.",
    "It is up to the {c}, to the {d} and to this week if the {e} can open again in {town} at all.",
)
TITLES = (
    ("{A} of {town} closed after {b} gave way", "{count} sent home as {town} has no {a}"),
    ("{town} asks what became of its {a}", "{A} and {b} of {town} wait for {c}"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
SITES = ("valley-post", "harbour-gazette", "north-courier", "orsley-echo", "weekly-lantern", "kelding-times")
MENU = ("Home", "News", "Sport", "Weather", "Culture", "Obituaries", "Jobs", "Contact")
FOOT = ("Privacy policy", "Terms of use", "Advertise with us", "Cookie settings", "All rights reserved")
SHARE = ("Share on Facebook", "Tweet this", "Email to a friend", "Print")
LETTER = "Sign up for our newsletter and get the morning's stories in your inbox."


@dataclass(frozen=True, slots=True)
class Story:
    """An article of one site."""

    site: int
    title: str
    lead: str
    paragraphs: list[str]
    author: str


def stories(events: int, seed: int) -> list[Story]:
    """Return the articles on some events; two sites tell half of the events."""
    chance = random.Random(seed)
    found = []
    for number in range(events):
        things = [chance.choice(SYLLABLES) + chance.choice(SYLLABLES) + chance.choice(ENDINGS) for _ in range(THINGS)]
        surname, second = chance.sample(LAST, 2)
        facts = {
            "a": things[0], "A": things[0].capitalize(), "b": things[1], "town": chance.choice(TOWNS),
            "surname": surname, "who": f"{chance.choice(FIRST)} {surname}",
            "second": f"{chance.choice(FIRST)} {second}", "day": chance.choice(DAYS),
            "count": str(chance.randrange(12, 400)), "years": str(chance.randrange(11, 60)),
            "sum": f"{chance.randrange(20, 900)},000",
        }  # fmt: skip
        titles = chance.choice(TITLES)
        for telling, site in enumerate(chance.sample(range(len(SITES)), 1 + number % 2)):
            bodies = chance.sample(BODIES, chance.randrange(8, 12))
            seconds = chance.sample(BODIES, len(bodies))
            author = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
            told = [
                text.format(**facts, **dict(zip("cde", chance.sample(things[2:], 3), strict=True)))
                for text in map(" ".join, zip(bodies, seconds, strict=True))
            ]
            title = titles[telling].format(**facts, c=things[2])
            found.append(Story(site, title, LEADS[telling].format(**facts), told, author))
    return found


def page_of(story: Story, others: list[Story], chance: random.Random) -> str:
    """Return a page; each site has its own elements, names, and order of what surrounds the article."""
    wrap, name = (("article", "story-body"), ("div", "article-content"), ("div", "post"), ("section", "main-text"),
                  ("div", "entry-content"), ("article", "text"))[story.site]  # fmt: skip
    site = SITES[story.site].replace("-", " ").title()
    menu = "".join(f'<li><a href="/{word.lower()}">{word}</a></li>' for word in chance.sample(MENU, 6))
    links = [f'<li><a href="/{number}">{other.title}</a></li>' for number, other in enumerate(others)]
    related = f"<h3>{chance.choice(('Related stories', 'More news', 'Read next'))}</h3><ul>{''.join(links)}</ul>"
    share = "".join(f"<li><a href='#'>{word}</a></li>" for word in chance.sample(SHARE, 3))
    texts = [f"<p>{story.lead}</p>", *(f"<p>{text}</p>" for text in story.paragraphs)]
    caption = f"<figure><img src='a.jpg'><figcaption>{story.author} looks on. Photo: {site}</figcaption></figure>"
    texts.insert(chance.randrange(1, len(texts)), caption)
    if story.site % 2:
        texts.insert(chance.randrange(2, len(texts)), f"<div class='newsletter'><p>{LETTER}</p></div>")
    head = f"<h1>{story.title}</h1><p class='byline'>By {story.author}</p><time>4 March 2031</time>"
    foot = "".join(f"<li><a href='#'>{word}</a></li>" for word in FOOT)
    comments = f"<div class='comments'><h3>{chance.randrange(2, 40)} comments</h3><p>Leave a reply</p></div>"
    tail = [f"<div class='related'>{related}</div>", f"<ul class='share'>{share}</ul>", comments]
    chance.shuffle(tail)
    return (
        f"<html><head><title>{story.title} | {site}</title></head><body><nav><ul>{menu}</ul></nav>"
        f"<{wrap} class='{name}'>{head}{''.join(texts)}</{wrap}>{''.join(tail)}<footer><ul>{foot}</ul>"
        f"<p>© {site}</p></footer></body></html>"
    )


def write_toy(data: Path, events: int, seed: int) -> None:
    """Write the pages, and make the other folders."""
    told = stories(events, seed)
    chance = random.Random(seed)
    folder = data / "pages" / "html"
    folder.mkdir(parents=True, exist_ok=True)
    truth = []
    for number, story in enumerate(told):
        others = [other for other in told if other is not story]
        others = chance.sample(others, min(len(others), chance.randrange(3, 7)))
        html = page_of(story, others, chance)
        (folder / f"toy-{number:03d}.html.gz").write_bytes(gzip.compress(html.encode(), mtime=0))
        marked = "\n\n".join([story.lead, *story.paragraphs])
        url = f"https://www.{SITES[story.site]}.example/{number}"
        truth.append({"id": f"toy-{number:03d}", "set": "toy", "url": url, "title": story.title, "truth": marked})
    write_rows(data / "pages" / "truth.jsonl", truth)
    print(f"pages: {len(told)} pages of {len(SITES)} sites", flush=True)
    derive(data, seed)


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--events", type=int, default=44)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    write_toy(options.data, options.events, options.seed)


if __name__ == "__main__":
    main()
