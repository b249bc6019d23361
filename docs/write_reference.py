"""Write the pages of docs/reference that are made from code; `make reference` runs this.

usage: python -m docs.write_reference
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import typer
from typer.testing import CliRunner

from cleaners.meanings import FATES, REASONS, RULES, VERDICTS
from flows.cli import app
from flows.described_settings import describe_settings
from flows.tables import COLUMNS

FOLDER = Path(__file__).parent / "reference"
WRITTEN = "<!-- Written by `make reference` from {source}. Change it there. -->\n"
WIDTH = 100
TYPES: Mapping[type[pl.DataType], str] = {
    pl.String: "string",
    pl.UInt32: "u32",
    pl.UInt64: "u64",
    pl.Float64: "f64",
    pl.Boolean: "bool",
    pl.Date: "date",
}
ROWS = {
    "articles": "an article that was kept",
    "duplicates": "an article that was not kept, because another one says the same; the columns after `confidence` are "
    "about the pair of this article and the one kept in its place, which were compared directly",
    "audit/removals": "a span of text that a rule claimed. Every span is cut except those with the reason `unsure`. "
    "Kept text and cut spans together are the extracted text, character by character",
    "audit/pairs": "a pair of articles that was compared, whatever came of it; columns that the verdict did not need "
    "are null",
    "audit/passages": "a passage of at least `dedup.passage_min` words that two kept articles share, such as a "
    "quotation or an agency's background. Text that three stories of a site carry is left out. The table covers the "
    "pairs in `audit/pairs`; `dedup.all_pairs` widens both to all candidates",
    "audit/capped": "a kind of bucket with too many articles to compare all with all; usually there are none. See "
    "[near-duplicates](../explanation/near-duplicates.md#what-is-capped-and-reported)",
    "audit/fates": "a raw record and what became of it",
}


def settings_page() -> str:
    """Return every setting with its default, what it takes, its unit and its meaning."""
    lines = [
        WRITTEN.format(source="the models of the settings"),
        "# Settings",
        "",
        "Settings stand in `winnow.toml`, one section each, or in the file that `--config` names. `--set "
        "section.key=value` overrides one for a single run. `winnow settings` prints this list with the values of your "
        "file, `winnow settings --toml` writes a file to start from. An unknown key is an error.",
        "",
        "Of the units, log odds may need a word: the logarithm of how many times likelier yes is than no. 0 is a "
        "probability of 0.5, 1 of 0.73, 2 of 0.88.",
    ]
    section = ""
    for row in describe_settings(None):
        above, _, name = row.path.rpartition(".")
        if above != section:
            section = above
            lines += [
                "",
                f"## `{section}`",
                "",
                "| Setting | Default | Takes | Unit | Meaning |",
                "|---|---|---|---|---|",
            ]
        default = "not set" if row.default is None else f"`{json.dumps(row.default, ensure_ascii=False)}`"
        lines.append(_row(f"`{name}`", default, row.allowed, row.unit, row.meaning))
    return _page(lines)


def tables_page() -> str:
    """Return the columns of every table with their types and meanings."""
    lines = [
        WRITTEN.format(source="`flows/tables.py`"),
        "# Tables",
        "",
        "Every table is a folder of Parquet files below `clean/current/`. What readers may rely on beyond the columns "
        "stands in the [data contract](data-contract.md).",
    ]
    for table, columns in COLUMNS.items():
        listed = columns
        lines += ["", f"## `{table}/`", "", f"One row is {ROWS[table]}.", ""]
        if table == "duplicates":
            lines += ["All columns of `articles`, and:", ""]
            listed = {name: column for name, column in columns.items() if name not in COLUMNS["articles"]}
        lines += ["| Column | Type | Meaning |", "|---|---|---|"]
        for name, column in listed.items():
            kind = TYPES[type(column.kind)] + (", may be null" if column.empty else "")
            lines.append(_row(f"`{name}`", kind, column.meaning))
    return _page(lines)


def rules_page() -> str:
    """Return every rule, reason, verdict and fate with its meaning."""
    lines = [
        WRITTEN.format(source="`cleaners/meanings.py`"),
        "# Rules, reasons, verdicts, fates",
        "",
        "The words that stand in the audit tables. How the rules work, and how often they are right, is told in "
        "[stripping](../explanation/stripping.md); how pairs are judged, in "
        "[near-duplicates](../explanation/near-duplicates.md).",
        *_listed("Reasons", "Reason", REASONS),
        "",
        "## Rules",
        "",
        "A claim that is not sure has the reason `unsure` instead of the one named here, and nothing is cut.",
        "",
        "| Rule | Reason | What it claims | What it leaves alone |",
        "|---|---|---|---|",
    ]
    for name, rule in RULES.items():
        reasons = ", ".join(f"`{reason}`" for reason in rule.reasons or ("unsure",))
        lines.append(_row(f"`{name}`", reasons, rule.claims, rule.spares))
    lines += [*_listed("Verdicts", "Verdict", VERDICTS), *_listed("Fates", "Fate", FATES)]
    return _page(lines)


def commands_page() -> str:
    """Return the help of every command, without colours and boxes."""
    lines = [
        WRITTEN.format(source="the help texts of the commands"),
        "# Commands",
        "",
        "`winnow COMMAND --help` prints the same. `winnow --install-completion` has the shell complete commands and "
        "options.",
    ]
    for name in sorted(typer.main.get_command(app).commands):  # type: ignore[attr-defined]
        told = CliRunner().invoke(app, [name, "--help"], prog_name="winnow", terminal_width=WIDTH).stdout
        lines += ["", f"## `winnow {name}`", "", "```", told.strip(), "```"]
    return _page(lines)


def _listed(heading: str, what: str, meanings: Mapping[Any, str]) -> list[str]:
    rows = [_row(f"`{name}`", meaning) for name, meaning in meanings.items()]
    return ["", f"## {heading}", "", f"| {what} | Meaning |", "|---|---|", *rows]


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _page(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


PAGES = {
    "settings.md": settings_page,
    "tables.md": tables_page,
    "rules.md": rules_page,
    "commands.md": commands_page,
}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
