"""Finished runs on disk: those of this user, and those that ship with the lectures."""
