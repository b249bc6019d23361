"""Which lines of a plain text are joined to paragraphs."""

from collections.abc import Callable
from time import process_time

import pytest

from cleaners.extract.text.wrapping import join_broken, unwrap
from tests.extract.test_text import SHORT_LINES

MOST_SECONDS = 3.0

WRAPPED = """The harbour office said on Tuesday that the outer
basin would be dredged in spring, two years later than
planned, because no barge could be found.
    It has asked for bids from 12 firms, among them
Varnum and Sons of Nettle Point, which built the old
wall and still keeps its plans.

- the basin
- the wall"""


def test_hard_wrapped_lines_become_paragraphs() -> None:
    """Lines broken at a fixed width are joined; indented lines, blank lines and list items begin anew."""
    assert unwrap(WRAPPED).splitlines() == [
        "The harbour office said on Tuesday that the outer basin would be dredged in spring, two years later than "
        "planned, because no barge could be found.",
        "    It has asked for bids from 12 firms, among them Varnum and Sons of Nettle Point, which built the old wall "
        "and still keeps its plans.",
        "",
        "- the basin",
        "- the wall",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "A first paragraph that ends.\nA second one that ends.\nA third one.",
        "the tide comes in\nand the tide goes out\nand nobody asks it\nwhere it has been",
        "Home\nNews\nabout us\ncontact\nimprint",
    ],
)
def test_text_that_is_not_wrapped_stays(text: str) -> None:
    """Paragraphs, verse and menus are not joined."""
    assert unwrap(text) == text


DASHES = """The harbour office said on Tuesday that the outer basin
would be dredged in spring - two years later than planned
- because no barge could be found on the whole coast in
2031. It has asked for bids from firms along the bay and
expects an answer before the ferry sails again."""


def test_dash_or_number_inside_a_sentence_opens_no_item() -> None:
    """A wrapped line that happens to begin with a dash or a year goes on with its sentence."""
    assert unwrap(DASHES) == DASHES.replace("\n", " ")


def test_items_of_a_wrapped_list_stay_apart() -> None:
    """A list item that follows another one, or a finished sentence, begins anew."""
    items = (
        "1. the outer basin, which has not been dredged since the old\n"
        "storm and is too shallow for ferries at low tide\n"
        "2. the wall of the inner basin, which the office has held up\n"
        "with beams since the winter before last, and the lamps"
    )
    assert unwrap(f"{DASHES}\n{items}").split("\n")[1:] == [
        "1. the outer basin, which has not been dredged since the old storm and is too shallow for ferries at low tide",
        "2. the wall of the inner basin, which the office has held up with beams since the winter before last, and the "
        "lamps",
    ]


KOREAN = """안개항 시의회는 화요일 만을 건너는 옛 나룻배 항로를 다시 열기로 결정했다고 밝혔으며 이 항로는
두 해 전 겨울 폭풍이 지나간 뒤로 줄곧 닫혀 있었고 건너편에서 일하는 사람들은 모두 배를 그리워했다.
시장은 배가 하루 여섯 번 오갈 것이며 선착장은 여름이 오기 전에 지역이 마련한 돈으로 새로 지어질 것이라고
말했다."""


def test_wrapped_text_without_small_letters_is_joined() -> None:
    """In a script without capitals a line that stops inside a sentence goes on in the next."""
    assert unwrap(KOREAN) == KOREAN.replace("\n", " ")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(line * 2 for line in SHORT_LINES.split("\n")),
        "\n".join(
            f"2031-04-05 06:{minute:02} ferry harrow-quay sailed with {minute} persons, tide rising"
            for minute in range(9)
        ),
        "\n".join([KOREAN.split("\n")[0]] * 4),
        "the ferry has gone and the lamp on the quay stays lit tonight\nand counts\n"
        "the waves that come in from the far side of the bay\nand those\n"
        "that never come in at all, because nobody ever told them how\nor when",
    ],
    ids=["a sentence a line", "log", "list without small letters", "verse"],
)
def test_lines_that_are_whole_are_not_joined(text: str) -> None:
    """Sentences, log lines, list lines and verses keep their lines."""
    assert unwrap(text) == text


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        (
            "The mayor told\nreporters\nthat the ferry sails\nagain\n.\n\nIt was (\narchived\n). Then it sank.",
            "The mayor told reporters that the ferry sails again.\n\nIt was (archived). Then it sank.",
        ),
        (
            "Ferry sails again\nAda Brandt\n, the captain, said on Sunday that it\nwould sail\n.\nThe quay was full.",
            "Ferry sails again\nAda Brandt, the captain, said on Sunday that it would sail.\nThe quay was full.",
        ),
        (
            "Ferry\n\nThe office of the town of Nettle Point and\nThe Gull\nsaid so\n, as did others.",
            "Ferry\n\nThe office of the town of Nettle Point and The Gull said so, as did others.",
        ),
        ("港口办公室周日在\n告示\n中说\n，渡轮将再次起航。", "港口办公室周日在告示中说，渡轮将再次起航。"),
        ("Ferry\n: two a day\n- bus\n- barge", "Ferry: two a day\n- bus\n- barge"),
        ("Oats\n" + "rye\n" * 20 + ", and more", "Oats\n" + "rye\n" * 19 + "rye, and more"),
    ],
)
def test_paragraphs_broken_around_links_are_whole_again(text: str, joined: str) -> None:
    """What only closes, what goes on in lower case and a link between such lines join the line above."""
    assert join_broken(text) == joined


@pytest.mark.parametrize(
    "text",
    [
        "Home\nNews\n...\nSport",
        "the tide comes in\nand the tide goes out",
        "The ferry sails.\n\n. It is full.",
        'Seen\n"the ferry"\n(old)',
        "Ferry sails again\n. The mayor was there.",
        "The ferry sails.\nIt is full.\n. The mayor was there.",
        "draw(\n  ferry,\n  mayor\n)\nsail(\n):",
        "The crew\n? the mayor\n? the captain",
    ],
)
def test_other_lines_stay_apart(text: str) -> None:
    """Lists, verses and menus are not joined, and nothing is joined over a blank line."""
    assert join_broken(text) == text


@pytest.mark.parametrize(
    ("join", "text"),
    [
        (unwrap, "the harbour office has said on the quay that the outer basin is\n" * 40_000),
        (join_broken, "a\n" + ", so\n" * 400_000),
        (join_broken, "\n" * 20_000 + "a\n\n" * 20_000 + "b\n, c"),
    ],
    ids=["one paragraph", "one broken paragraph", "blank lines first"],
)
def test_time_grows_with_the_text(join: Callable[[str], str], text: str) -> None:
    """Texts of megabytes are joined in far less than a second."""
    start = process_time()
    join(text)
    assert process_time() - start < MOST_SECONDS
