"""The data beside the decks: works, glossary, transcript, pictures and what links lead to."""
