"""Changes of the store's tables, in order: Alembic brings an older store to the newest."""
