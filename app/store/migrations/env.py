"""Run by Alembic: the steps go over the connection, and into the transaction, that the store has opened."""

from alembic import context

from app.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
