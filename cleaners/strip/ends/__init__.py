"""Where an article may end: what is measured there, and the models that judge it."""
