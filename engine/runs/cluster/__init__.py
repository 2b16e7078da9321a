"""Runs on a Ray cluster, which several servers share."""
