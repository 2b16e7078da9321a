"""The one WebSocket of a page: its messages, and what answers them."""
