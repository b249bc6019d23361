"""How the bytes of a page are read: by its own word, unless that is wrong."""

import re

import pytest

from tests.extract.harbour import DATA, PAGE, article


def test_encoding_is_the_pages_word() -> None:
    """A page that names its encoding is decoded by it."""
    page = PAGE.replace('charset="utf-8"', 'charset="windows-1251"').replace("Harrow Bay", "залив Харроу")
    page = page.encode("cp1251", errors="xmlcharrefreplace").decode("cp1251")
    assert "залив Харроу" in article(page.encode("cp1251")).text


@pytest.mark.parametrize(
    ("charset", "name"), [("gb2312", "旧渡轮再次驶过港湾"), ("windows-1251", "старый паром снова ходит через залив")]
)
def test_page_that_was_decoded_as_latin_1_is_decoded_again(charset: str, name: str) -> None:
    """A page saved as UTF-8 by a client that decoded it as Latin-1 is read as it declares, if its bytes fit that."""
    page = PAGE.replace('charset="utf-8"', f'charset="{charset}"').replace("Harrow Bay", name)
    page = page.encode(charset, errors="xmlcharrefreplace").decode(charset)
    assert name in article(page.encode(charset).decode("latin-1").encode()).text
    assert name in article(page.encode()).text
    few = PAGE.replace('charset="utf-8"', f'charset="{charset}"').replace("Harrow Bay", "Grünau")
    assert "Grünau" in article(few.encode()).text


MARKET = (DATA / "market.zh.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "mistakes",
    [
        ["latin-1"],
        ["iso8859-15"],
        ["iso8859_2"],
        ["iso8859-15", "iso8859_2"],
        ["iso8859-15", "latin-1"],
    ],
)
def test_chinese_page_that_was_decoded_wrongly_and_saved_is_read(mistakes: list[str]) -> None:
    """The first mistake took the page for another encoding, and each further one its UTF-8."""
    page = re.sub('charset="?utf-8"?', 'charset="gb2312"', MARKET, flags=re.IGNORECASE)
    content = page.encode("gb18030")
    for mistake in mistakes:
        content = content.decode(mistake).encode()
    assert article(content).text == article(MARKET).text


def test_chinese_page_whose_utf_8_was_decoded_wrongly_is_read() -> None:
    """A page that was converted to UTF-8 before, though it still declares another encoding."""
    page = re.sub('charset="?utf-8"?', 'charset="gb2312"', MARKET, flags=re.IGNORECASE)
    assert article(page.encode().decode("iso8859_2").encode()).text == article(MARKET).text
    assert article(page.encode()).text == article(MARKET).text


@pytest.mark.parametrize("charset", ["idna", "punycode", "hex", "rot13", "unicode_escape", "undefined"])
def test_charset_that_no_page_is_written_in_is_passed_over(charset: str) -> None:
    """What Python has codecs for beside encodings, as host names and hexadecimal digits, is no word on the bytes."""
    page = PAGE.replace('charset="utf-8"', f'charset="{charset}"').replace("Harrow Bay", "Café Harrow")
    assert "The old ferry across Café Harrow sailed" in article(page.encode("cp1252", "replace")).text
