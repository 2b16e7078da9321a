"""The ledger of claims: what a lecture says, where from, and what a simulation measured of it."""
