"""Compare the dedup stage with other tools, in one run on the same texts.

    python -m benchmarks.speed.dedup_peers [--texts FILE ...] [--articles N] [--only WORDS]

Peers, pinned: pip install rensa==0.5.0 datatrove==0.10.1 xxhash==3.8.2 tokenizers==0.23.3 (datasketch is here). Each
FILE is JSON Lines, perhaps gzipped, with a `text` in each line. Each file is measured by itself, and then a generated
corpus of N articles (40,000; 0 for none) of 3-6 kB. `--only "stage: winnow"` runs the tools whose names begin like
this. `PYTHONPATH=OTHER:. python -P -m benchmarks.speed.dedup_peers` measures the stage of another checkout.
Signatures have 128 permutations over 3-word shingles; whole stages use 5-word shingles if that is the tool's habit.
Each measurement runs in a process of its own. It prints articles per second, by the clock and of the processor, seconds
of both, and peak memory with the texts and of the texts alone. Every tool may use all cores, but none of the peers
does.
"""

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from datasketch import MinHash, MinHashLSH

from benchmarks.made_corpus import as_articles, generate
from cleaners.dedup import DedupConfig, deduplicate
from cleaners.dedup.tokens.fingerprints import signatures
from cleaners.dedup.tokens.shingles import batches_of, shingle
from cleaners.dedup.tokens.words import hash_words, scan

WORD = re.compile(r"\w+")
PERMUTATIONS = 128


def usual_shingles(text: str, length: int) -> list[str]:
    """Return shingles in the usual form: strings of lower-case words."""
    words = WORD.findall(text.lower())
    return [" ".join(words[i : i + length]) for i in range(max(1, len(words) - length + 1))]


def winnow_signatures(texts: list[str]) -> str:
    """Make words, shingles and signatures as the stage does, on one core."""
    for block in batches_of(texts):
        signatures(shingle(hash_words(scan(block)), 3), permutations=PERMUTATIONS, seed=1)
    return ""


def datasketch_signatures(texts: list[str]) -> str:
    """Run `datasketch.MinHash.update_batch` over the usual shingles."""
    for text in texts:
        MinHash(PERMUTATIONS, scheme="affine32").update_batch([s.encode() for s in usual_shingles(text, 3)])
    return ""


def rensa_signatures(texts: list[str]) -> str:
    """Run `rensa.RMinHash` over the usual shingles, a thousand articles at a time."""
    from rensa import RMinHash

    for at in range(0, len(texts), 1000):
        sets = [usual_shingles(t, 3) for t in texts[at : at + 1000]]
        RMinHash.digest_matrix_from_token_sets(sets, PERMUTATIONS, 1).to_rows()
    return ""


def winnow_stage(texts: list[str]) -> str:
    """Run the whole stage: signatures, candidates, verified pairs, clusters, passages."""
    found = deduplicate(as_articles(texts), config=DedupConfig())
    return f"{(found.clusters['id'] != found.clusters['kept_id']).sum():,} removed, all verified"


def datasketch_stage(texts: list[str]) -> str:
    """Run the loop of datasketch's documentation: MinHash and LSH at 0.7; the first is kept, nothing is verified."""
    lsh = MinHashLSH(threshold=0.7, num_perm=PERMUTATIONS)
    removed = 0
    for i, text in enumerate(texts):
        sketch = MinHash(PERMUTATIONS, scheme="affine32")
        sketch.update_batch([s.encode() for s in usual_shingles(text, 5)])
        if lsh.query(sketch):
            removed += 1
        else:
            lsh.insert(i, sketch)
    return f"{removed:,} removed, none verified"


def datatrove_stage(texts: list[str]) -> str:
    """Run datatrove's MinHash pipeline with its parameters (14 x 8, 5 words), but split words at spaces."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import minhash
    from loguru import logger

    logger.remove()

    class Spaces:
        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

    minhash.load_word_tokenizer = lambda _language: Spaces()
    config = minhash.MinhashConfig()
    documents = [Document(text=t, id=str(i)) for i, t in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        minhash.MinhashDedupSignature(f"{folder}/s", config).run(iter(documents), 0, 1)
        for bucket in range(config.num_buckets):
            minhash.MinhashDedupBuckets(f"{folder}/s", f"{folder}/b", config=config).run(
                None, bucket, config.num_buckets
            )
        minhash.MinhashDedupCluster(f"{folder}/b", f"{folder}/c", config=config).run(None, 0, 1)
        kept = sum(1 for _ in minhash.MinhashDedupFilter(f"{folder}/c").run(iter(documents), 0, 1))
    return f"{len(texts) - kept:,} removed, none verified"


RUNS: dict[str, Callable[[list[str]], str]] = {
    "signatures: winnow": winnow_signatures,
    "signatures: datasketch": datasketch_signatures,
    "signatures: rensa": rensa_signatures,
    "stage: winnow": winnow_stage,
    "stage: datasketch LSH": datasketch_stage,
    "stage: datatrove": datatrove_stage,
}


def measure(name: str, path: Path) -> None:
    """Run one tool on the texts of a Parquet file and print one line."""
    texts = pl.read_parquet(path)["text"].to_list()
    RUNS[name](texts[:200])
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    remark = RUNS[name](texts)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"  {name:26}{len(texts) / wall:>10,.0f}{len(texts) / cpu:>10,.0f}{wall:>9.1f}{cpu:>9.1f}"
        f"{after.ru_maxrss / 2**20:>8.2f}{before.ru_maxrss / 2**20:>8.2f}  {remark}",
        flush=True,
    )


def read_texts(path: Path) -> list[str]:
    """Return the texts of a JSON Lines file, without those of a few letters."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf8") as lines:
        return [text for line in lines if len(text := json.loads(line)["text"] or "") > 20]


def main() -> None:
    """Measure every tool on every corpus, each time in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--only", default="", metavar="WORDS")
    parser.add_argument("--articles", type=int, default=40_000)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        measure(chosen.one[0], Path(chosen.one[1]))
        return
    quiet = os.environ | {"TQDM_DISABLE": "1"}
    command = [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-m", __spec__.name]
    with tempfile.TemporaryDirectory() as folder:
        corpora = {path.name: read_texts(path) for path in chosen.texts}
        if chosen.articles:
            corpora["generated news"] = generate(chosen.articles, words=700)["text"].to_list()
        for title, texts in corpora.items():
            letters = sum(map(len, texts)) / len(texts)
            print(f"{title}: {len(texts):,} texts of {letters:,.0f} letters")
            print(
                f"  {'':26}{'a second':>10}{'a cpu s':>10}{'clock s':>9}{'cpu s':>9}{'GB':>8}{'(texts)':>8}", flush=True
            )
            path = Path(folder) / "texts.parquet"
            pl.DataFrame({"text": texts}).write_parquet(path)
            for name in (name for name in RUNS if name.startswith(chosen.only)):
                if subprocess.run([*command, "--one", name, str(path)], env=quiet, check=False).returncode:
                    print(f"  {name}: did not run", flush=True)


if __name__ == "__main__":
    main()
