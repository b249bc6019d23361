"""Measurements, and the training of the learned models; nothing here is part of the package."""
