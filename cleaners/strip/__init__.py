"""The strip stage: finders claim what is not the article, `cut` cuts it."""
