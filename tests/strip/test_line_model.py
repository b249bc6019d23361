"""The line model and its weights."""

from cleaners.strip.line_model.features import FEATURES
from cleaners.strip.line_model.model import SECOND_FEATURES, load_model, score_lines
from cleaners.text import lines_of

PAGE = "\n".join(
    [
        "Home", "Shop", "Log in", "Cookie settings",
        "The last tram in Ostrava Vale ran on Sunday evening, with a brass band on board and hundreds waving.",
        "It had carried miners to the pits since 1911, and in its last years mostly pupils and people with dogs.",
        "The rails will be lifted in spring, the council said, and a path for walkers will take their place.",
        "Share this", "Privacy policy", "All rights reserved",
    ]
)  # fmt: skip


def test_weights_fit_the_features() -> None:
    """The networks of each pass take the columns that its features give."""
    model = load_model()
    assert {len(network.mean) for network in model.first} == {len(FEATURES)}
    assert {len(network.mean) for network in model.second} == {len(SECOND_FEATURES)}


def test_paragraphs_score_below_menus() -> None:
    """On a page the paragraphs are likelier to be the article than the lines round them."""
    (scores,) = score_lines([lines_of(PAGE)], [None])
    assert max(scores[4:7]) < min(scores[:4] + scores[7:])


def test_scores_do_not_depend_on_the_article_beside() -> None:
    """The same lines get the same scores alone and among others."""
    pages = [lines_of(PAGE), [], lines_of(PAGE + "\nMore stories\n" + PAGE), lines_of(PAGE[:200])]
    titles = ["The last tram", None, None, "A path for walkers"]
    alone = [score_lines([lines], [title])[0] for lines, title in zip(pages, titles, strict=True)]
    assert score_lines(pages, titles) == alone


def test_no_lines_no_scores() -> None:
    """An empty text has no scores."""
    assert score_lines([[]], [None]) == [[]]
