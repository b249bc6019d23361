from datetime import date
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dates import parse_date
from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig, Repair
from cleaners.records import Article, Fate, RawDocument

BODY = (
    "The council of Harrow Quay voted on Tuesday to reopen the old ferry route across the bay, which had been closed "
    "since the storm of two winters ago and was missed by everyone who works on the far side.\n\n"
    "Mayor Ottilie Brandt said the ferry would sail six times a day, and that the quay would be rebuilt before summer "
    "with money that the region has set aside for it."
)
HEADLINE = "Harrow Quay votes to reopen ferry route"


def article(content: bytes | str, **fields: str) -> Article:
    """Extract a text that is sure to give an article."""
    found = extract(RawDocument("gull/a.txt", 0, content, "text", **fields), config=ExtractConfig())
    assert isinstance(found, Article)
    return found


def test_article_of_too_many_lines_is_too_large() -> None:
    """Lines over the limit make a fate that names both numbers."""
    config = ExtractConfig(max_lines=100)
    lines = "\n".join(f"line {number}" for number in range(102))
    fate = extract(RawDocument("gull/a.txt", 0, lines, "text"), config=config)
    assert isinstance(fate, Fate)
    assert (fate.fate, fate.message[:33]) == ("too_large", "101 lines, over the limit of 100 "[:33])


def test_known_title_is_not_repeated_in_the_text() -> None:
    """A table's title stands, and a text column that begins with it loses that line only."""
    found = article(f"{HEADLINE.upper()}\n{BODY}", title=HEADLINE)
    assert (found.title, found.text) == (HEADLINE, BODY)


def test_fields_of_the_record_are_kept() -> None:
    """Address, author and date come from the record; site is the host without www."""
    found = article(
        BODY, url="https://www.gull.example/x", author=" Ida\u00a0Moor ", published="Sat, 05 Apr 2031 06:00:00 GMT"
    )
    assert (found.site, found.author, found.published) == ("gull.example", "Ida Moor", date(2031, 4, 5))


def test_site_is_the_folder_without_an_address() -> None:
    """Without an address the first folder names the site; a file in no folder has none."""
    assert article(BODY).site == "gull"
    found = extract(RawDocument("a.txt", 0, BODY, "text"), config=ExtractConfig())
    assert isinstance(found, Article) and found.site is None


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("  a \u00a0 b\t \n\n\n\n  c  ", "a   b\n\nc"),
        ("so\u00adft ze\u200bro\ufeff bell\x07 lone\ud800", "soft zero bell lone"),
        ("e\u0301t\u0065\u0301", "été"),
        ("می‌شود", "می‌شود"),
        ("“curly” ﬁne Ｗide … ½", "“curly” ﬁne Ｗide … ½"),
        ("cafÃ© costs Â£5 â€” itâ€™s dear", "café costs £5 — it’s dear"),
        ("La cittÃ , senza pietÃ : Ã¨ qualitÃ .", "La città, senza pietà: è qualità."),
        ("à côté «été» Ägypten", "à côté «été» Ägypten"),
    ],
)
def test_characters_are_put_right(raw: str, clean: str) -> None:
    """Line ends, spaces, invisible characters and mojibake are put right; quotes, ligatures and widths stay."""
    assert article(raw + "\n\n" + BODY, title="x").text == clean + "\n\n" + BODY


@pytest.mark.parametrize(
    ("repair", "raw", "clean"),
    [
        ("words", "It costs Â£5.", "It costs Â£5."),
        ("words", "The cafÃ© charges Â£5.", "The café charges £5."),
        ("words", "Itâ€™s dear.", "It’s dear."),
        ("words", "The “Café” charges Â£5 for an Ã and a rosé…", "The “Café” charges Â£5 for an Ã and a rosé…"),
        ("all", "It costs Â£5.", "It costs £5."),
        ("none", "The cafÃ© charges Â£5.", "The cafÃ© charges Â£5."),
        ("all", "The communiqu&#233; was short.", "The communiqué was short."),
        ("none", "Fish &amp; chips.", "Fish &amp; chips."),
    ],
)
def test_which_mojibake_is_repaired_is_a_setting(repair: Repair, raw: str, clean: str) -> None:
    """By default only lines with broken words are repaired; a stray letter before a sign breaks none."""
    config = ExtractConfig(repair_mojibake=repair)
    found = extract(RawDocument("a.txt", 0, f"{raw}\n{BODY}", "text", title="x"), config=config)
    assert isinstance(found, Article) and found.text.startswith(clean)


LONG = "Nobody on the quay could say for how many years the ferry had not sailed at this hour of the day. " * 3


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Brandt &amp; Moor&#8217;s&nbsp;ferry", "Brandt & Moor’s ferry"),
        ("&ldquo;It sails,&rdquo; she said &#x2014; at six.", "“It sails,” she said — at six."),
        ("Fish &amp;amp; chips &amp;#8211; and tea", "Fish & chips – and tea"),
        ("It&acirc;&euro;&trade;s dear &amp; slow", "It’s dear & slow"),
        ("L'&eacute;t&eacute; fut court &agrave; Harrow", "L'été fut court à Harrow"),
        ("Fish &amp; chips, R&D; Q&A; &bogus;", "Fish & chips, R&D; Q&A; &bogus;"),
    ],
)
def test_entities_of_an_escaped_text_become_characters(raw: str, clean: str) -> None:
    """Named, numbered and twice escaped entities are put right; what only looks like one stays."""
    assert article(f"{raw}\n{BODY}", title="x").text.split("\n")[0] == clean


@pytest.mark.parametrize(
    "text",
    [
        "In HTML an ampersand is written &amp; and a dash &mdash;.",
        "Write '&amp;' for the sign, and &nbsp; for a space.",
        "The ferry's page said &lt;b&gt;Fish &amp; chips&lt;/b&gt; all day.",
        f"The communiqu&#233; was short. {LONG}",
    ],
)
def test_entities_that_are_meant_stay(text: str) -> None:
    """A text on entities, markup, and a single letter of a text that is not escaped keep them."""
    assert article(f"{text}\n{BODY}", title="x").text.split("\n")[0] == text.strip()


SAMPLES = [
    ("cp1252", "Le café du port était fermé, dit le maire – « à cause de la tempête »."),
    ("cp1252", "Der Bürgermeister eröffnete die Brücke am Fluß, sagte „schön“ und ging."),
    ("cp1250", "Příliš žluťoučký trajekt v přístavu opět vyplul, řekl starosta města."),
    ("cp1250", "Burmistrz ogłosił, że łódź wróci do portu w przyszłą środę."),
    ("iso8859_2", "Burmistrz ogłosił, że łódź wróci do portu w przyszłą środę, i że sieć śluz pomaluje gęś."),
    ("mac_roman", "Der Bürgermeister eröffnete die Brücke am Fluß, sagte „schön“ und ging."),
    ("mac_roman", "Le café du port était fermé, dit le maire – « à cause de la tempête »."),
    ("cp850", "Der Bürgermeister eröffnete die Brücke am Fluß und ging."),
    ("cp1254", "Değirmenin çanı dün gece ışıklı köyde çaldı, şölen sürdü."),
    ("iso2022_jp", "湾の古い渡し船が再び運航を始めると、市長が発表した。"),
    ("utf-16-le", "The mayor announced that the old ferry across the bay sails again."),
    ("utf-16-be", "The mayor announced that the old ferry across the bay sails again."),
    ("cp1251", "Мэр города объявил об открытии старой паромной переправы через залив."),
    ("koi8_r", "Мэр города объявил об открытии старой паромной переправы через залив."),
    ("cp866", "Мэр города объявил об открытии старой паромной переправы через залив."),
    ("iso8859_5", "Мэр города объявил об открытии старой паромной переправы через залив."),
    ("cp852", "Burmistrz ogłosił, że łódź wróci do portu w przyszłą środę, i że sieć śluz pomaluje gęś."),
    ("cp857", "Değirmenin çanı dün gece ışıklı köyde çaldı, şölen sürdü."),
    ("cp1253", "Ο δήμαρχος ανακοίνωσε ότι το παλιό πλοίο του κόλπου θα ξεκινήσει ξανά την Άνοιξη."),
    ("iso8859_7", "Ο δήμαρχος ανακοίνωσε ότι το παλιό πλοίο του κόλπου θα ξεκινήσει ξανά την Άνοιξη."),
    ("cp850", "Die Kapitänin lobte die neuen Fähren über die Bucht sehr."),
    ("cp932", "市長は古い渡し船の航路を再開すると発表した。湾を渡る船である。"),
    ("gb18030", "市长宣布重新开放穿越海湾的旧渡轮航线，预计明年开航。"),
    ("cp949", "시장은 만을 건너는 오래된 나룻배 항로를 다시 연다고 발표했다."),
    ("cp1256", "أعلن رئيس البلدية عن إعادة فتح خط العبارة القديم عبر الخليج"),
    ("utf-8-sig", "Le café du port était fermé."),
    ("utf-16", "Le café du port était fermé."),
]


@pytest.mark.parametrize(("encoding", "text"), SAMPLES)
def test_encoding_is_found(encoding: str, text: str) -> None:
    """Text in the usual encodings of eleven languages is read right."""
    assert article("\n".join([text] * 4).encode(encoding), title="x").text == "\n".join([text] * 4)


def test_encoding_is_found_behind_many_plain_letters() -> None:
    """Text of an old code page that opens with a long address is read at once, not tried in every way."""
    text = "WARSZAWA, 3 May 2024 (Harbour News Agency, from our own correspondent) - \u0141\xf3d\u017a \u015bpi. " * 3
    started = process_time()
    assert article(text.encode("cp1250")).text.startswith("WARSZAWA")
    assert process_time() - started < 1


def test_cut_letter_does_not_lose_a_utf8_text() -> None:
    """A UTF-8 text cut in the middle of a letter is still UTF-8."""
    assert article((BODY + " Café").encode()[:-1], title="x").text == BODY + " Caf"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2031-04-05T23:59:00+02:00", date(2031, 4, 5)),
        ("5 April 2031", date(2031, 4, 5)),
        ("April 5th, 2031", date(2031, 4, 5)),
        ("5 avril 2031", date(2031, 4, 5)),
        ("5. März 2031", date(2031, 3, 5)),
        ("5 de abril de 2031", date(2031, 4, 5)),
        ("2031年4月5日", date(2031, 4, 5)),
        ("25/04/2031", date(2031, 4, 25)),
        ("04/25/2031", date(2031, 4, 25)),
        ("05.04.2031", date(2031, 4, 5)),
        ("1933135200", date(2031, 4, 5)),
        ("5 апреля 2031 г., 14:20", date(2031, 4, 5)),
        ("Sobota, 5 kwietnia 2031", date(2031, 4, 5)),
        ("Σάββατο 5 Απριλίου 2031", date(2031, 4, 5)),
        ("5 نيسان 2031", None),
        ("5 أبريل 2031", date(2031, 4, 5)),
        ("5 Nisan 2031", date(2031, 4, 5)),
        ("lördag 5 maj 2031", date(2031, 5, 5)),
        ("04/05/2031", None),
        ("2031-13-45", None),
        ("yesterday", None),
    ],
)
def test_dates_are_read_or_left_open(value: str, expected: date | None) -> None:
    """A stated date is read; an ambiguous or relative one is left open."""
    assert parse_date(value) == expected


# Its one long line names people.
SHORT_LINES = """Ahlers, Boonstra, Castaing, Drewes, Escalona, Fragoso, Gulyás, Håkansson, Ilves, Jurić
They were the first to cross the bay again.
Nobody had asked them whether they wanted to.
The ferry was late, and so was the mayor.
All of them said that they would do it again."""
# More names and figures than words.
TABLE = """Brolm 41.3 to the Ostrel 38.9 of the Varn 27.0 and Kell 4.41 with Vosk 1.17, \
for Tamsel 3.02 by Orrin 2.98 at Mirrel 0.41."""


@pytest.mark.parametrize(
    ("text", "code"),
    [(BODY, "en"), (SAMPLES[1][1] * 3, "de"), (SHORT_LINES, "en"), (TABLE, "en"), ("12 34 56", None)],
)
def test_language_is_found_or_left_open(text: str, code: str | None) -> None:
    """The language of prose is found; too little text is left open."""
    assert article(text, title="x").language == code


@pytest.mark.parametrize("content", ["", " \n\u200b\n ", b"\xef\xbb\xbf"])
def test_nothing_left_is_no_text(content: str | bytes) -> None:
    """A record without any visible character has no text."""
    found = extract(RawDocument("a.txt", 0, content, "text"), config=ExtractConfig())
    assert isinstance(found, Fate) and found.fate == "no_text"


@pytest.mark.parametrize(
    "piece", ["a - ", "&amp;", "&", "x\n", "De ", "De Ab'", "-", "ab. ", "A", "Home page\n", "Ã", "&a;", "a\n\n"]
)
def test_time_grows_with_the_length(piece: str) -> None:
    """A text of one thing repeated is read in seconds, whatever it is."""
    start = process_time()
    extract(RawDocument("a.txt", 0, piece * 50_000, "text"), config=ExtractConfig())
    assert process_time() - start < 5


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_text_comes_out_normal_whatever_goes_in(content: str) -> None:
    """Any text gives an article in normal form or a fate, and extracting again changes nothing."""
    config = ExtractConfig(repair_mojibake="none")
    found = extract(RawDocument("a.txt", 0, content, "text", title="In no such text"), config=config)
    if isinstance(found, Article):
        assert found.text == found.text.strip() and "\r" not in found.text and found.text.encode()
        again = extract(RawDocument("a.txt", 0, found.text, "text", title="In no such text"), config=config)
        assert isinstance(again, Article) and again.text == found.text


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_an_article_or_a_fate(content: bytes) -> None:
    """No bytes raise."""
    assert extract(RawDocument("a.txt", 0, content, "text"), config=ExtractConfig())
