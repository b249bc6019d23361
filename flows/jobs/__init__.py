"""What worker processes do, from raw files to the tables of a snapshot; nothing here knows Prefect."""
