"""What Alembic runs: the migrations, on the connection that `store.py` has opened."""

from alembic import context

from engine.room.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column by copying its table
)
context.run_migrations()
