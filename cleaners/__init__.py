"""The cleaning of news: read, extract, strip and dedup, as pure functions that touch no file, clock or network."""
