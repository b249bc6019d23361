"""The work of worker processes, from raw files to the tables of a snapshot; nothing here imports Prefect."""
