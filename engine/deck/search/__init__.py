"""Search over all lectures: slides, terms of the glossary, works, and experiments."""
