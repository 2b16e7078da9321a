"""Simulations that tests of the ledger run in worker processes."""
