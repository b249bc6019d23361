"""Quality on a labelled sample of invented news; every text in `data/` is fiction, and every truth was written with it.

`data/truth.jsonl` has a case a line: `case`, `file` (the page or text beside it), `kind`, `language`, `title`, `truth`
(the article as it should come out, headline excluded, a compilation's part headlines too) and `must_go` (phrases that
may not be left). Kinds that begin with `clean` have nothing to remove. `data/neardup.jsonl` has texts with the `group`
each belongs to, the `kind` of copy or look-alike it is and the text it was made `of`; `make_neardup` writes it.
"""
