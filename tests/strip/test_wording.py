# ruff: noqa: E501
"""Notices, related headlines and summaries that go by their wording; and what resembles them."""

import tomllib
from importlib.resources import files

import pytest
from pydantic import ValidationError

from cleaners.strip import StripConfig
from tests.strip.samples import article, cleaned
from tests.strip.stories import HARBOUR
from tests.strip.test_credits import CREDITS
from tests.strip.test_pictures import CAPTIONS
from tests.strip.wording import END, LAYOUTS, MIDDLE, PARAGRAPHS, left, placed


@LAYOUTS
def test_a_headline_in_brackets_goes_out_of_its_paragraph(gap: str) -> None:
    """The sentence before the brackets stays, and so do brackets without a label in capitals."""
    line = "The ferry needs a third boat. (RELATED: Ferry crews ask for a rise)"
    assert left(placed(line, MIDDLE), gap) == placed("The ferry needs a third boat.", MIDDLE)
    text = placed("The ferry needs a third boat (related: a third crew, and a berth).", MIDDLE)
    assert left(text, gap) == text


NOTICES = [
    "Copyright 2031 The Velmora Post. All rights reserved.",
    "© 2031 Nordline. This material may not be published, broadcast, rewritten or redistributed.",
    "Content created by Nordline is available without charge to any eligible news publisher.",
    "This article was originally published in the Ostrel Review.",
    "Sign up for our morning newsletter",
    "Like what you read? Sign up to our weekly harbour briefing and hear of every ferry first.",
    "For the latest from the harbour, follow us on Facebook and on our WhatsApp channel.",
    "Want more like this delivered straight to your inbox? Sign up for our harbour newsletter here.",
    "Get the stories you care about delivered to your inbox.",
    "Abonnieren Sie unseren Newsletter",
    "Got a tip? Write to tips@velmorapost.example",
    "*This article appears in the March 3, 2031, issue of the Ostrel Review. Subscribe now!",
    "For more on the bridge, listen to the harbour podcast.",
    "Support our journalism from three crowns a week.",
    "Subscribe now to our harbour edition for the full story.",
    "For the latest stories from the harbour download the Velmora Post app.",
    "Don't see the graphic above? Click here.",
    "Read the full story here.",
    "Watch the video below:",
    "Click for more from the Velmora Post.",
]


@LAYOUTS
@pytest.mark.parametrize("line", NOTICES)
def test_a_notice_of_the_paper_goes(line: str, gap: str) -> None:
    """Licences, newsletters, calls for tips and gifts, and lines that only link elsewhere are claimed."""
    assert left(placed(line, END), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "This content is hosted by a third party. To see it, you must accept its terms.",
        "Please accept Gullwatch cookies to play this video.",
        "Empfohlener redaktioneller Inhalt",
        "An dieser Stelle finden Sie einen externen Inhalt von Gullwatch, der den Artikel ergänzt.",
        "Mit dem Laden des Videos akzeptieren Sie die Datenschutzerklärung von Gullwatch.",
        "Ce contenu est bloqué, car vous n’avez pas accepté les cookies.",
        "Para ver este contenido debe aceptar las cookies.",
    ],
)
def test_notice_in_place_of_an_embed_goes(line: str, gap: str) -> None:
    """What stands where a post or video of another site would be, had the reader agreed to load it, is claimed."""
    assert left(placed(line, MIDDLE), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("at", [0, MIDDLE, END])
@pytest.mark.parametrize(
    "line",
    [
        "We may earn a commission when you buy boots through our links.",
        "All products featured by the Velmora Post are independently selected by our editors.",
        "This article on sails may contain some affiliate links.",
        "Prices were correct at the time of publication.",
        "Dieser Artikel enthält Affiliate-Links.",
        "Die mit einem Stern gekennzeichneten Links führen zu Läden, die uns etwas zahlen.",
    ],
)
def test_notice_on_what_links_to_shops_earn_goes(line: str, at: int, gap: str) -> None:
    """A line that opens as such a disclosure is claimed wherever it stands."""
    assert left(placed(line, at), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("at", [0, END])
@pytest.mark.parametrize(
    "line",
    [
        "The Velmora Post has affiliate partnerships with makers of boots.",
        "Boots and ropes: the Post may earn a small commission if you order some.",
        "Hinweis: Für Stiefel, die Sie hier bestellen, erhalten wir eine Provision.",
        "Les bottes de cette page : certains liens sont des liens affiliés.",
        "Реклама, ООО «Причал», erid: 2W5zFH",
        "※本ページはアフィリエイト広告を利用しています",
        "Para saber más del puerto, únete a nuestro canal de WhatsApp.",
        "Alles vom Hafen lesen Sie auch in unserem WhatsApp-Kanal.",
    ],
)
def test_notice_known_by_words_inside_it_goes_at_the_ends(line: str, at: int, gap: str) -> None:
    """Disclosures and calls to follow a channel are claimed by what they hold, near the ends of the text."""
    assert left(placed(line, at), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "Read the full statement of the port authority:",
        "Read more about the girders than any sailor cares to know in the report of the engineers, which lies on a table in the hall of the port for all to see.",
        "Sign up for a ferry pass by Friday, the port says, or queue.",
        "The newsletter of the shopkeepers calls the ferry a toy.",
        "Watch out for lorries on the Ostrel road, the police say, as they turn where the road narrows at the old mill.",
        "The brokers may earn a commission from the sale of the pier, and the port may receive compensation.",
        "She writes about sails and lives on what affiliate links bring in, she says.",
        "Externer Inhalt: So nennt der Hafen, was andere über die Brücke schreiben.",
        "Copyright in the drawings of the bridge lies with the heirs of its builder, and they have asked the port for a "
        "fee that the harbour fund cannot pay, so no drawing was shown on Monday, and the engineers had to measure the "
        "girders anew with the help of divers, two boats and a crane that the town of Ostrel lent them for a week in May.",
    ],
)
def test_a_sentence_that_resembles_a_notice_stays(line: str, gap: str) -> None:
    """What announces a passage of the article, or speaks of newsletters and rights, is the article's."""
    text = placed(line, MIDDLE)
    assert left(text, gap) == text


RELATED = ["Ferry crews ask for a third boat", "Tunnel toll to rise in the autumn, says the county"]


@LAYOUTS
@pytest.mark.parametrize("label", ["READ MORE", "Related:", "Related stories", "Lee también", "Mehr zum Thema"])
def test_a_label_of_link_words_goes_with_the_headlines_under_it(label: str, gap: str) -> None:
    """The list ends at the first paragraph."""
    assert left(placed([label, *RELATED], MIDDLE), gap) == PARAGRAPHS
    assert left(placed([label, *RELATED], END), gap) == PARAGRAPHS


@LAYOUTS
def test_a_subheading_under_the_list_stays(gap: str) -> None:
    """The last short line above a paragraph may head it."""
    text = placed(["Related:", *RELATED, "What the ferry can carry"], MIDDLE)
    assert left(text, gap) == placed("What the ferry can carry", MIDDLE)


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    ["Ferry crews ask for a third boat Read more", "Related Tunnel toll to rise in the autumn, says the county"],
)
def test_a_headline_with_its_link_word_goes(line: str, gap: str) -> None:
    """A link word before or behind a headline in one line is known."""
    assert left(placed(line, MIDDLE), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "lines",
    [
        ["More on the harbour fund", "What the town pays"],
        ["Related costs are not in the fourteen million"],
        ["What was the first sign?", "A crack", "Where did you see it?", "Under the second girder"],
        ["200 g rye flour", "A pinch of salt", "Knead until it no longer sticks to the bowl"],
        ["1961: the bridge opens", "1988: the girders are painted", "2031: divers find cracks"],
        ["Ostrel said no", "Key points remain open, such as the price"],
        ["Key points of the plan, and who pays for which part of the ferry"],
    ],
)
def test_subheadings_interviews_recipes_and_timelines_stay(lines: list[str], gap: str) -> None:
    """Short lines of the article are no link lists."""
    text = placed(lines, MIDDLE)
    assert left(text, gap) == text


def test_the_label_of_a_summary_goes_and_the_summary_stays() -> None:
    """Only the words before the first point are not the article's."""
    text = ["Story highlights The bridge closes on Monday", "A ferry will be free", *PARAGRAPHS]
    assert left(text, "\n") == ["The bridge closes on Monday", *text[1:]]


def test_reasons_to_keep_leave_their_text_in() -> None:
    """With `strip.keep` the claims of a reason are not made, and those of other reasons are."""
    text = "\n\n".join([CAPTIONS[0], *PARAGRAPHS, CREDITS[0]])
    kept = "\n\n".join([*PARAGRAPHS, CREDITS[0]])
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]
    assert cleaned(article((HARBOUR[0], text)), config=StripConfig(keep=("credit",))) == kept


def test_a_word_of_a_summary_that_opens_a_sentence_stays() -> None:
    """Behind the label of a summary its first point begins with a capital."""
    text = ["Key points remain open, such as who pays for the crews", *PARAGRAPHS]
    assert left(text, "\n") == text


def test_only_a_reason_that_cuts_can_be_kept() -> None:
    """White space and suspicions are no text that one could want."""
    with pytest.raises(ValidationError, match="keep"):
        StripConfig.model_validate({"keep": ["unsure"]})


@LAYOUTS
def test_a_call_behind_a_question_goes(gap: str) -> None:
    """A short question may lead to a call to sign up."""
    paragraphs = HARBOUR[1].split("\n\n")
    call = "Ready for the storm? Sign up for the Velmora Lamp's evening newsletter and read it before the wind does."
    text = gap.join([*paragraphs[:2], call, *paragraphs[2:]])
    assert cleaned(article((HARBOUR[0], text))) == gap.join(paragraphs)


@LAYOUTS
def test_a_question_that_the_article_answers_stays(gap: str) -> None:
    """A question stays with its answer, whatever the answer says of newsletters."""
    paragraphs = HARBOUR[1].split("\n\n")
    answer = (
        "Who told the drivers? The port authority wrote of it in a newsletter that hardly anybody on the quay reads."
    )
    text = gap.join([*paragraphs[:2], answer, *paragraphs[2:]])
    assert cleaned(article((HARBOUR[0], text))) == text


# Whole lines: both they and these phrases are folded before they are compared.
FOLDED_WHEN_READ = {("interface", "lines"), ("interface", "ads"), ("interface", "sections"), ("related", "labels")}
LANGUAGES = sorted(file.name for file in files("cleaners.strip.cues").iterdir() if file.name.endswith(".toml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_of_a_language_are_those_that_lines_are_comparedplaced(language: str) -> None:
    """Lines are looked up in lower case with straight apostrophes, so that a phrase in other letters is never found."""
    for section, lists in tomllib.loads(files("cleaners.strip.cues").joinpath(language).read_text("utf-8")).items():
        for name, words in lists.items():
            # These expressions ignore the case by themselves, also that of the Greek last sigma.
            folded = str.lower if section == "publication" or name == "before" else str.casefold
            if (section, name) not in {("author", "by"), ("related", "bracketed"), *FOLDED_WHEN_READ}:
                assert [word for word in words if word != folded(word) or "’" in word] == []
            assert len(words) == len({*words}), f"{section}.{name} has a phrase twice"
