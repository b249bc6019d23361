"""Time texts that are made to slow down each stage, at doubling sizes, and show where time grows faster than the text.

    python -m benchmarks.speed.worst_cases [--megabytes 1 2 4 8] [--only NAME ...] [--most-lines 50000]

Every case is a file of one kind of text: all spaces, all brackets, all initials, half a million lines of one letter,
tables of very many rows or columns, deeply nested JSON. It is read, extracted, split, keyed, stripped and fingerprinted
as in a run, but without time limits. Others are pairs of such texts, each of that size, which are fingerprinted and
deduplicated together. A case that takes over three seconds is worse than linear if its time grows by
more than 2.6 times while the text doubles (exponent 1.4; runs differ by 20 %). The exit status says whether any case
is. `--most-lines` sets `extract.max_lines`; by default, texts of more lines are too large and take hardly any time.
"""

import argparse
import io
import json
import math
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import TypeVar

import polars as pl

from benchmarks.speed.hostile_pairs import PAIRS, STORY, measure_pair
from cleaners.config import Config
from cleaners.dedup import fingerprint
from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.read import is_whole, read_records
from cleaners.records import Article, RawDocument
from cleaners.strip import cut, find_all_claims, line_keys, opening_keys, split

T = TypeVar("T")
MEGABYTE = 1_000_000
WORST = 1.4  # a case with at least this exponent counts as worse than linear
NOTICED = 3.0  # seconds; below this, no exponent is shown
TOGETHER = 500  # articles, as in a part
GIVEN_UP = 120.0  # seconds; a case that took longer is not tried at larger sizes


def _of(unit: str) -> Callable[[int], str]:
    """Return a function that makes a text of a given number of bytes by repeating one unit."""
    size = len(unit.encode())
    return lambda count: unit * (count // size)


def _between(before: str, unit: str, after: str) -> Callable[[int], str]:
    fill = _of(unit)
    return lambda count: before + fill(count) + after


def _lines(unit: str) -> Callable[[int], str]:
    return _of(unit + "\n")


TEXTS: dict[str, Callable[[int], str]] = {
    "prose on one line": _of(STORY),
    "prose, a sentence a line": _lines(STORY.strip()),
    "no stop": _of("harbour master barge cable "),
    "spaces": _between("A b.", " ", "c"),
    "no-break spaces": _between("A b.", "\u00a0", "c"),
    "spaces after stops": _of("a." + " " * 400),
    "tabs": _between("A b.", "\t", "c"),
    "blank lines": _between("A b.", "\n", "c"),
    "spaced blank lines": _between("A b.", " \n\t\n", "c"),
    "open round brackets": _of("("),
    "open square brackets": _of("["),
    "link marks": _of("[a]("),
    "open angle brackets": _of("<"),
    "open tags": _of("<a "),
    "ampersands": _of("&"),
    "entities": _of("&amp;"),
    "dashes": _of("-"),
    "spaced dashes": _of("- "),
    "long dashes": _of("— "),
    "underscores": _of("_"),
    "asterisks": _of("*"),
    "bars": _of("a | "),
    "straight quotes": _of('"'),
    "quoted letters": _of('"a '),
    "opening quotes": _of("“a "),
    "quotations": _of("“Yes,” He said. "),
    "apostrophes": _of("'"),
    "digits": _of("1"),
    "numbers": _of("1 "),
    "numbers and commas": _of("1,"),
    "dates": _of("12/03/2024 "),
    "times": _of("12:30 "),
    "capitals": _of("A"),
    "capitalised words": _of("Abc "),
    "words in capitals": _of("ABC "),
    "initials": _of("A. B. C. "),
    "initials without spaces": _of("A.B.C."),
    "initials after a common word": _of("He A. B. "),
    "common words in capitals": _of("cable He "),
    "sentences glued together": _of("It was so. It was the cable He said. "),
    "short sentences": _of("He is He. "),
    "fragments, all different": lambda count: "".join(f"Buy the lamp w{n} It was so. " for n in range(count // 28)),
    "stops": _of("."),
    "spaced stops": _of(". "),
    "ellipses": _of("… "),
    "question marks": _of("? "),
    "exclamation marks": _of("!"),
    "at signs": _of("a@"),
    "mail addresses": _of("a@b.c "),
    "addresses": _of("http://a.b/c "),
    "a long host": _between("http://", "a.", ""),
    "a long path": _between("http://", "a/", ""),
    "hash tags": _of("#a "),
    "colons": _of("a: "),
    "one word": _of("a"),
    "one-letter words": _of("a "),
    "letters of Chinese": _of("港口"),
    "Arabic": _of("ميناء "),
    "Korean": _of("항구 "),
    "Thai": _of("ท่าเรือ"),
    "combining marks": _between("a", "\u0301", ""),
    "mojibake": _of("Ã©Ã¨ "),
    "lines of one letter": _lines("a"),
    "lines of one word, all different": lambda count: "".join(f"w{number}\n" for number in range(count // 8)),
    "paragraphs with fragments, all different": lambda count: "".join(
        f"It was so and so and the boats of the harbour were out at sea. Buy the lamp w{n} It was so.\n"
        for n in range(count // 98)
    ),
    "lines put in between paragraphs, all different": lambda count: "".join(
        f"{STORY}\nbuy the lamp w{n} now\n" for n in range(count // 120)
    ),
    "lines of a headline": _lines("Harbour opens for boats again after the storm of the century in Nettle Point"),
    "lines of a credit": _lines("Photo: Ada Holm / The Nettle Point Harbour News Agency, all of the rights reserved"),
    "lines of a link": _lines("READ MORE: Harbour opens for boats again after the storm of the century in Skell"),
    "lines of a byline": _lines("By Ada Holm and Ben Sill and Cy Marsh and Di Poole and Ed Moor, in Nettle Point"),
    "lines of a share bar": _lines("Share this article on all of the networks there are, and print or mail it now"),
    "lines of a table": _lines("1 | Nettle Point | 12.5 | 3 March | open | 4 boats | 2 cranes | no ferry | 7 knots"),
    "lines of bullets": _lines("• the harbour is open again for boats of all sizes, and the ferry sails at noon today"),
}
MARKDOWN: dict[str, Callable[[int], str]] = {
    "markdown: open square brackets": _of("["),
    "markdown: open pictures": _of("![a"),
    "markdown: links never closed": _of("[a](/b "),
    "markdown: bold never closed": _of("**a "),
    "markdown: stars": _of("*a "),
    "markdown: tags never closed": _of("<a b"),
    "markdown: rules": _lines("---"),
}
# The fields of a record besides its text.
ROWS: dict[str, Callable[[int], str]] = {
    "title of spaces": _between("[", " ", "a"),
    "title of spaced dashes": _of("a - "),
    "title of spaced bars": _of(" |"),
    "author of commas": _of("a, "),
    "author of spaces": _between("by", " ", "a"),
    "author of ands": _of("and "),
    "date of numbers": _of("1 "),
    "date of letters": _of("May "),
    "address of dots": _of("a."),
    "address of slashes": _of("/"),
    "text of ellipses": _of("..."),
    "text of spaces": _between("...", " ", "a"),
}
FILES: dict[str, tuple[str, Callable[[int], str]]] = {
    "text: lines of spaces first": ("a.txt", _between("", "    \n", "1 of")),
    "text: rules first": ("a.txt", _between("", "____\n", "1 of")),
    "export: one word": ("a.txt", _between("1 of 2 DOCUMENTS\n\n", "a", "")),
    "export: labels": ("a.txt", _between("1 of 2 DOCUMENTS\n\n", "Section: a\n\n", "")),
    "export: paragraphs of labels": ("a.txt", _between("1 of 2 DOCUMENTS\n\n", "Section: a\nb\n", "")),
    "export: addresses": ("a.txt", _between("", "https://a.b/c\n", "")),
    "csv: many rows": ("a.csv", _between("text,url\n", "a b c d e f g h i j,x\n", "")),
    "csv: rows without text": ("a.csv", _between("text,url\n", ",\n", "")),
    "csv: many columns": ("a.csv", lambda count: ",".join(f"c{n}" for n in range(count // 8)) + ",text\na\n"),
    "csv: a quote never closed": ("a.csv", _between('text\n"', "a b\n", "")),
    "csv: quotes": ("a.csv", _between("text\n", '"', "")),
    "csv: no content column": ("a.csv", _between("a,b\n", "1,2\n", "")),
    "json: depth": ("a.json", _between('{"text": ', "[", "")),
    "json: depth of objects": ("a.json", _of('{"a": ')),
    "json: many names": ("a.json", lambda count: "{" + ",".join(f'"k{n}":{{}}' for n in range(count // 12)) + "}"),
    "json: many small objects": ("a.json", _between("[", '{"text": "a b"}, ', "{}]")),
    "json: a list of lists": ("a.json", _between('{"text": [', '["a b"], ', '"c"]}')),
    "json: a long number": ("a.json", _between('{"text": ', "1", "}")),
    "json: escapes": ("a.json", _between('{"text": "', "\\u0041", '"}')),
    "json lines: objects on one line": ("a.jsonl", _of('{"text": "a b"} ')),
    "page: nested tags": ("a.html", _between("<html><body>", "<div>", "")),
    "page: tags never closed": ("a.html", _between("<html><body>", "<p>a b <b>", "")),
    "page: links": ("a.html", _between("<html><body><article>", '<a href="x">a b</a> ', "</article>")),
    "page: rows of a table": (
        "a.html",
        _between("<html><body><table>", "<tr><td>a b c</td><td>1</td></tr>", "</table>"),
    ),
    "page: paragraphs": ("a.html", _between("<html><body><article>", f"<p>{STORY}</p>", "</article>")),
    "page: open comments": ("a.html", _between("<html><body>", "<!-- ", "")),
    "page: scripts never closed": ("a.html", _between("<html><body>", "<script>", "")),
    "page: attributes": ("a.html", _between("<html><body><p ", 'a="b" ', ">")),
    "page: entities": ("a.html", _between("<html><body><p>", "&#65;", "</p>")),
}


def _in_an_article(make: Callable[[int], str]) -> Callable[[int], str]:
    """Return a function that puts such a text between the paragraphs of an article."""
    return lambda count: f"Harbour opens\n\n{STORY * 2}\n\n{STORY}{make(count)}\n\n{STORY * 2}"


def _as_a_row(column: str, make: Callable[[int], str]) -> Callable[[int], str]:
    """Return a function that puts such a text into a column of a row with the columns of an article."""
    row = {"title": "Harbour opens", "text": STORY, "author": "Ada Holm", "date": "2026-03-04", "content": STORY * 2}
    column = {"address": "url"}.get(column, column)
    return lambda count: json.dumps(row | {column: make(count)})


def measure(name: str, text: str, config: Config) -> dict[str, float]:
    """Return the seconds of processor time that each stage takes on a file with this text."""
    spent: dict[str, float] = defaultdict(float)
    texts: list[str] = []

    def timed(stage: str, work: Callable[..., T], *arguments: object, **settings: object) -> T:
        start = time.process_time()
        done = work(*arguments, **settings)
        spent[stage] += time.process_time() - start
        return done

    records = read_records(io.BytesIO(text.encode()), source=name, config=config.read)
    together: list[Article] = []
    while (item := timed("read", next, records, None)) is not None:
        found = timed("extract", extract, item, config=config.extract) if isinstance(item, RawDocument) else item
        if not isinstance(found, Article):
            continue
        if is_whole(name):
            timed("split", split, found, config=config.strip)
        for keys in (line_keys, opening_keys):
            timed("keys", keys, found)
        together.append(found)
    for at in range(0, len(together), TOGETHER):
        part = together[at : at + TOGETHER]
        known = {"site_lines": [None] * len(part), "elsewhere": [frozenset[int]()] * len(part)}
        for article, claims in zip(
            part, timed("strip", find_all_claims, part, config=config.strip, **known), strict=True
        ):
            texts.append(timed("cut", cut, article.text, claims).text)
    timed("fingerprint", fingerprint, pl.Series(texts, dtype=pl.String), config=config.dedup)
    return spent


def _measure_file(source: str, make: Callable[[int], str], config: Config, size: int) -> dict[str, float]:
    return measure(source, make(size), config)


def _measure_pair(column: str, make: Callable[[int], tuple[str, str]], size: int) -> dict[str, float]:
    return measure_pair(column, make(size))


def main() -> None:
    """Read the arguments, measure, and print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--only", nargs="+", default=[], help="words that the names of cases contain")
    parser.add_argument("--most-lines", type=int, default=ExtractConfig().max_lines)
    options = parser.parse_args()
    config = Config(extract=ExtractConfig(max_lines=options.most_lines))
    files = {name: ("a.txt", make) for name, make in TEXTS.items()}
    files |= {f"{name}, in an article": ("a.txt", _in_an_article(make)) for name, make in TEXTS.items()}
    files |= {name: ("a.md", make) for name, make in MARKDOWN.items()}
    files |= {name: ("a.json", _as_a_row(name.partition(" ")[0], make)) for name, make in ROWS.items()} | FILES
    cases = {name: partial(_measure_file, source, make, config) for name, (source, make) in files.items()}
    cases |= {f"pair: {name}": partial(_measure_pair, column, make) for name, (column, make) in PAIRS.items()}
    if options.only:
        cases = {name: case for name, case in cases.items() if any(word in name for word in options.only)}
    measure("a.txt", TEXTS["prose, a sentence a line"](10_000), config)  # loads models and word lists
    sizes = "".join(f"{size:>8g}" for size in options.megabytes)
    print(f"{'seconds of processor at MB':40}{sizes}  exponent  heaviest stage, MB of memory so far")
    worse = 0
    for name, measured in cases.items():
        totals: list[float] = []
        heaviest = ""
        for size in options.megabytes:
            spent = measured(int(size * MEGABYTE))
            totals.append(sum(spent.values()))
            heaviest = "{} {:.1f}".format(*max(spent.items(), key=itemgetter(1)))
            if totals[-1] > GIVEN_UP:
                break
        exponent = math.nan
        if len(totals) > 1 and totals[-1] > NOTICED:
            growth = options.megabytes[len(totals) - 1] / options.megabytes[len(totals) - 2]
            exponent = math.log(totals[-1] / totals[-2], growth)
        mark = "*" if exponent > WORST else " "
        worse += exponent > WORST
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        shown = "".join(f"{total:8.2f}" for total in totals)
        print(f"{name:40}{shown:{8 * len(options.megabytes)}}{exponent:9.2f} {mark} {heaviest}, {peak:,}", flush=True)
    print(f"worse than linear: {worse} of {len(cases)} cases")
    sys.exit(worse > 0)


if __name__ == "__main__":
    main()
