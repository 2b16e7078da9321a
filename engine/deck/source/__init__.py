"""The text of a deck: its slides, comments and directives, each with its line."""
