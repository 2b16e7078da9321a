"""`practicum diff BASE`: which slides and claims have changed since a revision."""
