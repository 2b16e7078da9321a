"""`practicum export pdf` and `handout`: a lecture on paper, printed by Chromium and checked."""
