"""Markdown to HTML: formulas, code, tables, citations and footnotes, and what is let through."""
