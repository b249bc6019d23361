# ruff: noqa: E501
"""Notes on who made an article, at its ends; and what resembles them."""

import pytest

from tests.strip.wording import END, LAYOUTS, PARAGRAPHS, TOP, left, placed

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
    "Mia Lind can be reached at mia.lind@velmorapost.example.",
    "최윤호 기자 yunho@velmorapost.example",
    "김민서 선임기자(minseo@velmorapost.example)",
    "박서준 특파원",
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
    assert left(placed(line, END), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "By Mia Lind and Ola Quist",
        "By Mia Lind, harbour correspondent",
        "By Mia Lind | Published March 4, 2025, 6:40 pm",
        "By Mia Lind · 5 min read",
        "Un texte de Mia Lind",
        "PAR MIA LIND",
        "Editor's note: Mia Lind is an engineer in Ostrel. The opinions expressed in this commentary are hers.",
        "(Mia Lind is a columnist of the Velmora Post. The opinions expressed are her own.)",
        "Mia Lind writes for the Velmora Post and other publications.",
    ],
)
def test_a_note_on_the_writer_above_the_text_goes(line: str, gap: str) -> None:
    """Bylines and the notes that agencies put above a column are claimed at the start."""
    assert left(placed(line, TOP), gap) == PARAGRAPHS


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
    assert left(placed(lines, TOP), gap) == PARAGRAPHS


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
    text = [*placed(lines, TOP), "Jo Brandt has seen three harbour masters come and go, and expects to see a fourth."]
    assert left(text, gap) == text


@LAYOUTS
def test_the_name_under_the_text_goes(gap: str) -> None:
    """The last line goes if it is the name of somebody of whom the text does not speak."""
    assert left(placed("Mia Lind", END), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("line", ["Mia Lind, Ostrel", "Ada Brandt", "Mia Lind and Ola Quist", "Eastern Quay"])
def test_another_short_line_under_the_text_stays(line: str, gap: str) -> None:
    """Who is quoted, who or what the text speaks of, and a list of names are the article's."""
    text = placed(line, END)
    assert left(text, gap) == text


@LAYOUTS
def test_the_name_under_a_quotation_stays(gap: str) -> None:
    """Under a quotation stands who is quoted."""
    said = "“Nobody walks across for the view, and nobody ever did, not even when it was new and green”"
    for quoted in (said[:-1] + ".”", said + "."):
        text = placed([quoted, "Mia Lind"], END)
        assert left(text, gap) == text


@LAYOUTS
def test_the_name_above_the_text_of_whom_a_note_introduces_goes_with_it(gap: str) -> None:
    """A line that is the writer's name alone does not make the writer one of the article's people."""
    note = "Mia Lind is a columnist of the Velmora Post."
    assert left(["Mia Lind", *PARAGRAPHS, note], gap) == PARAGRAPHS


@LAYOUTS
def test_a_credit_behind_the_last_sentence_goes_alone(gap: str) -> None:
    """The article's sentences before the credit stay, and an initial ends no sentence."""
    line = "The ferry is free until then. John F. Quist contributed to this report."
    assert left(placed(line, END), gap) == placed("The ferry is free until then.", END)


@LAYOUTS
@pytest.mark.parametrize("source", ["/The Velmora Lamp/", " /Lamp", "/velmora-lamp.example/"])
def test_a_source_behind_a_slash_goes_from_the_last_sentence(source: str, gap: str) -> None:
    """Papers set it right behind the last full stop."""
    line = "The ferry is free until then."
    assert left(placed(f"{line}{source}", END), gap) == placed(line, END)


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "The ferry sails at 6 a.m./p.m.",
        "The town calls it the Ferry/Barge question, and everybody has a view on it. and/or",
        "The rust that the salt had contributed to this report of loss was never measured.",
        "Shopkeepers fear for the trade that the bridge contributed.",
        "Ada Brandt is a director of the harbour fund as well, and she draws no pay for it.",
        "Mia Lind, of the union, thinks little of it. Lind is a crane driver and a member of the works council.",
        "Oda Fenn is attached to play the ferryman, and an editor of the paper will write the script.",
        "The opinions expressed by shopkeepers on the quay differ.",
        "With agencies closed on Sunday, no permit could be had.",
        "“The port is working closely with the divers,” its spokesman Jon Ask told the town's paper, a member of the fund.",
        "Posted on Weft, the drawings look like those that the port's engineers made in the spring.",
        "Follow the signs on Ostrel road.",
        "Oda Fenn can be reached by the ferry and on foot, and from the quay she can be seen at work.",
        "사진을 찍은 최윤호 기자는 다리 위에 있었다.",
        "Bystanders Ola Quist and Mia Fenn said so",
        "Godspeed Captain Ask. This is our last crossing, wrote an author on the ferry.",
        "The Ostrel Institute is a member of the harbour fund and will pay for the boats.",
        "By Monday, the east side will be cut off",
        "On Twitter, Ms Brandt called the bridge a patient.",
    ],
)
def test_a_last_sentence_that_resembles_a_credit_stays(line: str, gap: str) -> None:
    """A person whom the text names again is not its writer, and prose with the wording of a credit is prose."""
    text = placed(line, END)
    assert left(text, gap) == text


@LAYOUTS
def test_a_writer_whose_words_are_told_above_the_text_stays(gap: str) -> None:
    """The verb tells what somebody has written about the matter."""
    text = placed("Oda Fenn writes that the harbour's engineers have known of the cracks for a year:", 1)
    assert left(text, gap) == text


@LAYOUTS
def test_the_name_above_verses_stays(gap: str) -> None:
    """A poem's writer is named under its title, and no paragraph follows."""
    poem = ["By Mia Lind", "The bridge swings out,", "the bridge swings home,", "and lorries wait", "beside the foam."]
    assert left(poem, gap) == poem


def test_credits_in_the_middle_of_a_long_text_stay() -> None:
    """Only at the ends does a note speak of the whole article."""
    line = "Mia Lind is a professor of engineering at Ostrel University and the author of “Bridges That Move.”"
    text = [*PARAGRAPHS, line, *(p.replace("bridge", "tunnel") for p in PARAGRAPHS)]
    assert left(text, "\n\n") == text
