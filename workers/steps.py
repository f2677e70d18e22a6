"""The work of the workers, callable without Celery: take rows, do the work, finish them exactly once.

A row is taken by one UPDATE that sets a lease and counts the attempt, before anything dangerous is done. It is
finished by an UPDATE that holds only while the lease is still ours, so work done twice is kept once. A worker that
dies leaves a lease behind; `release_dead` and the lease's end give the row to another.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from renderer.errors import LocutionError
from renderer.evidence import Evidence, GeneEvidence
from renderer.layout import Layout
from renderer.prepared import Prepared
from renderer.region import Region
from renderer.track import Scene, Track
from workers.jobs import Ring, figure_url, quiet, waiting
from workers.store import File, Job, Reading, Store, TrackRow

if TYPE_CHECKING:
    from vlm.captioner import Captioner, Figure

MOST_ATTEMPTS = 2
"""A row whose worker died this often is failed: a third try would die too, and take other work with it."""

LEASE_FACTOR = 1.5
"""A lease lasts this many hard time limits: a worker that still works must never lose its row."""

CRASHED = "The worker stopped while it {doing}, {times} times. The {thing} may be damaged or too large."

Load = Callable[[str], "Captioner"]


def owner() -> str:
    """This process, as leases name it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _lease(seconds: int) -> dict[str, Any]:
    return {"lease_until": time.time() + LEASE_FACTOR * seconds, "lease_token": secrets.token_hex(8), "owner": owner()}


def _take(
    session: Session, kind: type[Any], conditions: Any, order: Any, most: int, values: dict[str, Any]
) -> list[Any]:
    """Take up to `most` rows for this process: the ids of those that were free at the moment of the UPDATE."""
    free = select(kind.id).where(conditions, kind.lease_until < time.time()).order_by(*order).limit(most)
    if session.get_bind().dialect.name == "postgresql":
        free = free.with_for_update(skip_locked=True)
    taken = update(kind).where(kind.id.in_(free.scalar_subquery() if most == 1 else free)).values(**values)
    ids = list(session.scalars(taken.returning(kind.id), execution_options={"synchronize_session": False}))
    return list(
        session.scalars(select(kind).where(kind.id.in_(ids)).order_by(*order).execution_options(populate_existing=True))
    )


def prepare_next(store: Store) -> str | None:
    """Check and index one waiting upload; returns its id, or None if none waits."""
    lease = _lease(store.settings.render_seconds)
    with store.writing() as session:
        _fail_files(session)
        conditions = File.state.in_(("uploaded", "preparing"))
        values = {"state": "preparing", "attempts": File.attempts + 1, **lease}
        rows = _take(session, File, conditions, (File.created, File.id), 1, values)
    if not rows:
        return None
    file = rows[0]
    try:
        prepared = _prepare(store, file)
        _finish_file(store, file, lease, state="ready", progress=1.0, prepared=prepared.to_json(),
                     format=prepared.format, kind=prepared.kind)  # fmt: skip
    except LocutionError as error:
        _finish_file(store, file, lease, state="failed", error=str(error))
    except MemoryError:
        _finish_file(store, file, lease, state="failed", error=f"{file.name} needs more memory than the worker has.")
    return str(file.id)


def _prepare(store: Store, file: File) -> Prepared:
    from renderer.prepare import prepare

    target = store.prepared / file.sha256[:2] / f"{file.sha256}-{file.format}"
    partial = Path(tempfile.mkdtemp(dir=_made(target.parent)))
    reported = 0.0

    def report(share: float) -> None:
        nonlocal reported
        if share - reported >= 0.02:
            reported = share
            with store.writing() as session:
                session.execute(update(File).where(File.id == file.id).values(progress=share))

    try:
        prepared = prepare(store.uploads.path(file.sha256), file.name, partial, report)
        if target.exists():
            shutil.rmtree(target)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return replace(prepared, path=target / prepared.path.name)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _finish_file(store: Store, file: File, lease: dict[str, Any], **values: Any) -> None:
    with store.writing() as session:
        mine = update(File).where(File.id == file.id, File.lease_token == lease["lease_token"])
        session.execute(mine.values(lease_until=0.0, lease_token=None, owner=None, **values))


def _fail_files(session: Session) -> None:
    """Uploads that killed their worker too often."""
    dead = and_(File.state == "preparing", File.lease_until < time.time(), File.attempts >= MOST_ATTEMPTS)
    text = CRASHED.format(doing="checked this file", times=MOST_ATTEMPTS, thing="file")
    session.execute(update(File).where(dead).values(state="failed", error=text))


def render_next(store: Store) -> str | None:
    """Draw and measure one waiting locus; returns its id, or None if none waits."""
    lease = _lease(store.settings.render_seconds)
    with store.writing() as session:
        _fail_readings(session, "rendering", Reading.render_attempts, "drew this figure")
        conditions = Reading.state.in_(("queued", "rendering"))
        values = {"state": "rendering", "render_attempts": Reading.render_attempts + 1, **lease}
        rows = _take(session, Reading, conditions, (Reading.created, Reading.position, Reading.id), 1, values)
        scene = _scene(session, rows[0]) if rows else None
    if scene is None:
        return None
    row: Reading = rows[0]
    try:
        values = _render(store, scene)
    except LocutionError as error:
        _finish(store, row.id, lease, state="failed", error=str(error), finished=time.time())
    except MemoryError:
        _finish(store, row.id, lease, state="failed", finished=time.time(),
                error="Drawing this figure needs more memory than the worker has. Try a smaller window.")  # fmt: skip
    else:
        _finish(store, row.id, lease, state="rendered", **values)
    return str(row.id)


def _scene(session: Session, row: Reading) -> Scene:
    """What a reading is to show. Runs inside the transaction that took the row."""
    job: Job = row.job
    region = Region(row.chrom, row.start, row.end, row.label)
    return Scene(region, tuple(_track(track) for track in job.track_set.tracks), job.track_set.assembly)


def _track(row: TrackRow) -> Track:
    prepared = Prepared.from_json(row.file.prepared or {})
    return Track(row.number, row.label, prepared.kind, prepared.format, prepared.path, row.assay, row.sample,
                 row.group, row.strand, row.color, prepared.note)  # fmt: skip


def _render(store: Store, scene: Scene) -> dict[str, Any]:
    from renderer.draw import draw_scene

    with tempfile.TemporaryDirectory() as folder:
        png = Path(folder) / "figure.png"
        drawn = draw_scene(scene, png)
        sha = store.figures.put(png.read_bytes())
    return {"figure": sha, "layout": drawn.layout.to_json(), "evidence": drawn.evidence.to_json(),
            "notes": list(drawn.warnings)}  # fmt: skip


def read_next(store: Store, load: Load) -> list[str]:
    """Read one batch of drawn loci that wait for the same model; returns their ids."""
    lease = _lease(store.settings.read_seconds)
    with store.writing() as session:
        _fail_readings(session, "reading", Reading.read_attempts, "read this figure")
        open_ = Reading.state.in_(("rendered", "reading"))
        first = session.scalars(
            select(Reading).where(open_, Reading.lease_until < time.time())
            .order_by(Reading.created, Reading.position, Reading.id).limit(1)
        ).first()  # fmt: skip
        if first is None:
            return []
        model = first.job.model
        same = select(Job.id).where(Job.model == model)
        # A batch that killed its worker is tried again one by one, so that a bad figure does not take the others along.
        most = 1 if first.read_attempts else store.settings.read_batch
        conditions = and_(open_, Reading.job_id.in_(same), Reading.read_attempts == first.read_attempts)
        values = {"state": "reading", "read_attempts": Reading.read_attempts + 1, **lease}
        rows = _take(session, Reading, conditions, (Reading.created, Reading.position, Reading.id), most, values)
        scenes = [_scene(session, row) for row in rows]
    _read(store, rows, scenes, lease, load, model)
    return [str(row.id) for row in rows]


def _read(
    store: Store, rows: Sequence[Reading], scenes: Sequence[Scene], lease: dict[str, Any], load: Load, model: str
) -> None:
    from vlm.reading import read_figures

    from vlm.captioner import ModelError

    try:
        records = read_figures(
            load(model), [_figure(store, row, scene) for row, scene in zip(rows, scenes, strict=True)]
        )
    except (LocutionError, ModelError, MemoryError) as error:
        reason = str(error) or "The model needs more memory than the worker has."
        for row in rows:
            _finish(store, row.id, lease, state="failed", error=reason, finished=time.time())
        return
    for row, record in zip(rows, records, strict=True):
        record["figure"] |= {"png": figure_url(str(row.figure)), "sha256": row.figure}
        state = "done" if record["status"] == "done" else "failed"
        _finish(store, row.id, lease, state=state, record=record, error=record.get("error"), finished=time.time(),
                times_finished=Reading.times_finished + 1)  # fmt: skip


def _figure(store: Store, row: Reading, scene: Scene) -> Figure:
    from vlm.captioner import Figure

    evidence = Evidence.from_json(scene.region, row.evidence or {})
    genes = tuple(g for found in evidence.tracks.values() if isinstance(found, GeneEvidence) for g in found.genes)
    noted = replace(scene, warnings=tuple(row.notes or ()))
    return Figure(store.figures.path(str(row.figure)), Layout.from_json(row.layout or {}), noted, genes, evidence)


def _finish(store: Store, identity: str, lease: dict[str, Any], **values: Any) -> None:
    """Keep a result, if the lease is still ours: work that another took over meanwhile is dropped."""
    with store.writing() as session:
        mine = update(Reading).where(Reading.id == identity, Reading.lease_token == lease["lease_token"])
        session.execute(mine.values(lease_until=0.0, lease_token=None, owner=None, **values),
                        execution_options={"synchronize_session": False})  # fmt: skip


def _fail_readings(session: Session, state: str, attempts: Any, doing: str) -> None:
    """Readings that killed their worker too often."""
    dead = and_(Reading.state == state, Reading.lease_until < time.time(), attempts >= MOST_ATTEMPTS)
    text = CRASHED.format(doing=doing, times=MOST_ATTEMPTS, thing="figure")
    session.execute(update(Reading).where(dead).values(state="failed", error=text, finished=time.time()))


def release_dead(store: Store) -> int:
    """End the leases of processes of this machine that no longer run; returns how many rows that frees."""
    host = socket.gethostname()
    freed = 0
    with store.reading() as session:
        owners = {
            str(name) for kind in (File, Reading)
            for name in session.scalars(select(kind.owner).where(kind.lease_until > time.time()).distinct())
        }  # fmt: skip
    dead = [name for name in owners if name.rpartition(":")[0] == host and not _runs(int(name.rpartition(":")[2]))]
    if not dead:
        return 0
    with store.writing() as session:
        for kind in (File, Reading):
            gone = update(kind).where(or_(*(kind.owner == name for name in dead)), kind.lease_until > 0)
            freed += int(getattr(session.execute(gone.values(lease_until=0.0, lease_token=None)), "rowcount", 0))
    return freed


def _runs(pid: int) -> bool:
    """Whether a process of this machine is alive (and not a zombie its parent has not yet buried)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def sweep(store: Store, ring: Ring = quiet) -> dict[str, int]:
    """Free what dead workers held and ring for every queue that has rows waiting: lost messages are made up here."""
    release_dead(store)
    counts = waiting(store)
    for queue, count in counts.items():
        if count:
            ring(queue, count)
    return counts
