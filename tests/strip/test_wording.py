# ruff: noqa: E501
"""What goes by its wording: pictures, boxes in sentences, credits, notices, related headlines; and what resembles it."""

import tomllib
from importlib.resources import files

import pytest
from pydantic import ValidationError

from cleaners.records import Article
from cleaners.strip import StripConfig, cut
from cleaners.strip.finders.credits import find_credits
from cleaners.strip.finders.notices import find_notices
from cleaners.strip.finders.pictures import find_pictures
from cleaners.strip.finders.related import find_related
from cleaners.strip.finders.widgets import find_widgets
from cleaners.strip.sight import Finder, Sight
from tests.strip.samples import CONFIG, article, cleaned
from tests.strip.stories import HARBOUR

FINDERS: tuple[Finder, ...] = (find_pictures, find_widgets, find_credits, find_notices, find_related)
PARAGRAPHS = HARBOUR[1].split("\n\n")
TOP, MIDDLE, END = 0, 3, len(PARAGRAPHS)
LAYOUTS = pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank", "newline"])


def _left(paragraphs: list[str], gap: str, title: str = HARBOUR[0]) -> list[str]:
    """Return the paragraphs that all finders of wording leave of a text in a layout."""
    item = Article("a.txt", 0, gap.join(paragraphs), title=title, language="en")
    claims = [claim for find in FINDERS for found in find([Sight(item, CONFIG)]) for claim in found]
    return [line for line in cut(item.text, claims).text.split("\n") if line]


def _with(lines: str | list[str], place: int) -> list[str]:
    return [*PARAGRAPHS[:place], *([lines] if isinstance(lines, str) else lines), *PARAGRAPHS[place:]]


FRAMES = [
    "Enlarge this image toggle caption Ola Quist/Nordline Ola Quist/Nordline",
    "toggle caption Ola Quist/Nordline",
    "Image copyright Nordline Image caption The bridge has stood since the reign of the third duke",
    "Media playback is unsupported on your device Media caption Ada Brandt: 'The girders are tired'",
    "Facebook Twitter Pinterest A ferry crosses the harbour at noon. Photograph: Ola Quist/Nordline",
    "FILE PHOTO: The swing bridge of Velmora is seen from the eastern quay, March 3, 2031. Ola Quist/File Photo",
    "Image Lorries queue before the bridge. Credit Ola Quist for The Velmora Post",
    "CLOSE Engineers explain what is wrong with the girders. (March 3) AP",
    "JUST WATCHED Why the bridge had to close Replay More Videos ... MUST WATCH Why the bridge had to close 01:49",
    "Pie de foto, El puente giratorio de Velmora",
    "Légende image, Le pont tournant de Velmora",
    "Bildunterschrift: Die Drehbrücke von Velmora",
    "Legenda da foto, A ponte giratória de Velmora",
    "CLOSE",
    "Photo",
    "Bild:",
]
CAPTIONS = [
    "Lorries queue before the swing bridge on Monday, March 3, 2031, in Velmora. (AP Photo/Ola Quist)",
    "Ada Brandt on the quay. (Photo: Ola Quist, The Velmora Post)",
    "Ada Brandt on the eastern quay (Ola Quist/Reuters)",
    "The bridge from the air, in a picture that the port gave out. (Velmora Port Authority via AP)",
    "The bridge at dawn. | Getty",
    "A ferry leaves the western quay in March. Photograph: Ola Quist/AFP/Getty Images",
    "Engineers look at the second girder from a boat. Ola Quist/Getty Images",
    "Cyclists wait for the first ferry of the day. Photo by Ola Quist / Getty Images",
    "Walkers on the eastern quay [Ola Quist/Nordline]",
    "(AP/Ola Quist)",
    "Die Drehbrücke am Morgen. Foto: Ola Quist/dpa",
    "Photographer: Ola Quist/Bloomberg Photographer: Ola Quist/Bloomberg",
]


@LAYOUTS
@pytest.mark.parametrize("line", [*FRAMES, *CAPTIONS])
def test_a_caption_with_its_credit_goes_whole(line: str, gap: str) -> None:
    """Captions and credits of known forms are claimed, at the top as between paragraphs."""
    assert _left(_with(line, MIDDLE), gap) == PARAGRAPHS
    assert _left(_with(line, TOP), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "The photo by an unknown sailor shows the bridge in 1902, and it hangs in the harbour office to this day.",
        "Ms Brandt held up a photograph: a crack as long as an arm.",
        "Nobody would say who had taken the image, Reuters reported.",
        "A spokesman for the fund (which the town and the port share) declined to comment.",
        "He was born in the port town across the bay (Velmora, PA).",
        "Die Hafenbehörde will im Herbst neu planen. (dpa/AFP)",
        "The tender went to two firms, Quist/Brandt and Ostrel Steel.",
        "“Nobody walks across for the view,” said Mr Quist, who runs a cafe on the quay. “They want lunch.”",
        "The statement was put out by the works council of the port, by the unions of crane drivers, and by Quist / Lusa",
        "Most of the letters were against the bridge (see the review of the plan, AP)",
        "By Monday, the traffic on Ostrel road",
        "They met at the old customs house, now a cafe (Shutterstock Hall, as people call it)",
        "The tender of the county lists three firms: Brandt/Lind, Ask/Quist, and one that it only calls the north/AP.",
        "Close to the eastern quay three cafes have shut already",
        "Image and reputation matter to a port",
    ],
)
def test_prose_that_speaks_of_pictures_and_agencies_stays(line: str, gap: str) -> None:
    """A sentence that mentions a photograph, an agency or a place in brackets is the article's."""
    text = _with(line, MIDDLE)
    assert _left(text, gap) == text


@LAYOUTS
def test_where_somebody_speaks_only_the_credit_goes(gap: str) -> None:
    """A paragraph with speech in it may be the article's: the credit behind it is claimed alone."""
    said = "“We had no choice,” she said on the quay, before the divers went down to the second girder."
    assert _left(_with(f"{said} (AP Photo/Ola Quist)", MIDDLE), gap) == _with(said, MIDDLE)


@LAYOUTS
def test_a_gallery_goes_from_its_title_to_its_last_caption(gap: str) -> None:
    """Captions closed by "Hide Caption 1 of 3" go, in one line or over several, and the paragraphs around stay."""
    gallery = [
        "Photos: The old bridge Photos: The old bridge Lorries cross in 1961. Hide Caption 1 of 3 Photos: The old bridge "
        "The bridge is painted green.",
        "Hide Caption 2 of 3 Photos: The old bridge Divers look for cracks. Hide Caption 3 of 3",
    ]
    assert _left(_with(gallery, MIDDLE), gap) == PARAGRAPHS


@LAYOUTS
def test_three_captions_with_unknown_houses_are_a_gallery_and_one_is_not(gap: str) -> None:
    """A name and a house that no list has say little alone, and in three lines of one article enough."""
    lines = [f"The {nth} girder from below. Ola Quist / Velmora Pictures" for nth in ("first", "second", "third")]
    assert _left(_with(lines, MIDDLE), gap) == PARAGRAPHS
    assert _left(_with(lines[0], MIDDLE), gap) == _with(lines[0], MIDDLE)


@LAYOUTS
def test_a_line_said_twice_in_a_row_is_left_once(gap: str) -> None:
    """The second of two equal lines goes, and so does the second half of a line that says the same twice."""
    line = "Divers looked at all four girders before the engineers came"
    assert _left(_with([line, line], MIDDLE), gap) == _with(line, MIDDLE)
    assert _left(_with(f"{line} {line}", MIDDLE), gap) == _with(line, MIDDLE)


@LAYOUTS
def test_a_refrain_stays(gap: str) -> None:
    """A short line may stand twice."""
    text = _with(["Row, row, to the quay", "Row, row, to the quay"], MIDDLE)
    assert _left(text, gap) == text


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "The bridge is beyond repair, says the port. | AP Photo Velmora bridge to close",
        f"The bridge is beyond repair, says the port. {HARBOUR[0]}",
    ],
)
def test_a_caption_with_the_headline_behind_it_goes_at_the_top_alone(line: str, gap: str) -> None:
    """Caption, credit and headline run into one first line are claimed where each end is known."""
    assert _left(_with(line, TOP), gap) == PARAGRAPHS


@LAYOUTS
def test_only_the_caption_goes_where_a_standfirst_follows_the_headline(gap: str) -> None:
    """What is glued behind the headline is the article's."""
    line = f"The bridge is old. | Getty {HARBOUR[0]} The port says that the girders were never built for lorries."
    kept = "The port says that the girders were never built for lorries."
    assert _left(_with(line, TOP), gap) == _with(kept, TOP)


@LAYOUTS
@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("Ada Brandt", " Ada Maria BrandtPort funds run dry Harbour fund: who pays? MORE"),
        ("Ada Brandt", " Adelheid (Ada) Maria Brandt2031 budget leaves a hole Ferry crews call for a rise MORE"),
        ("Ada Brandt", " Ada Brandt Port funds run dry Harbour fund: who pays? MORE"),
        ("Ada Brandt", "Ada BrandtPort funds run dry MORE"),
        ("Tomas Quist Jr.", " Tomas Olaf Quist Jr.Port funds run dry MORE"),
    ],
)
def test_a_box_behind_a_name_goes_and_the_sentence_stays_whole(name: str, box: str, gap: str) -> None:
    """The name as the article has it and what follows the box are kept."""
    boxed = f"Critics of {name}{box} (Velmora East), who heads the port, want the books opened."
    plain = f"Critics of {name} (Velmora East), who heads the port, want the books opened."
    assert _left(_with(boxed, MIDDLE), gap) == _with(plain, MIDDLE)


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "Brandt asked for MORE, in capitals, and John A. Brandt, her brother, for less.",
        "Ms Brandt met Brandt and Sons, the builders. The crowd shouted ONE MORE year.",
        "Jeff Jefferson said that Jefferson Steel wants MORE time.",
    ],
)
def test_a_sentence_with_the_word_more_in_capitals_stays(line: str, gap: str) -> None:
    """Without a name run into a headline there is no box."""
    text = _with(line, MIDDLE)
    assert _left(text, gap) == text


CREDITS = [
    "The Associated Press contributed to this report.",
    "• Ola Quist and J. P. Lind in Ostrel contributed to this report.",
    "Quist reported from Ostrel. Nordline writer Mia Lind contributed to this report.",
    "Reporting by Ola Quist and Mia Lind; Editing by Tom Ask",
    "(Reporting by Ola Quist in Velmora)",
    "Contributing: Ola Quist, The Velmora Post",
    "Mitarbeit: Ola Quist, Mia Lind",
    "Con información de AP y Reuters",
    "Com informações da Lusa",
    "(Avec AFP)",
    "Mia Lind and Ola Quist contributed.",
    "(Material from Nordline was used in this story.)",
    "• Ola Quist covered the port for a decade. He can be reached at ola@velmorapost.example.",
    "Mia Lind is a professor of engineering at Ostrel University and the author of “Bridges That Move.”",
    "— Mia Lind is the director of the Ostrel Institute.",
    "Follow Mia Lind on Twitter @mialind",
    "Write to Mia Lind at mia.lind@velmorapost.example",
    "The opinions expressed in this commentary are her own.",
    "Die hier geäußerten Meinungen sind die der Autorin und des Verfassers.",
    "This story has been updated.",
    "Updated at 11:20 a.m.",
]


@LAYOUTS
@pytest.mark.parametrize("line", CREDITS)
def test_a_credit_at_the_end_goes(line: str, gap: str) -> None:
    """Who else worked on the report, who the writer is and when it was updated is not the article."""
    assert _left(_with(line, END), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "By Mia Lind and Ola Quist",
        "By Mia Lind, harbour correspondent",
        "By Mia Lind | Published March 4, 2025, 6:40 pm",
        "By Mia Lind · 5 min read",
        "Editor's note: Mia Lind is an engineer in Ostrel. The opinions expressed in this commentary are hers.",
        "(Mia Lind is a columnist of the Velmora Post. The opinions expressed are her own.)",
        "Mia Lind writes for the Velmora Post and other publications.",
    ],
)
def test_a_note_on_the_writer_above_the_text_goes(line: str, gap: str) -> None:
    """Bylines and the notes that agencies put above a column are claimed at the start."""
    assert _left(_with(line, TOP), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "lines",
    [
        ["Mia Lind", "THE VELMORA POST"],
        ["Mia Lind and Ola van Quist", "Nordline News Service"],
        ["Mia Lind, Ola T. Quist and Jo O'Hara-Dahl", "Special for the Post"],
        ["Mía Lind y Ola Quist", "Enviados especiales"],
    ],
)
def test_names_with_their_paper_above_the_text_go(lines: list[str], gap: str) -> None:
    """Names that the text has nowhere else go with the line below that says for whom they write."""
    assert _left(_with(lines, TOP), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "lines",
    [
        ["Mia Lind"],
        ["Swing Bridge", "Velmora"],
        ["What That Means", "For drivers"],
        ["Ostrel", "Monday morning"],
        ["NEW OSTREL", "Monday morning"],
        ["Mia Lind", "Who pays for the ferries?"],
        ["Mia Lind", "In her own words:"],
        ["Jo Brandt", "THE VELMORA POST"],
        ["Mia Lind", "The chapter of accidents in the port office"],
    ],
)
def test_other_short_lines_above_the_text_stay(lines: list[str], gap: str) -> None:
    """A name alone, headings, places, and names that the text goes on to speak of are the article's."""
    text = [*_with(lines, TOP), "Jo Brandt has seen three harbour masters come and go, and expects to see a fourth."]
    assert _left(text, gap) == text


@LAYOUTS
def test_the_name_under_the_text_goes(gap: str) -> None:
    """The last line goes if it is the name of somebody of whom the text does not speak."""
    assert _left(_with("Mia Lind", END), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("line", ["Mia Lind, Ostrel", "Ada Brandt", "Mia Lind and Ola Quist", "Eastern Quay"])
def test_another_short_line_under_the_text_stays(line: str, gap: str) -> None:
    """Who is quoted, who or what the text speaks of, and a list of names are the article's."""
    text = _with(line, END)
    assert _left(text, gap) == text


@LAYOUTS
def test_the_name_under_a_quotation_stays(gap: str) -> None:
    """Under a quotation stands who is quoted."""
    text = _with(
        ["“Nobody walks across for the view, and nobody ever did, not even when it was new and green.”", "Mia Lind"],
        END,
    )
    assert _left(text, gap) == text


@LAYOUTS
def test_the_name_above_the_text_of_whom_a_note_introduces_goes_with_it(gap: str) -> None:
    """A line that is the writer's name alone does not make the writer one of the article's people."""
    note = "Mia Lind is a columnist of the Velmora Post."
    assert _left(["Mia Lind", *PARAGRAPHS, note], gap) == PARAGRAPHS


@LAYOUTS
def test_a_headline_in_brackets_goes_out_of_its_paragraph(gap: str) -> None:
    """The sentence before the brackets stays, and so do brackets without a label in capitals."""
    line = "The ferry needs a third boat. (RELATED: Ferry crews ask for a rise)"
    assert _left(_with(line, MIDDLE), gap) == _with("The ferry needs a third boat.", MIDDLE)
    text = _with("The ferry needs a third boat (related: a third crew, and a berth).", MIDDLE)
    assert _left(text, gap) == text


@LAYOUTS
def test_a_credit_behind_the_last_sentence_goes_alone(gap: str) -> None:
    """The article's sentences before the credit stay, and an initial ends no sentence."""
    line = "The ferry is free until then. John F. Quist contributed to this report."
    assert _left(_with(line, END), gap) == _with("The ferry is free until then.", END)


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "The rust that the salt had contributed to this report of loss was never measured.",
        "Shopkeepers fear for the trade that the bridge contributed.",
        "Ada Brandt is a director of the harbour fund as well, and she draws no pay for it.",
        "Mia Lind, of the union, thinks little of it. Lind is a crane driver and a member of the works council.",
        "The opinions expressed by shopkeepers on the quay differ.",
        "With agencies closed on Sunday, no permit could be had.",
        "“The port is working closely with the divers,” its spokesman Jon Ask told the town's paper, a member of the fund.",
        "Follow the signs on Ostrel road.",
        "Godspeed Captain Ask. This is our last crossing, wrote an author on the ferry.",
        "The Ostrel Institute is a member of the harbour fund and will pay for the boats.",
        "By Monday, the east side will be cut off",
        "On Twitter, Ms Brandt called the bridge a patient.",
    ],
)
def test_a_last_sentence_that_resembles_a_credit_stays(line: str, gap: str) -> None:
    """A person whom the text names again is not its writer, and prose with the wording of a credit is prose."""
    text = _with(line, END)
    assert _left(text, gap) == text


@LAYOUTS
def test_the_name_above_verses_stays(gap: str) -> None:
    """A poem's writer is named under its title, and no paragraph follows."""
    poem = ["By Mia Lind", "The bridge swings out,", "the bridge swings home,", "and lorries wait", "beside the foam."]
    assert _left(poem, gap) == poem


def test_credits_in_the_middle_of_a_long_text_stay() -> None:
    """Only at the ends does a note speak of the whole article."""
    line = "Mia Lind is a professor of engineering at Ostrel University and the author of “Bridges That Move.”"
    text = [*PARAGRAPHS, line, *(p.replace("bridge", "tunnel") for p in PARAGRAPHS)]
    assert _left(text, "\n\n") == text


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
    "Don't see the graphic above? Click here.",
    "Read the full story here.",
    "Watch the video below:",
    "Click for more from the Velmora Post.",
]


@LAYOUTS
@pytest.mark.parametrize("line", NOTICES)
def test_a_notice_of_the_paper_goes(line: str, gap: str) -> None:
    """Licences, newsletters, calls for tips and gifts, and lines that only link elsewhere are claimed."""
    assert _left(_with(line, END), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "Read the full statement of the port authority:",
        "Read more about the girders than any sailor cares to know in the report of the engineers, which lies on a table in the hall of the port for all to see.",
        "Sign up for a ferry pass by Friday, the port says, or queue.",
        "The newsletter of the shopkeepers calls the ferry a toy.",
        "Watch out for lorries on the Ostrel road, the police say, as they turn where the road narrows at the old mill.",
        "Copyright in the drawings of the bridge lies with the heirs of its builder, and they have asked the port for a "
        "fee that the harbour fund cannot pay, so no drawing was shown on Monday, and the engineers had to measure the "
        "girders anew with the help of divers, two boats and a crane that the town of Ostrel lent them for a week in May.",
    ],
)
def test_a_sentence_that_resembles_a_notice_stays(line: str, gap: str) -> None:
    """What announces a passage of the article, or speaks of newsletters and rights, is the article's."""
    text = _with(line, MIDDLE)
    assert _left(text, gap) == text


RELATED = ["Ferry crews ask for a third boat", "Tunnel toll to rise in the autumn, says the county"]


@LAYOUTS
@pytest.mark.parametrize("label", ["READ MORE", "Related:", "Related stories", "Lee también", "Mehr zum Thema"])
def test_a_label_of_link_words_goes_with_the_headlines_under_it(label: str, gap: str) -> None:
    """The list ends at the first paragraph."""
    assert _left(_with([label, *RELATED], MIDDLE), gap) == PARAGRAPHS
    assert _left(_with([label, *RELATED], END), gap) == PARAGRAPHS


@LAYOUTS
def test_a_subheading_under_the_list_stays(gap: str) -> None:
    """The last short line above a paragraph may head it."""
    text = _with(["Related:", *RELATED, "What the ferry can carry"], MIDDLE)
    assert _left(text, gap) == _with("What the ferry can carry", MIDDLE)


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    ["Ferry crews ask for a third boat Read more", "Related Tunnel toll to rise in the autumn, says the county"],
)
def test_a_headline_with_its_link_word_goes(line: str, gap: str) -> None:
    """A link word before or behind a headline in one line is known."""
    assert _left(_with(line, MIDDLE), gap) == PARAGRAPHS


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
    text = _with(lines, MIDDLE)
    assert _left(text, gap) == text


def test_the_label_of_a_summary_goes_and_the_summary_stays() -> None:
    """Only the words before the first point are not the article's."""
    text = ["Story highlights The bridge closes on Monday", "A ferry will be free", *PARAGRAPHS]
    assert _left(text, "\n") == ["The bridge closes on Monday", *text[1:]]


def test_reasons_to_keep_leave_their_text_in() -> None:
    """With `strip.keep` the claims of a reason are not made, and those of other reasons are."""
    text = "\n\n".join([CAPTIONS[0], *PARAGRAPHS, CREDITS[0]])
    kept = "\n\n".join([*PARAGRAPHS, CREDITS[0]])
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]
    assert cleaned(article((HARBOUR[0], text)), config=StripConfig(keep=("credit",))) == kept


def test_a_word_of_a_summary_that_opens_a_sentence_stays() -> None:
    """Behind the label of a summary its first point begins with a capital."""
    text = ["Key points remain open, such as who pays for the crews", *PARAGRAPHS]
    assert _left(text, "\n") == text


def test_only_a_reason_that_cuts_can_be_kept() -> None:
    """White space and suspicions are no text that one could want."""
    with pytest.raises(ValidationError, match="keep"):
        StripConfig.model_validate({"keep": ["unsure"]})


@LAYOUTS
def test_a_videos_title_run_into_the_paragraph_above_goes(gap: str) -> None:
    """A title behind a finished sentence, which stands again as the next line, is a video's; the sentence stays."""
    title = "Port authority pleads for calm between the quays"
    paragraphs = HARBOUR[1].split("\n\n")
    text = gap.join([f"{paragraphs[0]} {title}", title, *paragraphs[1:]])
    assert cleaned(article((HARBOUR[0], text))) == gap.join(paragraphs)


@LAYOUTS
def test_a_paragraph_that_ends_in_its_next_heading_stays(gap: str) -> None:
    """Words that close a sentence and come up again as a heading are the article's."""
    paragraphs = HARBOUR[1].split("\n\n")
    heading = "the girders of the old bridge over the harbour"
    text = gap.join([*paragraphs[:2], f"Nobody had looked at {heading}", heading, *paragraphs[2:]])
    assert cleaned(article((HARBOUR[0], text))) == text


@LAYOUTS
def test_a_gallery_that_is_all_there_is_stays(gap: str) -> None:
    """A page that has nothing but the captions of a gallery keeps them: they are its text."""
    text = gap.join([f"Photos: The quay {n} boats lie at anchor. Hide Caption {n} of 4" for n in range(1, 5)])
    assert cleaned(article(("The quay in pictures", text))) == text


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


LANGUAGES = sorted(file.name for file in files("cleaners.strip.cues").iterdir() if file.name.endswith(".toml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_of_a_language_are_those_that_lines_are_compared_with(language: str) -> None:
    """Lines are looked up in lower case with straight apostrophes, so that a phrase in other letters is never found."""
    for section, lists in tomllib.loads(files("cleaners.strip.cues").joinpath(language).read_text("utf-8")).items():
        for name, words in lists.items():
            if (section, name) not in {("author", "by"), ("related", "bracketed")}:
                assert [word for word in words if word != word.casefold() or "’" in word] == []
            assert len(words) == len({*words}), f"{section}.{name} has a phrase twice"
