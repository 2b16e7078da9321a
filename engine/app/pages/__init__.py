"""The pages: list of lectures, one lecture, references, claims, and what an odd address shows."""
