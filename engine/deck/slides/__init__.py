"""A rendered slide in its deck: layout, steps, footer, style sheet and the list of works."""
