"""Alembic's entry: runs the migrations on the connection that `workers.store.upgrade` hands over."""

from alembic import context

from workers.store import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
