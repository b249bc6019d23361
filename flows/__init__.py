"""The flow: files, tables, orchestration and the command line; no cleaning logic."""
