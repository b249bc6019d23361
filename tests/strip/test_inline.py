"""Links, advertisements and captions between and inside the paragraphs."""

import pytest

from tests.strip.samples import Story, article, cleaned, rules
from tests.strip.stories import FRENCH, GERMAN, HARBOUR, OWLS, PORTUGUESE, SPANISH

BLOCKS = HARBOUR[1].split("\n\n")


def _with_line(line: str) -> str:
    return "\n\n".join([*BLOCKS[:2], line, *BLOCKS[2:]])


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: Snow owls return to the Harrowgate moors",
        "Lesen Sie auch: Schneeeulen kehren ins Moor zurück",
        "Lire aussi : Les chouettes reviennent sur la lande",
        "Lee también: Los búhos vuelven al páramo",
        "Leia também: Corujas voltam ao pântano",
        "Puedes ver: Los búhos vuelven al páramo",
        "Leggi anche: I gufi tornano nella brughiera",
        "Czytaj też: Sowy wracają na wrzosowiska",
        "Lees ook: Sneeuwuilen keren terug naar de heide",
        "Читайте также: Совы возвращаются на пустошь",
        "Zobacz także",
        "Poniżej dalsza część artykułu",
        "Escucha esta nota aquí",
        "In pictures: Snow owls return to the Harrowgate moors",
        "Must read: Snow owls return to the Harrowgate moors",
        "Aus dem Archiv: Schneeeulen kehren ins Moor zurück",
        "En imágenes: Los búhos vuelven al páramo",
        "Top story | Snow owls return to the Harrowgate moors",
        "Nightjar pick | Snow owls return to the Harrowgate moors",
        "Watch: Snow owls return to the Harrowgate moors 2:41",
        "Advertisement Story continues below",
        "Tired of adverts? Subscribe now",
        "Become a supporter for just three francs a week",
        "Already a member? Sign in to read on",
        "Anzeige Artikel geht unten weiter",
    ],
)
def test_a_line_that_is_not_the_article_goes(line: str) -> None:
    """Link, advertising and caption lines between paragraphs are cut whole."""
    assert cleaned(article((HARBOUR[0], _with_line(line)))) == HARBOUR[1]


@pytest.mark.parametrize(
    "line",
    [
        "What drivers must know",
        "Correction: An earlier version gave the wrong number of lorries",
        "The last ferry leaves at 23:30",
        "Bridge toll: two crowns for cars on the harbour bridge",
        "How to support your ferry",
        'The chaplain added: "Geese obey nobody and forgive everything, unlike most of my parish"',
        "She posted this: a goose on the slipway, at last pictures.example/goose",
    ],
)
def test_a_short_line_of_the_article_stays(line: str) -> None:
    """Subheadings, notes and times of day are kept."""
    text = _with_line(line)
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    "fragment",
    [
        "Advertisement Story continues below",
        "Tired of too many adverts? Remove ads",
        "Subscribe now",
        "Advertisement: Your video will resume shortly",
        "Fed up with adverts? Turn them off",
        "Unlock this story with premium",
        "Subscribe to continue Already a member? Log in",
    ],
)
def test_an_advert_between_sentences_goes_at_its_exact_span(fragment: str) -> None:
    """The sentences on both sides of an advertisement stay as they are."""
    text = HARBOUR[1].replace("in March. Drivers", f"in March. {fragment} Drivers")
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]


@pytest.mark.parametrize(
    "fragment",
    [
        "This report is free thanks to our readers",
        "Watch the full video on our channel",
        "Story continues after the break",
    ],
)
def test_an_advert_that_runs_into_a_common_word_goes(fragment: str) -> None:
    """Before a word that sentences open with, an advertisement need not name itself."""
    text = HARBOUR[1].replace("in March. Drivers", "in March. The drivers")
    given = text.replace("in March. The", f"in March. {fragment} The")
    assert cleaned(article((HARBOUR[0], given))) == text


def test_what_is_put_in_twice_goes() -> None:
    """What breaks off before a sentence, and stands between two others again, is no part of the article."""
    put_in = "Ostrel biscuits taste of smoke and lemon"
    text = HARBOUR[1].replace("in March. Drivers", "in March. The drivers")
    given = text.replace("in March. The", f"in March. {put_in} The").replace("choice. ", f"choice. {put_in} ")
    given = given.replace("\n\nShopkeepers", f"\n\n{put_in}\n\nShopkeepers")
    assert cleaned(article((HARBOUR[0], given))) == text


@pytest.mark.parametrize("phrase", ["What the port replied", "If you chose the ferry"])
def test_a_heading_that_recurs_in_a_flattened_text_stays(phrase: str) -> None:
    """In a text without line breaks headings and answers stand between sentences, and may come twice."""
    text = HARBOUR[1].replace("in March. Drivers", f"in March. {phrase} The drivers")
    text = text.replace("choice. ", f"choice. {phrase} ")
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ms Brandt told The Velmora Lamp of it.", "Ms Brandt told The Velmora Lamp again."),
        ("The harbour office says “wait until June”.", "The harbour office says “wait” to everyone."),
    ],
)
def test_a_sentence_that_opens_twice_alike_stays(first: str, second: str) -> None:
    """A name or a quotation after the same words twice is no sentence that begins."""
    text = HARBOUR[1].replace("in March. ", f"in March. {first} ").replace("at noon.", f"at noon. {second}")
    assert cleaned(article((HARBOUR[0], text))) == text


def test_the_subheading_of_a_text_that_stands_twice_stays() -> None:
    """A page may hold its text a second time without line breaks, so that the subheading runs into a sentence."""
    heading = "What the closure means on the quay"
    text = "\n\n".join([*BLOCKS[:2], heading, *BLOCKS[2:]])
    given = f"{text}\n\n{BLOCKS[0]}{BLOCKS[1]} {heading} {BLOCKS[2]}"
    assert heading in cleaned(article((HARBOUR[0], given))).split("\n\n")


def test_a_subheading_that_recurs_stays() -> None:
    """Lines alone may recur: each part of a guide has the same subheading."""
    text = "\n\n".join([BLOCKS[0], "What it means on the quay", *BLOCKS[1:3], "What it means on the quay", *BLOCKS[3:]])
    assert cleaned(article((HARBOUR[0], text))) == text


def test_headlines_behind_a_label_used_twice_go() -> None:
    """A label with one link word before headlines of other things is a link, however often it is used."""
    lines = ["Gull podcast: Snow owls raise chicks on the moors", "Gull podcast: Flour dear for all bakers"]
    text = "\n\n".join([*BLOCKS[:2], lines[0], *BLOCKS[2:4], lines[1], *BLOCKS[4:]])
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]


def test_items_behind_a_label_used_twice_stay() -> None:
    """A guide heads its parts with a label and words with capitals."""
    lines = ["Pro: Less Smoke over Gardens", "Pro: More Room for Prams and Wheelchairs"]
    text = "\n\n".join([*BLOCKS[:2], lines[0], *BLOCKS[2:4], lines[1], *BLOCKS[4:]])
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    ("story", "before", "fragment", "after"),
    [
        (GERMAN, "Der Sender meldete es zuerst.", "Werbung – bitte nach unten wischen", "Sie warteten lange."),
        (FRENCH, "La radio en parlait déjà.", "Publicité - le récit reprend plus bas", "Il fallut attendre."),
        (SPANISH, "La radio ya lo contaba.", "Publicidad: deslice para ver el resto", "El alcalde esperaba en casa."),
        (PORTUGUESE, "A rádio já o contava.", "Publicidade - o texto segue adiante", "Os alunos esperaram."),
    ],
)
def test_a_labelled_advert_with_unknown_words_goes(story: Story, before: str, fragment: str, after: str) -> None:
    """A label of an advertisement takes what stands behind it up to the next sentence, in any words."""
    first, *rest = story[1].split("\n\n")
    text = "\n\n".join([f"{first} {before} {after}", *rest])
    given = "\n\n".join([f"{first} {before} {fragment} {after}", *rest])
    assert cleaned(article((story[0], given), language=story)) == text


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (GERMAN, "Jetzt Newsletter abonnieren und jeden Morgen Nachrichten aus Seeburg erhalten"),
        (FRENCH, "Abonnez-vous à notre infolettre et recevez chaque matin les échos du port"),
        (SPANISH, "Suscríbete a nuestro boletín y recibe cada mañana las noticias del puerto"),
        (PORTUGUESE, "Assine a nossa newsletter e receba todas as manhãs as notícias da vila"),
    ],
)
def test_a_call_to_subscribe_between_paragraphs_goes(story: Story, line: str) -> None:
    """A line that calls on the reader to subscribe is cut, though some of its words are in no list."""
    first, *rest = story[1].split("\n\n")
    given = "\n\n".join([first, line, *rest])
    assert cleaned(article((story[0], given), language=story)) == story[1]


@pytest.mark.parametrize(
    "sentence",
    [
        "Download speeds fell in the harbour offices.",
        "Advertisement: the harbour office wants two more ferrymen.",
        "Newsletter readers of The Velmora Lamp had been the first to hear of it.",
        "Download and install Harbourmap. Although it is slow, it shows every buoy.",
        "Remove the app I use and the ferry cannot be booked.",
    ],
)
def test_a_sentence_on_advertising_stays(sentence: str) -> None:
    """Advertising words in a sentence of the article are no advertisement."""
    text = HARBOUR[1].replace("in March. ", f"in March. {sentence} ")
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    "form",
    [
        "Lamplight letter Sign Up Please show that you're not a robot. Your email address is wrong. By signing up you "
        "agree to our terms of use. You can unsubscribe whenever you like.",
        "Inscrivez-vous à notre infolettre Adresse électronique Prouvez que vous n'êtes pas un robot. Vous pouvez vous "
        "désabonner. Voir notre politique de confidentialité.",
        "Der Leuchtturmbrief Newsletter E-Mail-Adresse Mit der Anmeldung gelten unsere Nutzungsbedingungen und die "
        "Datenschutzerklärung. Abbestellen geht immer.",
        "Suscríbete al boletín del faro Correo electrónico Al suscribirte aceptas la política de privacidad y las "
        "condiciones de uso. Puedes darte de baja.",
        "Inscreva-se no boletim do farol Endereço de e-mail Ao se inscrever você aceita a política de privacidade e os "
        "termos de uso do nosso jornal.",
    ],
)
def test_a_form_flattened_into_a_paragraph_goes(form: str) -> None:
    """A paragraph that is a form to sign up and nothing else is cut whole."""
    assert cleaned(article((HARBOUR[0], _with_line(form)))) == HARBOUR[1]


def test_a_paragraph_on_signing_up_stays() -> None:
    """A paragraph of the article that tells of a newsletter and an email address is no form."""
    told = (
        "The ferry company asked its regular drivers for an email address and sent them a newsletter, in which the new "
        "times stood next to a photograph of the goose; most of them say that they read it to the end and kept it."
    )
    given = _with_line(told)
    assert cleaned(article((HARBOUR[0], given))) == given


def test_a_caption_after_a_finished_sentence_goes() -> None:
    """A video caption is known by its running time, whatever it says."""
    line = "The cracks were found in March and the bridge has carried trucks since. Our reporter walked over it. 3:07"
    assert cleaned(article((HARBOUR[0], _with_line(line)))) == HARBOUR[1]


def test_a_programme_stays() -> None:
    """Lines that end in a time and follow each other are a list and no captions."""
    text = _with_line("Ferry to the east quay 10:15\nFerry to the west quay 10:30\nFerry to the east quay 10:45")
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    "line",
    ["2 Harbourmen 5:17", "Second Tidings 2:15 For so it is with those who covet, that their lamps may yet be silent"],
)
def test_a_place_in_a_book_stays(line: str) -> None:
    """Chapter and verse are neither a running time nor the label of a link."""
    text = _with_line(line)
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize("tail", [" - Photo 1.", " Image 2 of 5"])
def test_a_picture_called_like_the_article_goes(tail: str) -> None:
    """Some systems call each picture by the headline and its number."""
    assert cleaned(article((HARBOUR[0], _with_line(f"{HARBOUR[0]}{tail}")))) == HARBOUR[1]


def test_a_notice_that_repeats_the_headline_goes() -> None:
    """A notice with the headline in it, at the top, is cut as furniture."""
    item = article((OWLS[0], f"No replies on {OWLS[0]}\n\n{OWLS[1]}"))
    assert cleaned(item) == OWLS[1]
    assert "headline_echo" in rules(item)
