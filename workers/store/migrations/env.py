"""Alembic's entry: runs the migrations on the connection that `workers.store.database.upgrade` hands over."""

from alembic import context

from workers.store.database import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
