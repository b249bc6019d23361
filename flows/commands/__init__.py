"""The commands of `winnow` beside those that run it: what they are asked; their work is done in modules of `flows`."""
