"""The commands of `winnow` that do not run the flow: their options, and what they print."""
