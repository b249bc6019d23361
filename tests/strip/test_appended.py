"""Other matter under an article is found, and an article alone loses nothing."""

import pytest

from cleaners.strip import find_claims, opening_keys
from cleaners.strip.finders.appended import find_appended
from cleaners.strip.sight import Sight
from tests.strip.samples import CONFIG, Story, article, cleaned
from tests.strip.stories import ALL, BAKERY, ENGLISH, GERMAN, HARBOUR, ORCHESTRA, OWLS, PORTUGUESE, TUNNEL_AGAIN


@pytest.mark.parametrize("story", ALL, ids=lambda story: story[0])
def test_an_article_alone_keeps_every_word(story: Story) -> None:
    """Nothing is cut from a clean article, in any language or script."""
    assert cleaned(article(story)) == story[1]


@pytest.mark.parametrize("other", [OWLS, ORCHESTRA], ids=lambda story: story[0])
def test_a_story_with_no_marker_goes_where_the_corpus_has_it(other: Story) -> None:
    """A story on something else is cut where it begins, if the same paragraph opens another article."""
    (opening, *_) = opening_keys(article(other))
    assert cleaned(article(HARBOUR, f"\n\n{other[1]}"), elsewhere=frozenset([opening])) == HARBOUR[1]


@pytest.mark.parametrize("other", [OWLS, ORCHESTRA], ids=lambda story: story[0])
def test_a_story_with_no_marker_and_no_witness_is_unsure(other: Story) -> None:
    """A story that nothing announces and that stands nowhere else is reported and stays."""
    item = article(HARBOUR, f"\n\n{other[1]}")
    (claim,) = find_claims(item, config=CONFIG)
    assert (claim.reason, claim.start) == ("unsure", len(HARBOUR[1]))
    assert cleaned(item) == item.text


def test_background_that_opens_another_article_stays() -> None:
    """A paragraph on the same matter stays, though another article begins with it: an update tells its old lead."""
    (opening, *_) = opening_keys(article(TUNNEL_AGAIN))
    item = article(HARBOUR, f"\n\n{TUNNEL_AGAIN[1]}")
    assert cleaned(item, elsewhere=frozenset([opening])) == item.text


def test_cards_of_a_feed_go() -> None:
    """Stories with source and age lines under a marker in no list are cut with the marker."""
    cards = "".join(
        f"\n\n{source}\n{minutes} minutes ago\n- {source}\n{title}\n{text.split(chr(10))[0]}"
        for source, minutes, (title, text) in (("Moor Gazette", 14, OWLS), ("Kestrel Courier", 31, BAKERY))
    )
    assert cleaned(article(HARBOUR, f"\n\nBowls of news for you{cards}")) == HARBOUR[1]


def test_a_list_of_headlines_goes() -> None:
    """A list of headlines after a marker is cut."""
    titles = "\n".join(title for title, _ in (OWLS, ORCHESTRA, BAKERY))
    assert cleaned(article(HARBOUR, f"\n\nRelated stories\n{titles}")) == HARBOUR[1]


@pytest.mark.parametrize(
    "marker", ["Das könnte Sie auch interessieren", "Sur le même sujet", "Te puede interesar", "Leia também"]
)
def test_markers_of_several_languages_are_known(marker: str) -> None:
    """Closing lines in German, French, Spanish and Portuguese open what is cut."""
    titles = "\n".join(title for title, _ in (OWLS, ORCHESTRA, BAKERY))
    assert cleaned(article(HARBOUR, f"\n\n{marker}\n{titles}")) == HARBOUR[1]


@pytest.mark.parametrize("host", ENGLISH, ids=lambda story: story[0])
@pytest.mark.parametrize("other", ENGLISH, ids=lambda story: story[0])
def test_appending_changes_no_more_than_the_last_block(host: Story, other: Story) -> None:
    """With a story under it, an article keeps at least all its blocks but the last."""
    blocks = host[1].split("\n\n")
    assert cleaned(article(host, f"\n\nMore for you\n\n{other[0]}\n{other[1]}")).startswith("\n\n".join(blocks[:-1]))


def test_subheadings_and_lists_stay() -> None:
    """Short lines without punctuation that belong to the article are kept."""
    blocks = HARBOUR[1].split("\n\n")
    text = "\n\n".join(
        [
            *blocks[:2],
            "What drivers must know",
            blocks[2],
            "The authority will:",
            "- close both ramps of the bridge\n- send lorries through the Ostrel tunnel\n- run a ferry to the quay",
            "A bridge built for trams",
            *blocks[3:],
        ]
    )
    assert cleaned(article((HARBOUR[0], text))) == text


def test_a_doubtful_end_does_not_take_nearly_all() -> None:
    """Closing lines after the first sentence are no end by themselves: what follows may be the article."""
    paragraphs = ORCHESTRA[1].split("\n\n")
    first, last = paragraphs[0].partition(". ")[0] + ".", paragraphs[-1]
    text = "\n\n".join([first, "Most read\nFollow us", last, OWLS[1], BAKERY[1], *paragraphs[1:]])
    (claims,) = find_appended([Sight(article((ORCHESTRA[0], text)), CONFIG)])
    assert all(claim.reason == "unsure" or claim.start >= len(first) + 20 for claim in claims)


@pytest.mark.parametrize("contact", ["Press: Tomas Lindqvist, +99 555 0100", "Tél. 05 55 01 00", "press@port.example"])
def test_the_contacts_of_a_press_release_stay(contact: str) -> None:
    """A list that ends the text and holds an address or a telephone number is no list of headlines."""
    text = "\n\n".join([HARBOUR[1], "Contacts", contact, "Ferry: Mirela Voss"])
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    ("host", "sentence", "marker"),
    [
        (HARBOUR, "Tea will be served at five in the tower.", "Most read"),
        (GERMAN, "Die nächste Führung ist schon lange ausverkauft. Der Fahrplan liegt bei.", "Kommentare"),
        (PORTUGUESE, "A entrada custa dois euros e inclui sopa.", "Leia também"),
    ],
)
def test_a_short_last_sentence_stays(host: Story, sentence: str, marker: str) -> None:
    """The last sentence of the article stays above the marker, short as it is."""
    text = f"{host[1]}\n\n{sentence}"
    titles = "\n".join(title for title, _ in (OWLS, ORCHESTRA, BAKERY))
    assert cleaned(article((host[0], text), f"\n\n{marker}\n{titles}", language=host)) == text


def test_an_advertisement_closes_nothing() -> None:
    """Adverts said twice between paragraphs are no end, whatever follows."""
    paragraphs = HARBOUR[1].split("\n\n")
    text = "\n\n".join([*paragraphs[:2], "Advertisement", "Advertisement", *paragraphs[2:]])
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]


def test_headlines_in_a_row_need_no_label() -> None:
    """Three headlines or more that end the text are other articles', though nothing announces them."""
    titles = [title for title, _ in (OWLS, ORCHESTRA, BAKERY)]
    assert cleaned(article(HARBOUR, "\n\n" + "\n".join(titles))) == HARBOUR[1]


NAMES = ["Velmora Lamp", "Ostrel Post", "Moor Gazette", "Kestrel Courier"]
ITEMS = ["- oats for the owls", "- a bell for the ferry", "- new girders for the bridge"]


@pytest.mark.parametrize("lines", [NAMES, ITEMS])
def test_a_list_of_names_or_items_stays(lines: list[str]) -> None:
    """Names and items that end the text may be the article's own list."""
    text = HARBOUR[1] + "\n\n" + "\n".join(lines)
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(("line", "stays"), [("The others who were named are:", True), ("Read more:", False)])
def test_a_list_that_a_line_announces_stays(line: str, stays: bool) -> None:
    """Names behind a colon are the article's, unless the words before it are those of links."""
    names = ["Anastel Genvo Jonsen Smid", "Gregel Apolna Stewar Lewin", "Arval Primiv Cannol Roberd"]
    names += ["Panfil Gertrud Konnel Zelweg", "Anacl Rosal Anisten Lewinsk", "Candid Ysidro Jonel Pershin"]
    item = article(HARBOUR, "\n\n" + "\n".join([line, *names]))
    assert (cleaned(item) == item.text) is stays
