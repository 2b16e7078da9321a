"""Decks to verdicts: what is wrong with them, and which slides do not fit."""
