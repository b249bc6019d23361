"""A flow that starts when a corpus is published and reads only what is new in it.

usage: python docs/examples/new_articles.py CLEAN FOLDER

It serves the deployment `new-articles/on-publish` with its automation until it is stopped. Each time a run of Winnow
has published into CLEAN, it writes the articles that are new or changed since the snapshot before to a file of FOLDER.
"""

import sys
from pathlib import Path

import polars as pl
from prefect import flow
from prefect.events import DeploymentEventTrigger


@flow(name="new-articles")
def new_articles(snapshot: str, previous: str | None, folder: str) -> int:
    """Write the articles of a snapshot that the one before does not have as they are; return how many they are."""
    articles = pl.scan_parquet(f"{snapshot}/articles/*.parquet")
    # The first snapshot has none before it, and one that has been removed since cannot be read.
    if previous and Path(previous, "manifest.json").is_file():
        known = pl.scan_parquet(f"{previous}/articles/*.parquet").select("id", "content_sha256")
        articles = articles.join(known, on=["id", "content_sha256"], how="anti")
    new = articles.collect()
    Path(folder).mkdir(parents=True, exist_ok=True)
    new.write_parquet(Path(folder, f"{Path(snapshot).name}.parquet"))
    return new.height


def main(clean: Path, folder: Path) -> None:
    """Serve the flow for one corpus."""
    published = DeploymentEventTrigger(
        name=f"new articles of {clean}",
        expect={"winnow.corpus.published"},
        match={"prefect.resource.id": f"winnow.corpus.{clean}"},
        parameters={
            "snapshot": "{{ event.payload.snapshot }}",
            "previous": "{{ event.payload.previous }}",
            "folder": str(folder),
        },
    )
    new_articles.serve(name="on-publish", triggers=[published])


if __name__ == "__main__":
    main(*(Path(argument).absolute() for argument in sys.argv[1:]))
