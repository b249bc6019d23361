"""The defaults of the settings: what lies just under each bar stays, and what lies just over it goes.

A default moved by a fifth either way fails here, but for `repeated_pages` at two: `repeated_factor` asks for three
pages too. Where a model gives the score, the cases were searched for among the stories: a model trained anew gives
other scores and may need other cases.
"""

from collections import Counter

import pytest

from cleaners.records import Article, SiteLines
from cleaners.strip import find_claims, line_keys, split
from cleaners.strip.config import FurnitureConfig
from cleaners.strip.finders.furniture import choose_lines
from cleaners.text import lines_of
from tests.strip.samples import CONFIG, Story, article, cleaned
from tests.strip.stories import (
    ARABIC,
    BAKERY,
    CHINESE,
    ENGLISH,
    HARBOUR,
    LANGUAGE,
    ORCHESTRA,
    OWLS,
    PERSIAN,
    TUNNEL_AGAIN,
)

WALK = "Tickets for the guided walk along the quay are sold at the desk of the harbour office"
LABEL, SENTENCE = "A line of words", "The ferry to Little Skerra left the quay at noon."


def _paragraphs(*stories: Story) -> list[str]:
    return [paragraph for _, text in stories for paragraph in text.split("\n\n")]


def _page(story: Story, lines: list[str]) -> Article:
    """Return lines as an article that has the title and the language of a story."""
    return Article("a.txt", 0, "\n".join(lines), title=story[0], language=LANGUAGE.get(story, "en"))


def _left(story: Story, lines: list[str]) -> list[str]:
    return cleaned(_page(story, lines)).split("\n")


def _furniture(story: Story, lines: list[str]) -> list[str]:
    """Return the lines that go as furniture; other finders may take others."""
    item = _page(story, lines)
    found = find_claims(item, config=CONFIG)
    claims = [claim for claim in found if claim.reason == "furniture" and claim.rule != "interface_line"]
    return [line for claim in claims for line in item.text[claim.start : claim.end].strip().split("\n")]


def _chosen(scores: list[float], text: str = LABEL, *, page: bool = True) -> list[bool]:
    (line,) = lines_of(text)
    return choose_lines([line] * len(scores), scores, FurnitureConfig(), page=page)[0]


# The end of the article


@pytest.mark.parametrize(
    ("story", "paragraphs", "lines", "goes"),
    [
        (ORCHESTRA, 2, [f"{WALK} until Friday."], False),
        (TUNNEL_AGAIN, 6, [OWLS[0], f"{WALK} until Friday."], True),
    ],
    ids=["stays", "goes"],
)
def test_one_closing_line_needs_some_certainty(story: Story, paragraphs: int, lines: list[str], goes: bool) -> None:
    """Under a source and its age one line stays that the model doubts, and two go that it is surer of."""
    head, tail = _paragraphs(story)[:paragraphs], ["Moor Gazette", "14 minutes old", *lines]
    assert _left(story, [*head, *tail]) == (head if goes else [*head, *tail])


@pytest.mark.parametrize(
    ("sentence", "goes"),
    [(f"{WALK} until Friday.", True), (f"{WALK} every day until Friday evening.", False)],
    ids=["19 words", "22 words"],
)
def test_a_long_sentence_under_a_closing_line_stays(sentence: str, goes: bool) -> None:
    """Under one closing line a sentence of nineteen words goes at a score at which one of twenty-two stays."""
    head, tail = _paragraphs(BAKERY), ["11 minutes old", sentence]
    assert _left(BAKERY, [*head, *tail]) == (head if goes else [*head, *tail])


@pytest.mark.parametrize(
    ("story", "other", "goes"), [(BAKERY, OWLS, False), (HARBOUR, BAKERY, True)], ids=["stays", "goes"]
)
def test_a_story_under_one_closing_line_needs_near_certainty(story: Story, other: Story, goes: bool) -> None:
    """Under the one line "Comments" a headline and its lead stay at a score of 0.84, and go at 0.955."""
    head, tail = _paragraphs(story), ["Comments", other[0], _paragraphs(other)[0]]
    assert _left(story, [*head, *tail]) == (head if goes else [*head, *tail])


@pytest.mark.parametrize(
    ("paragraphs", "lines", "goes"), [(2, [BAKERY[0]], False), (4, [], True)], ids=["stays", "goes"]
)
def test_two_closing_lines_make_up_for_a_low_score(paragraphs: int, lines: list[str], goes: bool) -> None:
    """Under two closing lines a long sentence stays at a score of 0.285, and goes at 0.327."""
    sentence = f"{WALK} every day until Friday evening."
    left = _left(OWLS, [*_paragraphs(OWLS)[:paragraphs], "Most read", "Follow us", *lines, sentence])
    assert (sentence not in left) is goes


@pytest.mark.parametrize(("paragraphs", "goes"), [(2, False), (4, True)], ids=["stays", "goes"])
def test_headlines_that_nothing_announces_need_a_high_score(paragraphs: int, goes: bool) -> None:
    """Three headlines that end a text stay at a score of 0.825, and go under more of the same article."""
    head, tail = _paragraphs(OWLS)[:paragraphs], [HARBOUR[0], ORCHESTRA[0], BAKERY[0]]
    assert _left(OWLS, [*head, *tail]) == (head if goes else [*head, *tail])


@pytest.mark.parametrize(("label", "told"), [("Moor Gazette", False), ("In other news", True)])
def test_a_likely_end_that_stays_is_reported(label: str, told: bool) -> None:
    """What stays under a line that closes nothing is reported as unsure at a score of 0.47, and not at 0.38."""
    item = _page(BAKERY, [*_paragraphs(BAKERY), label, f"{WALK} every day until Friday evening."])
    assert cleaned(item) == item.text
    assert [claim.reason for claim in find_claims(item, config=CONFIG)] == ["unsure"] * told


# Repeated lines


PUDDING = "Pudding of the day without any sugar"


def _counted(items: list[Article]) -> SiteLines:
    return SiteLines(len(items), Counter(key for item in items for key in line_keys(item)))


@pytest.mark.parametrize(("pages", "goes"), [(2, False), (3, True)])
def test_a_line_needs_three_pages(pages: int, goes: bool) -> None:
    """A line that two of four articles carry stays, and one that three carry goes."""
    items = [article(story, f"\n\n{PUDDING}" if at < pages else "") for at, story in enumerate(ENGLISH)]
    assert (PUDDING not in cleaned(items[0], _counted(items))) is goes


@pytest.mark.parametrize(("others", "goes"), [(3, False), (4, True)])
def test_a_line_needs_three_times_the_pages_of_its_article(others: int, goes: bool) -> None:
    """In an article that stands on two pages a line stays that five pages carry, and goes if six do."""
    stories = [HARBOUR, *(OWLS, ORCHESTRA, BAKERY, PERSIAN)[:others]]
    items = [article(story, f"\n\n{PUDDING}") for story in (HARBOUR, *stories)]
    assert (PUDDING not in cleaned(items[0], _counted(items))) is goes


@pytest.mark.parametrize(("pages", "goes"), [(9, False), (11, True)])
def test_with_no_site_known_a_line_needs_a_tenth_of_the_pages(pages: int, goes: bool) -> None:
    """Of a hundred articles of unknown sites nine may carry a line that stays; what eleven carry goes."""
    (key, *_) = line_keys(Article("b.txt", 0, PUDDING))
    assert (PUDDING not in cleaned(article(HARBOUR, f"\n\n{PUDDING}"), SiteLines(100, {key: pages}))) is goes


# Compilations


def _titles(lines: list[str]) -> list[str | None]:
    return [part.title for part in split(_page(HARBOUR, lines), config=CONFIG)]


COUNCIL = "Council of Velmora meets over the girders"
CAFES = "Cafes on the quay ask the town for help"


@pytest.mark.parametrize(("order", "parted"), [((1, 3, 5), False), ((3, 1, 5), True)], ids=["whole", "parted"])
def test_a_file_is_split_at_a_likely_headline_alone(order: tuple[int, ...], parted: bool) -> None:
    """A file stays whole at a line that opens an article at a chance of 0.19, and is split at one of 0.22."""
    again = _paragraphs(TUNNEL_AGAIN)
    titles = _titles([*_paragraphs(HARBOUR), COUNCIL, *(again[at] for at in order)])
    assert titles == ([HARBOUR[0], COUNCIL] if parted else [HARBOUR[0]])


@pytest.mark.parametrize(("order", "parted"), [((9, 2, 10, 7), False), ((4, 6, 10, 9), True)], ids=["whole", "parted"])
def test_a_split_file_is_split_at_less_likely_headlines_too(order: tuple[int, ...], parted: bool) -> None:
    """Where one headline is sure, a further line parts the rest at a chance of 0.117, and not at 0.081."""
    both = _paragraphs(HARBOUR, TUNNEL_AGAIN)
    lines = [*_paragraphs(HARBOUR), TUNNEL_AGAIN[0], *_paragraphs(TUNNEL_AGAIN), CAFES, *(both[at] for at in order)]
    assert _titles(lines) == [HARBOUR[0], TUNNEL_AGAIN[0], *([CAFES] if parted else [])]


@pytest.mark.parametrize(("paragraphs", "parted"), [(3, False), (4, True)], ids=["100 words", "130 words"])
def test_each_part_has_the_length_of_an_article(paragraphs: int, parted: bool) -> None:
    """A headline with a hundred words under it opens no article of its own, one with a hundred and thirty does."""
    lines = [*_paragraphs(HARBOUR)[:4], TUNNEL_AGAIN[0], *_paragraphs(TUNNEL_AGAIN)[:paragraphs]]
    assert _titles(lines) == [HARBOUR[0], *([TUNNEL_AGAIN[0]] if parted else [])]


# The choice of lines


@pytest.mark.parametrize(("score", "goes"), [(0.64, False), (0.7, True)])
def test_a_long_run_goes_where_its_score_is_well_over_even(score: float, goes: bool) -> None:
    """On a page twenty doubtful lines in a row stay at 0.64 each, and go at 0.7."""
    assert _chosen([1.0] * 8 + [0.0] * 20 + [score] * 20)[-20:] == [goes] * 20


@pytest.mark.parametrize(("score", "goes"), [(0.96, False), (0.985, True)])
def test_in_an_article_alone_only_what_is_sure_goes(score: float, goes: bool) -> None:
    """In a text that is no page twenty lines in a row stay at 0.96 each, and go at 0.985."""
    assert _chosen([0.0] * 20 + [score] * 20, page=False)[-20:] == [goes] * 20


@pytest.mark.parametrize(("score", "goes"), [(0.935, False), (0.96, True)])
def test_one_line_in_the_article_must_be_surer_than_a_run(score: float, goes: bool) -> None:
    """A single line among lines that stay does so too at 0.935, and goes at 0.96."""
    assert _chosen([1.0] * 8 + [0.0] * 20 + [score] + [0.0] * 8)[28] is goes


@pytest.mark.parametrize(("score", "goes"), [(0.875, False), (0.905, True)])
def test_sentences_must_be_surer_than_labels(score: float, goes: bool) -> None:
    """Twenty lines in a row that end like sentences stay at 0.875 each, and go at 0.905."""
    assert _chosen([1.0] * 8 + [0.0] * 20 + [score] * 20, SENTENCE)[-20:] == [goes] * 20


@pytest.mark.parametrize(("score", "sure"), [(0.87, True), (0.895, False)])
def test_a_page_must_have_lines_that_may_be_the_article(score: float, sure: bool) -> None:
    """It is clear where the article stands if its likeliest lines have 0.87, and unclear if they have 0.895."""
    (line,) = lines_of(LABEL)
    scores = [1.0] * 20 + [score] * 4
    assert choose_lines([line] * len(scores), scores, FurnitureConfig(), page=True)[1] is sure


# What makes a whole page


@pytest.mark.parametrize(
    ("known", "goes"), [(["Privacy policy", "Reply"], False), (["Privacy policy", "Reply", "Log in"], True)]
)
def test_three_lines_of_known_wording_make_a_page(known: list[str], goes: bool) -> None:
    """Two lines of known wording and a label of none are no furniture, three and a label are."""
    first, *rest = _paragraphs(OWLS)
    assert _furniture(OWLS, [first, *known, *rest, "Our staff"]) == ([*known, "Our staff"] if goes else [])


@pytest.mark.parametrize(("third", "goes"), [("Search", False), ("Subscribe", True)])
def test_known_lines_of_two_kinds_make_a_page(third: str, goes: bool) -> None:
    """With three lines of a menu a count of comments is no furniture; if one is of another kind, it is."""
    first, *rest = _paragraphs(HARBOUR)
    gone = _furniture(HARBOUR, [first, "Contact", "Menu", third, *rest, "Comments (12)"])
    assert gone == ["Contact", "Menu", third, *(["Comments (12)"] if goes else [])]


@pytest.mark.parametrize("goes", [False, True], ids=["four", "five"])
def test_five_likely_lines_back_one_of_known_wording(goes: bool) -> None:
    """One known line and three that the model takes for furniture are none, one and four are."""
    paragraphs = _paragraphs(ORCHESTRA)
    labels = ["Share on X", "Harbour times", "Puzzles", *(["Weather"] if goes else [])]
    labels = ["Privacy policy", *labels]
    assert _furniture(ORCHESTRA, [*paragraphs, *labels]) == (labels if goes else [])


@pytest.mark.parametrize("goes", [False, True], ids=["5 of 27", "6 of 28"])
def test_the_lines_that_back_it_are_a_fifth_of_the_text(goes: bool) -> None:
    """In a long text five such lines of twenty-seven are no furniture, and six of twenty-eight are."""
    paragraphs = _paragraphs(*ENGLISH, TUNNEL_AGAIN)
    labels = ["Our staff", "Opinion", "Today's paper", "Cookie settings", *(["Tides"] if goes else []), "Newsletter"]
    assert _furniture(HARBOUR, [*paragraphs, *labels]) == (labels if goes else [])


@pytest.mark.parametrize("goes", [False, True], ids=["three", "four"])
def test_four_short_lines_on_top_are_a_menu(goes: bool) -> None:
    """Three short lines that open a text are no furniture, and four are, though the wording of none is known."""
    paragraphs = _paragraphs(ORCHESTRA)
    labels = ["Contact us", "Copy link", "Comments (12)", *(["Most read"] if goes else [])]
    assert _furniture(ORCHESTRA, [*labels, *paragraphs]) == (labels if goes else [])


LABELS = [
    "Latest news", "By Maren Holloway", "Obituaries", "#1 Lighthouse sold", "Sport", "Terms of use", "Comments (12)",
    "Contact us", "Share on X", "Today's paper", "Published 14 March 2031, 09:20", "Copy link", "Puzzles", "Most read",
    "Tides", "Weather", "Advertise with us", "Cookie settings", "Letters", "Enter your email address", "Our staff",
    "Culture", "Opinion", "Jobs",
]  # fmt: skip


@pytest.mark.parametrize(("labels", "goes"), [(5, False), (6, True)])
def test_in_a_language_with_no_list_six_sure_lines_make_a_page(labels: int, goes: bool) -> None:
    """Under a Persian article five lines of which the model is sure are no furniture, and six are."""
    paragraphs = _paragraphs(PERSIAN)
    assert _furniture(PERSIAN, [*paragraphs, *LABELS[:labels]]) == (LABELS[:labels] if goes else [])


@pytest.mark.parametrize(("labels", "goes"), [(11, False), (12, True)])
def test_the_sure_lines_are_a_quarter_of_the_text(labels: int, goes: bool) -> None:
    """Under thirty-two paragraphs ten of eleven lines are sure and are no furniture, and eleven of twelve are."""
    paragraphs = _paragraphs(PERSIAN, *ENGLISH, TUNNEL_AGAIN, ARABIC, CHINESE)
    assert _furniture(PERSIAN, [*paragraphs, *LABELS[:labels]]) == (LABELS[:labels] if goes else [])


# What stays on a page, and what goes from a text that is none


TOP = ["Home", "Log in", "Share", "Privacy policy"]
ENTER = "Enter your email address to subscribe to the letter and receive notifications of new posts by email"


@pytest.mark.parametrize(
    ("sentence", "goes"),
    [(f"{ENTER} every day.", True), (f"{ENTER} on every day of the year.", False)],
    ids=["19 words", "23 words"],
)
def test_a_long_sentence_between_the_lines_of_a_page_stays(sentence: str, goes: bool) -> None:
    """In a sign-up box between two paragraphs a sentence of nineteen words goes, and one of twenty-three stays."""
    first, second, *rest = _paragraphs(HARBOUR)
    box = ["Get our newsletter", "Enter your email address", sentence, "Sign up"]
    assert (sentence not in _left(HARBOUR, [*TOP, first, second, *box, *rest])) is goes


@pytest.mark.parametrize(("partners", "goes"), [("trade", True), ("bridge", False)])
def test_a_sentence_in_the_words_of_the_article_stays_under_it(partners: str, goes: bool) -> None:
    """Under a page's article a long sentence stays if a fifth of its words, by weight, are the article's."""
    sentence = (
        "By subscribing to the ferry letter you agree that we may store your email address and send you offers of our "
        f"{partners} partners by email."
    )
    left = _left(HARBOUR, [*TOP, *_paragraphs(HARBOUR), "Enter your email address", sentence])
    assert (sentence not in left) is goes


COOKIES = "We use cookies to improve your visit and to show you advertisements of our partners"


@pytest.mark.parametrize(
    ("story", "lines", "goes"),
    [
        (HARBOUR, ["Menu", COOKIES, "Click to share this page with your friends on all networks"], True),
        (ORCHESTRA, ["Your email address will not be published", COOKIES, "Privacy policy"], False),
    ],
    ids=["22 %", "26 %"],
)
def test_a_run_that_takes_a_quarter_of_a_text_is_no_furniture(story: Story, lines: list[str], goes: bool) -> None:
    """In a text that is no page a run of lines that takes 22 % of it is furniture, and one that takes 26 % is not."""
    assert _furniture(story, [*_paragraphs(story)[:3], *lines]) == (lines if goes else [])
