"""Where an article may end: the measures of such a place, and the models that judge it."""
