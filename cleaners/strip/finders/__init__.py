"""The finders: each claims one kind of text that is not the article's."""
