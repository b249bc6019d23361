"""Bind models to the word lists of today, once their figures were seen to hold.

    python -m benchmarks.training.stamp NAME ...

A model is refused where a word list that its features count is not the one it was trained with. After a change of
words, first cross-validate: the model's training script prints the figures with `--folds`. If those with the new words
are as good as those in docs/reference/models.md, the model may stay as it is, and this writes the new digests into its
file and no other byte. Otherwise train it anew. NAME is a model's file without `.json`.
"""

import argparse
import json

from benchmarks.training.model_files import MODELS, as_text, place_of
from cleaners.learned.files import stamps_of


def main() -> None:
    """Write the digests of today's word lists, and print which have changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=MODELS, metavar="NAME", help=", ".join(MODELS))
    for name in parser.parse_args().names:
        path = place_of(MODELS[name], None)
        content = json.loads(path.read_text("utf-8"))
        stamps = stamps_of(MODELS[name].words())
        changed = sorted(dict(content["words"].items() ^ stamps.items()))
        path.write_text(as_text({**content, "words": stamps}), encoding="utf-8")
        print(f"{MODELS[name].path}: {', '.join(changed) or 'nothing'} stamped anew")


if __name__ == "__main__":
    main()
