"""The database: files, track sets, jobs, readings, reviews. SQLite on one machine, PostgreSQL on many.

States and leases live here; what they mean for a worker is in `workers.queue.steps`. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Engine, ForeignKey, Index, Text, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from workers.settings import Settings, SettingsError
from workers.store.artifacts import Artifacts

BUSY_SECONDS = 30
"""How long a writer waits for another. With BEGIN IMMEDIATE, six writers never waited that long."""

UPGRADE_LOCK = 5_107_710
"""Key of PostgreSQL's advisory lock for migrations: any number nobody else in this database uses."""

END_STATES = ("done", "failed", "cancelled")


def new_id() -> str:
    """A short random id: not guessable, safe in a URL."""
    return secrets.token_urlsafe(9)


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, str: Text}  # noqa: RUF012 - SQLAlchemy's own form


class Leased:
    """Columns of a row that a worker takes for a while: see `workers.queue.leases`."""

    lease_until: Mapped[float] = mapped_column(default=0.0)
    lease_token: Mapped[str | None] = mapped_column(default=None)
    owner: Mapped[str | None] = mapped_column(default=None)


class File(Leased, Base):
    """An upload. state: uploaded, preparing, ready, failed."""

    __tablename__ = "files"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default="uploaded", index=True)
    progress: Mapped[float] = mapped_column(default=0.0)
    format: Mapped[str]
    kind: Mapped[str]
    prepared: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created: Mapped[float] = mapped_column(default=time.time)


class TrackSet(Base):
    """Files that are drawn together."""

    __tablename__ = "track_sets"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    assembly: Mapped[str | None]
    chroms: Mapped[dict[str, Any]]
    created: Mapped[float] = mapped_column(default=time.time)
    tracks: Mapped[list[TrackRow]] = relationship(order_by="TrackRow.number")


class TrackRow(Base):
    """One track of a track set, in the order of the figure. `options` are those of
    `workers.requests.options.read_look` and `read_place`, with `combine` and the ids of further `files`."""

    __tablename__ = "tracks"
    track_set_id: Mapped[str] = mapped_column(ForeignKey("track_sets.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"))
    label: Mapped[str]
    assay: Mapped[str | None]
    sample: Mapped[str | None]
    strand: Mapped[str | None]
    color: Mapped[str | None]
    group: Mapped[str | None] = mapped_column("scale_group")
    options: Mapped[dict[str, Any] | None]
    file: Mapped[File] = relationship()


class Job(Base):
    """Loci of one track set, read by one model. `options` are a `workers.requests.options.JobOptions`; `limits` the
    ranges that hold for all its figures, by what shares them, once they are known; `again_of` the job it was made to be
    compared with: the first of them."""

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    track_set_id: Mapped[str] = mapped_column(ForeignKey("track_sets.id"))
    name: Mapped[str]
    model: Mapped[str]
    lang: Mapped[str]
    created: Mapped[float] = mapped_column(default=time.time)
    cancelled_at: Mapped[float | None]
    options: Mapped[dict[str, Any] | None]
    limits: Mapped[dict[str, Any] | None]
    again_of: Mapped[str | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    track_set: Mapped[TrackSet] = relationship()


class Reading(Leased, Base):
    """One locus of a job: queued, rendering, rendered, reading, then done, failed or cancelled."""

    __tablename__ = "readings"
    __table_args__ = (Index("readings_by_state", "state", "position"), Index("readings_of_job", "job_id", "position"))
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    position: Mapped[int]
    chrom: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    label: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="queued")
    render_attempts: Mapped[int] = mapped_column(default=0)
    read_attempts: Mapped[int] = mapped_column(default=0)
    figure: Mapped[str | None]
    layout: Mapped[dict[str, Any] | None]
    evidence: Mapped[dict[str, Any] | None]
    notes: Mapped[list[Any] | None]
    record: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    review_state: Mapped[str] = mapped_column(default="pending", index=True)
    created: Mapped[float] = mapped_column(default=time.time)
    finished: Mapped[float | None]
    times_finished: Mapped[int] = mapped_column(default=0)
    job: Mapped[Job] = relationship()
    reviews: Mapped[list[Review]] = relationship(order_by="Review.created")


class Review(Base):
    """What a person decided of a reading; rows are only ever added, the latest decides."""

    __tablename__ = "reviews"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reading_id: Mapped[str] = mapped_column(ForeignKey("readings.id"), index=True)
    action: Mapped[str]
    text: Mapped[str | None]
    lang: Mapped[str | None]
    reviewer: Mapped[str]
    created: Mapped[float] = mapped_column(default=time.time)


class Store:
    """The database and the folders beside it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = _engine(settings)
        self.data = data = settings.data
        self.figures = Artifacts(data / "figures")
        self.uploads = Artifacts(data / "uploads")
        self.drawings = Artifacts(data / "drawings")
        self.prepared = data / "prepared"
        self.incoming = data / "incoming"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back on an exception."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, and waits for no writer."""
        with Session(self.engine.execution_options(immediate=False), expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _engine(settings: Settings) -> Engine:
    url = settings.database
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    Path(settings.data).mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would otherwise begin by itself, too late
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails under load unless it takes the write lock at once.
    immediate = connection.get_execution_options().get("immediate", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def upgrade(settings: Settings, to: str = "head") -> None:
    """Bring the database to the newest schema, or to revision `to` (creates it if there is none). Raises SettingsError
    with the reason."""
    from alembic.util.exc import CommandError

    try:
        _upgrade(settings, to)
    except ModuleNotFoundError as error:
        raise SettingsError(f"PostgreSQL needs its driver ({error}): pip install 'locution[postgres]'.") from error
    except CommandError as error:
        raise SettingsError(f"The database was made by a newer Locution ({error}). Update this one.") from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip()
        raise SettingsError(f"The database cannot be used ({reason}). See LOCUTION_DATABASE_URL.") from error


def _upgrade(settings: Settings, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = _engine(settings)
    try:
        with engine.begin() as connection:
            # Several processes may start at once: on SQLite the transaction itself makes them wait for each other.
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        engine.dispose()
