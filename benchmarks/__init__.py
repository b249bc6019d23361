"""Figures, and what makes the learned models: nothing here is part of the package."""
