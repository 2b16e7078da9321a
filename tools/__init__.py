"""Programs that only contributors need; nothing in `engine` or `sims` imports them."""
