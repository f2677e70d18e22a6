"""Who works on which row, for how long, how often, and what becomes of rows whose worker died.

A row is taken by one UPDATE that sets a lease and counts the attempt, before anything dangerous is done. It is
finished by an UPDATE that holds only while the lease is still ours, so work done twice is kept once. A worker that
dies leaves a lease behind; it is ended here, and a row that killed too many workers is failed with a reason.
Knows nothing of what the work is.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, and_, select, update
from sqlalchemy.orm import Session

from workers.settings import Settings
from workers.store.database import File, Reading, Store

MOST_ATTEMPTS = 3
"""A locus may lose its worker twice (killed by an operator, by another locus of its batch) and still be done."""

MOST_FILE_ATTEMPTS = 2
"""A file is checked alone: what kills two workers in a row will kill a third."""

LEASE_MARGIN = 60.0
"""Seconds a lease outlives the hard time limit of its work: a worker that still works must never lose its row."""

Lease = dict[str, Any]
"""The columns that mark a row as taken: lease_until, lease_token, owner."""

FREE: Lease = {"lease_until": 0.0, "lease_token": None, "owner": None}
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True)
class Stage:
    """A kind of work on a kind of row. `busy` is the state of a taken row, `open` those in which it may be taken."""

    kind: type[File] | type[Reading]
    open: tuple[str, ...]
    busy: str
    attempts: str
    most_attempts: int
    limit: str
    doing: str
    advice: str

    def seconds(self, settings: Settings) -> int:
        """The hard time limit of one unit of this work."""
        return int(getattr(settings, self.limit))

    def busy_rows(self) -> Any:
        """Rows that are being worked on, or whose worker has died."""
        return self.kind.state == self.busy


PREPARE = Stage(
    File,
    ("uploaded", "preparing"),
    "preparing",
    "attempts",
    MOST_FILE_ATTEMPTS,
    "prepare_seconds",
    "checked this file",
    "The file is damaged, or too large for this machine's memory.",
)
RENDER = Stage(
    Reading,
    ("queued", "rendering"),
    "rendering",
    "render_attempts",
    MOST_ATTEMPTS,
    "render_seconds",
    "drew this figure",
    "A file of it may be damaged, or the window too large.",
)
READ = Stage(
    Reading,
    ("rendered", "reading"),
    "reading",
    "read_attempts",
    MOST_ATTEMPTS,
    "read_seconds",
    "read this figure",
    "The model may need more memory than this machine has.",
)
STAGES = (PREPARE, RENDER, READ)


def owner() -> str:
    """This process as leases name it: host, parent (a worker's main process), process."""
    return f"{socket.gethostname()}:{os.getppid()}:{os.getpid()}"


def new_lease(stage: Stage, settings: Settings) -> Lease:
    """A lease of this process that begins now."""
    until = time.time() + stage.seconds(settings) + LEASE_MARGIN
    return {"lease_until": until, "lease_token": secrets.token_hex(8), "owner": owner()}


def open_rows(stage: Stage) -> Any:
    """The condition for rows that may be taken now."""
    return and_(stage.kind.state.in_(stage.open), stage.kind.lease_until < time.time())


def take(
    session: Session, stage: Stage, lease: Lease, order: tuple[Any, ...], most: int, *conditions: Any
) -> list[Any]:
    """Take up to `most` open rows and count the attempt. Two processes that ask at once get different rows."""
    kind = stage.kind
    free = select(kind.id).where(open_rows(stage), *conditions).order_by(*order).limit(most)
    if session.get_bind().dialect.name == "postgresql":
        free = free.with_for_update(skip_locked=True)
    counted = {stage.attempts: getattr(kind, stage.attempts) + 1}
    taken = update(kind).where(kind.id.in_(free)).values(state=stage.busy, **counted, **lease).returning(kind.id)
    ids = list(session.scalars(taken, execution_options=_NO_SYNC))
    rows = select(kind).where(kind.id.in_(ids)).order_by(*order).execution_options(populate_existing=True)
    return list(session.scalars(rows))


def finish(session: Session, stage: Stage, identity: str, lease: Lease, **values: Any) -> bool:
    """Keep a result and end the lease, if it is still ours; returns whether it was."""
    kind = stage.kind
    mine = update(kind).where(kind.id == identity, kind.lease_token == lease["lease_token"], stage.busy_rows())
    return _count(session, mine.values(**FREE | values)) == 1


def fail(session: Session, stage: Stage, identity: str, lease: Lease, reason: str) -> bool:
    """Finish a row as failed, with a reason for a person."""
    return finish(session, stage, identity, lease, **_failed(stage, reason))


def fail_hopeless(session: Session, stage: Stage) -> int:
    """Fail rows that killed as many workers as they may; returns how many."""
    attempts = getattr(stage.kind, stage.attempts)
    dead = and_(stage.busy_rows(), stage.kind.lease_until < time.time(), attempts >= stage.most_attempts)
    reason = f"The worker crashed {stage.most_attempts} times while it {stage.doing}. {stage.advice}"
    return _count(session, update(stage.kind).where(dead).values(**FREE | _failed(stage, reason)))


def give_back(session: Session, lease: Lease) -> int:
    """End a lease of ours without a result: the rows may be taken again. Their attempts stay counted."""
    return sum(
        _count(
            session,
            update(stage.kind).where(stage.busy_rows(), stage.kind.lease_token == lease["lease_token"]).values(**FREE),
        )
        for stage in STAGES
    )


def release_lost(store: Store, main: int) -> int:
    """End the leases of the children of process `main` of this machine, one of which has just died."""
    with store.writing() as session:
        return sum(
            _count(session, update(stage.kind).where(stage.busy_rows(), _held_by(stage.kind, main)).values(**FREE))
            for stage in STAGES
        )


def forgive(store: Store, main: int) -> int:
    """Uncount the attempts of the rows that children of process `main` hold: it is being stopped on purpose, and
    work that this cuts short is not to blame."""
    with store.writing() as session:
        return sum(
            _count(
                session,
                update(stage.kind)
                .where(stage.busy_rows(), _held_by(stage.kind, main))
                .values(**{stage.attempts: getattr(stage.kind, stage.attempts) - 1}),
            )
            for stage in STAGES
        )


def stop_overdue(store: Store, main: int) -> int:
    """As `release_lost`, for a child that was stopped by its time limit: work on one row is failed with that reason,
    a batch is given back, to be tried one by one."""
    freed = 0
    with store.writing() as session:
        for stage in STAGES:
            held = and_(stage.busy_rows(), _held_by(stage.kind, main))
            ids = list(session.scalars(select(stage.kind.id).where(held)))
            variable = f"LOCUTION_{stage.limit.upper()}"
            reason = f"Stopped after {stage.seconds(store.settings)} s ({variable}) while the worker {stage.doing}."
            values = _failed(stage, reason) if len(ids) == 1 else {}
            freed += _count(session, update(stage.kind).where(held).values(**FREE | values))
    return freed


def release_dead(store: Store) -> int:
    """End the leases of processes of this machine that no longer run; returns how many rows that frees."""
    with store.reading() as session:
        held = [select(stage.kind.owner).where(stage.busy_rows()).distinct() for stage in STAGES]
        owners = {str(name) for names in held for name in session.scalars(names) if name}
    dead = [name for name in owners if _is_dead(name)]
    if not dead:
        return 0
    with store.writing() as session:
        return sum(
            _count(session, update(stage.kind).where(stage.busy_rows(), stage.kind.owner.in_(dead)).values(**FREE))
            for stage in STAGES
        )


def _held_by(kind: type[File] | type[Reading], main: int) -> Any:
    return kind.owner.startswith(f"{socket.gethostname()}:{main}:", autoescape=True)


def _is_dead(name: str) -> bool:
    host, _, pids = name.partition(":")
    return host == socket.gethostname() and not is_running(int(pids.rpartition(":")[2]))


def is_running(pid: int) -> bool:
    """Whether a process of this machine is alive, and no zombie its parent has not yet buried."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # of another user
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True  # no /proc on this system
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _failed(stage: Stage, reason: str) -> dict[str, Any]:
    ended = {"finished": time.time()} if stage.kind is Reading else {}
    return {"state": "failed", "error": reason, **ended}


def _count(session: Session, statement: Any) -> int:
    result = session.execute(statement, execution_options=_NO_SYNC)
    return result.rowcount if isinstance(result, CursorResult) else 0
