"""Transformers small enough to be trained by the dozen, and sources whose entropy is known."""
