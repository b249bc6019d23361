"""The line model: how likely each line of an article is page furniture."""
