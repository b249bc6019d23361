"""The finders: each claims one kind of what is not the article."""
