"""Compilations become several articles; anything else stays one."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.extract.page.signs import PageSigns
from cleaners.records import Article
from cleaners.strip import split
from cleaners.strip.ends.models import PART_FEATURES, part_model
from tests.strip.samples import CONFIG, Story, article
from tests.strip.stories import ALL, HARBOUR, OWLS, TUNNEL_AGAIN

LOOSE = CONFIG.model_copy(update={"split_words": 80})
TINY = CONFIG.model_copy(update={"split_words": 20})


def _letters(text: str) -> str:
    return "".join(text.split())


def test_two_articles_on_one_thing_are_parted() -> None:
    """The second article gets its headline as title and its own record."""
    parts = split(article(HARBOUR, f"\n\n{TUNNEL_AGAIN[0]}\n\n{TUNNEL_AGAIN[1]}"), config=LOOSE)
    assert [(part.record, part.title, part.text) for part in parts] == [(0, *HARBOUR), (1, *TUNNEL_AGAIN)]


def test_article_of_a_page_stays_whole() -> None:
    """The second headline of a page is a section's: pages hold one article."""
    text = article(HARBOUR, f"\n\n{TUNNEL_AGAIN[0]}\n\n{TUNNEL_AGAIN[1]}")
    page = replace(text, page_signs=(0.5,) * len(PageSigns._fields))
    assert split(page, config=LOOSE) == (page,)


REPORTS = "\n\n".join(
    [
        "A former harbour minister says that Ostrel and Varn should look for the lost ferry together, as a first step "
        "towards ending their long quarrel over the sound.",
        "“Whoever looks for people side by side will talk about other things as well,” said Pavel Ruzicka, who was in "
        "office for six years.",
        "Ostrel closed its office in Varn nine winters ago, after a dispute over fishing rights that nobody settled "
        "since then.",
        "The envoy Milo Kastner was killed on Friday by a mine that Orlan had laid in the sound, and Varn "
        "has sworn that "
        "it will answer for it before the ice comes.",
        "Ada Brandt thanked Mr Ruzicka and went on to her next guest, a captain who knows the sound better "
        "than anybody.",
        "Captain Joost Ahlers said that the current there turns twice a day, and that no boat should lie at "
        "anchor in it "
        "for a whole night.",
        "“We do not see how anybody could keep out of this,” the captain said, and asked for a map of the wrecks.",
        "The committee meets again in a week, when the divers are expected to be back with photographs of the wreck.",
    ]
)
LAYER = (
    "Orlan’s mine that killed envoy Kastner the latest blow to trust of neighbours: scholars",
    "\n\n".join(
        [
            "The decision of Orlan’s council to lay the mine that killed the envoy Milo Kastner is the latest "
            "blow to the "
            "trust of its neighbours, scholars say, and will be hard to repair.",
            "Neighbours were told nothing beforehand, not even those who had crews of their own in the sound that day.",
            "READ MORE: How the council settled on the mine in the sound",
            "“Below the top, people work together very well,” said Stella Carvo, who teaches at the school of "
            "navigation.",
            "“At the top there is a growing worry about how little anyone is asked,” she said.",
            "READ MORE: What we know about the plans of the envoy",
            "Others said that secrecy is usual where leaks are feared, and that trust in the sound has seen "
            "worse years.",
            "They expect the neighbours to wait, since nobody wants to be the first to send a boat out there again.",
        ]
    ),
)


@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank", "newline"])
def test_a_late_article_of_many_opens_with_its_headline(gap: str) -> None:
    """Far down a file an article is split off at a headline that its own lead tells, whatever the first lead told."""
    text = f"{REPORTS}\n\n{LAYER[0]}\n\n{LAYER[1]}".replace("\n\n", gap)
    item = Article("a.txt", 0, text, title="Search for the Ostrel ferry", language="en")
    parts = split(item, config=LOOSE)
    assert [(part.title, part.text) for part in parts] == [
        ("Search for the Ostrel ferry", REPORTS.replace("\n\n", gap)),
        (LAYER[0], LAYER[1].replace("\n\n", gap)),
    ]


@pytest.mark.parametrize("story", ALL, ids=lambda story: story[0])
def test_one_article_stays_one(story: Story) -> None:
    """A single article comes back as it is."""
    item = article(story)
    assert split(item, config=CONFIG) == (item,)


@pytest.mark.parametrize(
    "line",
    [
        "Image caption Ada Brandt opens the Velmora harbour bridge",
        "The Velmora harbour bridge before it closed to all traffic [Pavel Ruzicka/WKP]",
        "WATCHED: Velmora harbour bridge closes for six months 02:13",
        "Related Velmora harbour bridge to close for six months",
        "Velmora harbour bridge to close for six months Read more",
        "Bild: Die Brücke im Hafen von Velmora vor der Sperrung",
        "'Nothing is safe here':Velmora shuts its harbour bridge",
    ],
)
def test_captions_and_links_are_no_headlines(line: str) -> None:
    """A caption, a credit or a link between two paragraphs opens no article, whatever the paragraph after it says."""
    item = article(HARBOUR, f"\n\n{line}\n\n{TUNNEL_AGAIN[1]}")
    assert split(item, config=LOOSE) == (item,)


def test_a_subheading_parts_nothing() -> None:
    """A text that runs on under a subheading, with short names, stays one article."""
    first, second = HARBOUR[1], "\n\n".join(HARBOUR[1].split("\n\n")[2:])
    item = article((HARBOUR[0], f"{first}\n\nWho will pay for the old girders\n\nMs Brandt said so. {second}"))
    assert split(item, config=LOOSE) == (item,)


def test_an_appended_story_is_no_part() -> None:
    """A story on something else is left to the finder of appended matter."""
    item = article(HARBOUR, f"\n\n{OWLS[0]}\n\n{OWLS[1]}")
    assert split(item, config=LOOSE) == (item,)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*HARBOUR[1].split("\n\n"), *TUNNEL_AGAIN, TUNNEL_AGAIN[0], "Short line", ""]), max_size=14
    )
)
def test_no_character_is_lost(lines: list[str]) -> None:
    """Titles and texts of the parts hold every character of the original but white space."""
    item = Article("a.txt", 0, "\n\n".join(lines).strip(), title=HARBOUR[0], language="en")
    parts = split(item, config=TINY)
    joined = "".join((part.title or "") + part.text for part in parts)
    assert _letters(joined) == _letters((item.title or "") + item.text)
    assert [part.record for part in parts] == list(range(len(parts)))
    assert all(replace(part, record=0, title=item.title, text=item.text) == item for part in parts)


def test_known_names_only_ever_speak_for_a_headline() -> None:
    """Articles are ruled out as if every person had been named before: true of no model with other signs."""
    weights = dict(zip(PART_FEATURES, part_model().weights, strict=True))
    assert weights["again"] >= 0
    assert weights["again_early"] >= 0
    assert weights["resumed"] <= 0
