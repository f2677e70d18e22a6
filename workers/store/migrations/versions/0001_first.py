"""The first schema: files, track sets, tracks, jobs, readings, reviews."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _leased() -> list[sa.Column[Any]]:
    return [
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("lease_token", sa.Text),
        sa.Column("owner", sa.Text),
    ]


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "files",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.Integer().with_variant(sa.BigInteger, "postgresql"), nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("prepared", sa.JSON),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        *_leased(),
    )
    op.create_table(
        "track_sets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("assembly", sa.Text),
        sa.Column("chroms", sa.JSON, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_table(
        "tracks",
        sa.Column("track_set_id", sa.Text, sa.ForeignKey("track_sets.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("file_id", sa.Text, sa.ForeignKey("files.id"), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("assay", "sample", "strand", "color", "scale_group")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("track_set_id", sa.Text, sa.ForeignKey("track_sets.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("cancelled_at", sa.Double),
    )
    _create_readings()
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("reading_id", sa.Text, sa.ForeignKey("readings.id"), nullable=False, index=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("lang", sa.Text),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )


def _create_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("chrom", sa.Text, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("render_attempts", sa.Integer, nullable=False),
        sa.Column("read_attempts", sa.Integer, nullable=False),
        sa.Column("figure", sa.Text),
        *(sa.Column(name, sa.JSON) for name in ("layout", "evidence", "notes", "record")),
        sa.Column("error", sa.Text),
        sa.Column("review_state", sa.Text, nullable=False, index=True),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("finished", sa.Double),
        sa.Column("times_finished", sa.Integer, nullable=False),
        *_leased(),
    )
    op.create_index("readings_by_state", "readings", ["state", "position"])
    op.create_index("readings_of_job", "readings", ["job_id", "position"])


def downgrade() -> None:
    """Drop every table."""
    for name in ("reviews", "readings", "jobs", "tracks", "track_sets", "files"):
        op.drop_table(name)
