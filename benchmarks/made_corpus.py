"""Generated corpora for the benchmarks of the dedup stage: real words at their real frequencies, and known copies."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from wordfreq import top_n_list, word_frequency

VOCABULARY = 40_000
SENTENCE = 18


def generate(articles: int, *, words: int, copies: float = 0.2, seed: int = 7) -> pl.DataFrame:
    """Generate articles of about `words` words; the share `copies` of them are edited copies or excerpts of others."""
    rng = np.random.default_rng(seed)
    names = np.array(top_n_list("en", VOCABULARY), dtype=object)
    chances = np.cumsum([word_frequency(w, "en") for w in names])
    originals = articles - int(articles * copies)
    texts = list(_originals(rng, names, chances / chances[-1], originals, words))
    for source in rng.integers(0, originals, articles - originals).tolist():
        texts.append(_copy(rng, texts[source]))
    order = rng.permutation(articles)
    return as_articles([texts[i] for i in order.tolist()])


def _originals(
    rng: np.random.Generator, names: np.ndarray, chances: np.ndarray, count: int, words: int
) -> Iterator[str]:
    for at in range(0, count, 10_000):
        lengths = rng.integers(words * 2 // 3, words * 4 // 3, min(10_000, count - at))
        drawn = names[np.searchsorted(chances, rng.random(int(lengths.sum())))]
        ends = np.cumsum(lengths)
        for a, b in zip((ends - lengths).tolist(), ends.tolist(), strict=True):
            parts = [drawn[i : min(i + SENTENCE, b)] for i in range(a, b, SENTENCE)]
            yield " ".join(" ".join(p).capitalize() + "." for p in parts)


def _copy(rng: np.random.Generator, text: str) -> str:
    """Copy a text: unchanged, without one word in 25, or only its first 60 %."""
    kind = rng.integers(3)
    if kind == 0:
        return text
    words = text.split(" ")
    if kind == 1:
        return " ".join(w for w, keep in zip(words, (rng.random(len(words)) > 0.04).tolist(), strict=True) if keep)
    return " ".join(words[: len(words) * 6 // 10])


def copies_of_one(count: int, *, words: int, seed: int = 7) -> pl.DataFrame:
    """Generate an article and its copies, each of which lacks one word in 50."""
    rng = np.random.default_rng(seed)
    text = generate(1, words=words, copies=0, seed=seed)["text"][0].split(" ")
    keep = rng.random((count, len(text))) > 0.02
    return as_articles([" ".join(np.array(text, dtype=object)[k]) for k in keep])


def reports_of_one_form(count: int, *, seed: int = 7) -> pl.DataFrame:
    """Generate reports that differ only in their numbers, 16 in about 100 words."""
    rng = np.random.default_rng(seed)
    form = (
        "The gauge at station {} stood at {} centimetres on day {} of the season, after {} the day before. "
        "The flow was {} litres a second, and the water had {} degrees at {} metres of depth. Wardens counted {} boats "
        "and {} swimmers, and {} of the locks were open from {} hours to {} hours. The office expects {} centimetres "
        "within {} days, and says that the banks can take {} before the road to lot {} has to be closed to all traffic."
    )
    return as_articles([form.format(*row) for row in rng.integers(1, 10_000, (count, 16)).tolist()])


def as_articles(texts: list[str]) -> pl.DataFrame:
    """Make a table of cleaned articles from texts."""
    return pl.DataFrame(
        {
            "id": [f"{i:016x}" for i in range(len(texts))],
            "text": texts,
            **{name: pl.Series([None] * len(texts), dtype=pl.String) for name in ("title", "author", "url", "site")},
            "published": pl.Series([None] * len(texts), dtype=pl.Date),
            "words": pl.Series([t.count(" ") + 1 for t in texts], dtype=pl.UInt32),
            "source": [f"{i}.txt" for i in range(len(texts))],
        }
    )
