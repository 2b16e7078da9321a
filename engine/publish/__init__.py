"""Decks to verdicts and files: what is wrong, what has changed; sites, paper and notebooks."""
