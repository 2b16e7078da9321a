"""The engine: decks to slides, parameters to frames, and the web app that shows both."""
