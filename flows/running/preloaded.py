"""Loads what every worker needs when it is imported, by the process from which workers are forked.

Nothing here may start a thread that later work waits for, since a fork would lose it. So polars is imported but not
used.
"""

# ruff: noqa: E402 - what comes first must be settled before the long imports
import gc
import os
import signal
from multiprocessing import spawn

# Every core has a worker already, and numpy's threads would not survive a fork.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Signals that stop a run often go to all its processes. This one ignores them and ends with the run.
for _sent in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_sent, signal.SIG_IGN)
# Python makes each worker import the main program. In a deployed run that is Prefect: 1 s of processor time and 40 MB.
spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]

from cleaners.confidence import confidence_of
from cleaners.dedup import load_tables
from cleaners.extract import extract
from cleaners.records import Article, RawDocument
from cleaners.strip import cut, find_claims
from flows.jobs import extracted_parts, sharded_duplicates, stripped_parts  # noqa: F401 - what workers are asked to run
from flows.settings import Settings

_ENGLISH = "At noon the bridge over the Ostra was opened again, and by the evening it was closed."
_GERMAN = "Am Mittag wurde die Brücke über die Ostra wieder geöffnet, und am Abend war sie geschlossen."
_PAGE = f"<html><body><article><h1>Ostra</h1><p>{_GERMAN}</p><p>{_GERMAN}</p></article></body></html>"


def _load() -> None:
    """Run a text and a page through the stages, so that they load their models and word lists."""
    settings = Settings()
    # Not in English, so that the language model is needed.
    extract(RawDocument("ostra.html", 0, _PAGE, "html"), config=settings.extract)
    article = extract(
        RawDocument("ostra.txt", 0, f"Ostra\n\n{_ENGLISH}\n\n{_ENGLISH}", "text"), config=settings.extract
    )
    if isinstance(article, Article):
        claims = find_claims(article, config=settings.strip)
        confidence_of(article, claims, cut(article.text, claims))
    load_tables(settings.dedup)


_load()
# What was loaded is never freed. So the collector of a worker need not visit it, which would copy its memory.
gc.freeze()
