"""The engine: decks to slides, parameters to frames, and the web app that shows both."""

__version__ = "0.1.0"
