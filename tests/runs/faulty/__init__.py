"""Simulations that misbehave, each in its own way. Only tests can name them."""
