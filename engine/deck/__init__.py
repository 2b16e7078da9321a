"""Text to slides to HTML."""
