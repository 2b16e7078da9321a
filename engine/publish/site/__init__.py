"""`practicum export site`: the lectures as files, with the server's own pages and scripts."""
