"""How tracks are drawn and jobs are read; ranges shared by a job's figures; jobs made to be compared with another."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; rows that are there keep the usual ways (null)."""
    op.add_column("tracks", sa.Column("options", sa.JSON))
    op.add_column("jobs", sa.Column("options", sa.JSON))
    op.add_column("jobs", sa.Column("limits", sa.JSON))
    # In plain SQL: SQLite takes a reference with a new column, but no constraint afterwards.
    op.execute("ALTER TABLE jobs ADD COLUMN again_of TEXT REFERENCES jobs (id)")
    op.create_index("ix_jobs_again_of", "jobs", ["again_of"])


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index("ix_jobs_again_of", "jobs")
    for table, names in (("jobs", ("again_of", "limits", "options")), ("tracks", ("options",))):
        for name in names:
            op.drop_column(table, name)
