"""The pages: list of lectures, one lecture, references, claims, and what an odd address shows.

Not a folder called `pages`: beside its script Streamlit takes each file of such a one for a page.
"""
