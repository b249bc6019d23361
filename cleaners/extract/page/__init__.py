"""HTML pages: the article's blocks, and what the page says of itself."""
