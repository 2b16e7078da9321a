"""The web app: pages, the live socket, and what the browser fetches."""
