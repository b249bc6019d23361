"""The ids that clusters keep from one run to the next."""

import hashlib

import polars as pl


def carry_cluster_ids(clusters: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Give each cluster the id that most of its members had before, unless another cluster has a better claim to it.

    `clusters` has `id`, `kept_id` and `cluster_id`; `previous` has the `id` and `cluster_id` of an earlier run. A
    cluster without a member from that run gets the id of its kept article or, if that already names another cluster, a
    hash of it.
    """
    claims = (
        clusters.select("id", "kept_id")
        .join(previous.select("id", pl.col("cluster_id").alias("carried")), on="id")
        .group_by("kept_id", "carried")
        .len("members")
        .sort("members", "carried", "kept_id", descending=[True, False, False])
    )
    settled = pl.DataFrame(schema={"kept_id": pl.String, "carried": pl.String})
    while claims.height:
        # Each cluster asks for its best id, and each id goes to its best cluster; the losers ask again for the rest.
        asked = claims.unique("kept_id", keep="first", maintain_order=True)
        won = asked.unique("carried", keep="first", maintain_order=True).select("kept_id", "carried")
        settled = pl.concat([settled, won])
        claims = claims.join(won, on="kept_id", how="anti", maintain_order="left")
        claims = claims.join(won, on="carried", how="anti", maintain_order="left")
    named = clusters.join(settled, on="kept_id", how="left", maintain_order="left")
    taken = set(settled["carried"])
    fresh = named.filter(pl.col("carried").is_null())["kept_id"].unique()
    own = pl.DataFrame({"kept_id": fresh, "own": pl.Series([_unclaimed(k, taken) for k in fresh], dtype=pl.String)})
    named = named.join(own, on="kept_id", how="left", maintain_order="left")
    return named.with_columns(cluster_id=pl.coalesce("carried", "own")).select(clusters.columns)


def _unclaimed(kept: str, taken: set[str]) -> str:
    name = kept
    while name in taken:
        name = hashlib.sha256(name.encode()).hexdigest()[:16]
    return name
