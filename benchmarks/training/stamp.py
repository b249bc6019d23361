"""Bind models to today's word lists, once their figures have been checked.

    python -m benchmarks.training.stamp NAME ...

A model is refused if a word list that its features count has changed since the training. After a change of words,
cross-validate first: the model's training script prints the figures with `--folds`. If they are as good as those in
docs/reference/models.md, the model may stay as it is, and this script writes only the new digests into its file.
Otherwise train it again. NAME is the name of a model's file without `.json`.
"""

import argparse
import json

from benchmarks.training.model_files import MODELS, as_text, place_of
from cleaners.learned.files import stamps_of


def main() -> None:
    """Write the digests of today's word lists, and print which lists have changed."""
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
