"""The work of the workers, callable without Celery: check a file, draw a locus, read a batch.

Each step takes its rows from the database (`workers.queue.leases`), does the work outside any transaction, and finishes
them. Whatever goes wrong with a row ends that row with a reason, never the queue.
"""

from __future__ import annotations

import copy
import logging
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from renderer.values.errors import LocutionError
from renderer.values.evidence import Evidence
from renderer.values.layout import Layout
from renderer.values.prepared import Prepared
from renderer.values.track import Scene
from vlm.values.captioner import CANCEL_SECONDS, CANCELLED
from workers.pipeline import Style, figure_of
from workers.queue import leases
from workers.queue.drawing import draw, order_of
from workers.queue.leases import PREPARE, READ, RENDER, Lease, Stage
from workers.requests.jobs import Ring, figure_url, quiet, waiting
from workers.requests.options import JobOptions
from workers.requests.pictures import read_pictures
from workers.requests.scenes import scene_of
from workers.sandboxes import reader_of_files
from workers.store.database import File, Job, Reading, Store

if TYPE_CHECKING:
    from vlm.prompted.ask import ReadOptions
    from vlm.values.captioner import Captioner, Figure, Loader
    from vlm.values.record import Record

log = logging.getLogger(__name__)

PROGRESS_STEP = 0.02
"""Share of a file between two notes of progress in the database: a bar looks smooth, and nobody waits for the lock."""

TIDY_SECONDS = 24 * 3600.0
"""Age at which a half-written file is certainly nobody's: longer than any upload or preparation may take."""

ROUND_SECONDS = 20.0
"""How long a remote model's batches follow one another while those of another model wait ..."""

ROUND_SHARE = 0.15
"""... and, as a share of the hard limit on a batch, while none does: then the round ends well within its task's."""

READING_ORDER = (Reading.position, Reading.created, Reading.id)
"""The first locus of every job before the second of any: a short job does not wait for the end of a long one."""


def prepare_next(store: Store) -> str | None:
    """Check and index one waiting upload; returns its id, or None if none waits."""
    lease = leases.new_lease(PREPARE, store.settings)
    with store.writing() as session:
        leases.fail_hopeless(session, PREPARE)
        rows: list[File] = leases.take(session, PREPARE, lease, (File.created, File.id), 1)
    if not rows:
        return None
    file = rows[0]
    try:
        prepared = _prepare(store, file, lease)
    except Exception as error:  # noqa: BLE001 - whatever a foreign reader raises must end this file, not the queue
        _fail(store, PREPARE, file.id, lease, _reason(error, f"{file.name} could not be checked"))
    else:
        values = {"prepared": prepared.to_json(), "format": prepared.format, "kind": prepared.kind}
        with store.writing() as session:
            leases.finish(session, PREPARE, file.id, lease, state="ready", progress=1.0, **values)
    return file.id


def _prepare(store: Store, file: File, lease: Lease) -> Prepared:
    """The prepared file, its path relative to the data folder, so that the folder can be moved."""
    target = store.prepared / file.sha256[:2] / f"{file.sha256}-{file.format}"
    partial = target.with_name(f"{target.name}-{secrets.token_hex(4)}.partial")
    try:
        source, report = store.uploads.path(file.sha256), _reporter(store, file.id, lease)
        prepared = reader_of_files(store.settings).prepare(source, file.name, partial, report)
        _move(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return replace(prepared, path=(target / prepared.path.name).relative_to(store.data))


def _move(partial: Path, target: Path) -> None:
    """Put a finished folder in its place; one that is there was made from the same bytes, and may be in use."""
    try:
        partial.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _reporter(store: Store, identity: str, lease: Lease) -> Callable[[float], None]:
    reported = 0.0

    def report(share: float) -> None:
        nonlocal reported
        if share - reported >= PROGRESS_STEP:
            reported = share
            mine = update(File).where(File.id == identity, File.lease_token == lease["lease_token"])
            with store.writing() as session:
                session.execute(mine.values(progress=share))

    return report


def render_next(store: Store) -> str | None:
    """Draw and measure one waiting locus; returns its id, or None if none waits."""
    lease = leases.new_lease(RENDER, store.settings)
    with store.writing() as session:
        leases.fail_hopeless(session, RENDER)
        rows: list[Reading] = leases.take(session, RENDER, lease, READING_ORDER, 1)
        orders = [order_of(store, session, row) for row in rows]
    if not rows:
        return None
    row = rows[0]
    try:
        values = draw(store, orders[0])
    except Exception as error:  # noqa: BLE001 - drawing runs foreign code; it must end this locus, not the queue
        _fail(store, RENDER, row.id, lease, _reason(error, "This figure could not be drawn"))
    else:
        with store.writing() as session:
            leases.finish(session, RENDER, row.id, lease, **_drawn_state(session, row), **values)
    return row.id


def _drawn_state(session: Session, row: Reading) -> dict[str, Any]:
    """A drawn locus waits to be read, unless its job was cancelled meanwhile."""
    if session.scalar(select(Job.cancelled_at).where(Job.id == row.job_id)) is None:
        return {"state": "rendered"}
    return {"state": "cancelled", "finished": time.time()}


@dataclass(frozen=True)
class _Batch:
    """Loci that were taken to be read together, by one model that is told and asked the same of each."""

    lease: Lease
    model: str
    asked: ReadOptions
    pictures: bool
    rows: tuple[Reading, ...]
    figures: tuple[Figure, ...]


def read_next(store: Store, load: Loader) -> list[str]:
    """Read one batch of drawn loci that wait for the same model; returns their ids, or nothing if none waits.

    A remote model is kept busy: several batches are read side by side, and others after them, for a while.
    """
    batch = _next_batch(store)
    if batch is None:
        return []
    others = store.settings.readers(batch.model) - 1
    if others:
        return _read_side_by_side(store, batch, load, others)
    _read(store, batch, load)
    return [row.id for row in batch.rows]


def _read_side_by_side(store: Store, first: _Batch, load: Loader, others: int) -> list[str]:
    """The first batch, and in so many other threads the next ones of its model: while captions are made of one
    batch's answers, the server works on another's. Each thread goes on until none waits, or the round is over."""
    began, done = time.monotonic(), list[str]()

    def work(batch: _Batch | None) -> None:
        while batch is not None:
            _read(store, batch, load)
            done.extend(row.id for row in batch.rows)
            batch = _next_batch(store, first.model) if _goes_on(store, first.model, began) else None

    with ThreadPoolExecutor(others, "read") as pool:
        started = [pool.submit(lambda: work(_next_batch(store, first.model))) for _ in range(others)]
        work(first)
    for thread in started:
        thread.result()
    return done


def _goes_on(store: Store, model: str, began: float) -> bool:
    """Whether a round of this model that began then (monotonic seconds) takes further batches."""
    passed = time.monotonic() - began
    if passed < ROUND_SECONDS:
        return True
    others = select(Reading.id).where(leases.open_rows(READ), ~_of_model(model)).limit(1)
    with store.reading() as session:
        return passed < ROUND_SHARE * store.settings.read_seconds and session.scalar(others) is None


def _next_batch(store: Store, model: str | None = None) -> _Batch | None:
    """Take the next batch, of any model or of this one."""
    lease = leases.new_lease(READ, store.settings)
    with store.writing() as session:
        leases.fail_hopeless(session, READ)
        rows = _take_batch(session, lease, store.settings.read_batch, model)
        scenes = [scene_of(store, session, row) for row in rows]
        job = rows[0].job if rows else None
    figures = [_figure(store, row, scene) for row, scene in zip(rows, scenes, strict=True)]
    return _Batch(lease, job.model, *_way(job), tuple(rows), tuple(figures)) if job else None


def _take_batch(session: Session, lease: Lease, most: int, model: str | None) -> list[Reading]:
    """The next locus, and others that its model can be asked the same of. One that lost its worker before is read
    alone: if it is the one that kills, it takes no other along."""
    open_rows = [leases.open_rows(READ)]
    if model is not None:
        open_rows.append(_of_model(model))
    waits = select(Reading).where(*open_rows).order_by(Reading.read_attempts, *READING_ORDER).limit(1)
    first = session.scalars(waits).first()
    if first is None:
        return []
    if first.read_attempts:
        return leases.take(session, READ, lease, READING_ORDER, 1, Reading.id == first.id)
    alike = Reading.job_id.in_(_jobs_like(session, first.job))
    return leases.take(session, READ, lease, READING_ORDER, most, alike, Reading.read_attempts == 0)


def _jobs_like(session: Session, job: Job) -> list[str]:
    """Ids of jobs with open loci that one call of the model can serve: told and asked the same."""
    waiting = select(Reading.job_id).where(leases.open_rows(READ)).distinct()
    jobs = session.scalars(select(Job).where(Job.model == job.model, Job.id.in_(waiting)))
    return [one.id for one in jobs if _way(one) == _way(job)]


def _way(job: Job) -> tuple[ReadOptions, bool]:
    """How the loci of a job are read, and whether they are pictures without data."""
    options = JobOptions.from_json(job.options)
    return options.reading(job.lang), bool(options.pictures)


def _of_model(model: str) -> Any:
    """The condition for readings of this model."""
    return Reading.job_id.in_(select(Job.id).where(Job.model == model))


def _read(store: Store, batch: _Batch, load: Loader) -> None:
    from vlm.reading import read_figures

    try:
        captioner = _heeding(load(batch.model), store, batch)
        if batch.pictures:
            records = read_pictures(store, batch.rows, captioner, batch.asked.language)
        else:
            records = _traced(batch, captioner, read_figures(captioner, batch.figures, batch.asked))
    except LocutionError as error:
        for row in batch.rows:
            _fail(store, READ, row.id, batch.lease, str(error))
    except Exception as error:  # a model is foreign code: it must end this batch, not the queue
        log.warning("batch of %d: %s", len(batch.rows), error, exc_info=True)
        reason = _reason(error, f"The model {batch.model} could not read this figure")
        _retry_or_fail(store, batch.rows, batch.lease, reason)
    else:
        for row, record in zip(batch.rows, records, strict=True):
            _keep_record(store, row, batch.lease, record)


def _traced(batch: _Batch, captioner: Captioner, records: Sequence[Record]) -> list[Record]:
    """The records, with where they come from."""
    from workers.provenance import asked, with_provenance

    traced = []
    for row, figure, record in zip(batch.rows, batch.figures, records, strict=True):
        options = JobOptions.from_json(row.job.options)
        way = asked(Style(options.theme, options.width), batch.asked, captioner.info)
        traced.append(with_provenance(record, row.label or str(figure.region), figure.scene, way))
    return traced


def _heeding(captioner: Captioner, store: Store, batch: _Batch) -> Captioner:
    """The captioner for this batch. A copy of one that can be stopped asks, at most once a second, whether every job
    of the batch was cancelled."""
    from vlm.values.captioner import Cancellable

    if not isinstance(captioner, Cancellable):
        return captioner
    wanted = select(Job.id).where(Job.id.in_({row.job_id for row in batch.rows}), Job.cancelled_at.is_(None)).limit(1)
    asked, answer = 0.0, False

    def cancelled() -> bool:
        nonlocal asked, answer
        if time.monotonic() - asked >= CANCEL_SECONDS:
            with store.reading() as session:
                answer = session.scalar(wanted) is None
            asked = time.monotonic()
        return answer

    own = copy.copy(captioner)
    own.cancelled = cancelled
    return own


def _retry_or_fail(store: Store, rows: Sequence[Reading], lease: Lease, reason: str) -> None:
    """After an error nobody expected: a batch is given back and read one by one; a single locus has failed."""
    if len(rows) == 1:
        _fail(store, READ, rows[0].id, lease, reason)
        return
    with store.writing() as session:
        leases.give_back(session, lease)


def _keep_record(store: Store, row: Reading, lease: Lease, record: Record) -> None:
    figure = record["figure"]
    if figure is not None:
        figure.update({"png": figure_url(str(row.figure)), "sha256": row.figure})
    state = "done" if record["status"] == "done" else "failed"
    if state == "failed" and record["error"] == CANCELLED:
        state = "cancelled"
    with store.writing() as session:
        leases.finish(
            session,
            READ,
            row.id,
            lease,
            state=state,
            record=record,
            error=record.get("error"),
            finished=time.time(),
            times_finished=Reading.times_finished + 1,
        )


def _figure(store: Store, row: Reading, scene: Scene) -> Figure:
    """The figure of a row that was drawn."""
    evidence = Evidence.from_json(scene.region, row.evidence or {})
    layout = Layout.from_json(row.layout or {})
    return figure_of(store.figures.path(str(row.figure)), layout, scene, evidence, row.notes or ())


def _reason(error: Exception, what: str) -> str:
    """An error as a sentence: ours are sentences already, others are named and go to the log in full."""
    if isinstance(error, LocutionError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"{what}: the worker's memory did not suffice. Try a smaller window, or a machine with more memory."
    log.warning("%s", what, exc_info=error)
    return f"{what} ({type(error).__name__}: {error})."


def _fail(store: Store, stage: Stage, identity: str, lease: Lease, reason: str) -> None:
    with store.writing() as session:
        leases.fail(session, stage, identity, lease, reason)


def sweep(store: Store, ring: Ring = quiet) -> dict[str, int]:
    """Free what dead workers held and ring for every queue that has rows waiting: lost messages are made up here."""
    leases.release_dead(store)
    counts = waiting(store)
    for queue, count in counts.items():
        if count:
            ring(queue, count)
    return counts


def tidy(store: Store) -> None:
    """Remove half-written files that a crash or a broken upload left behind, and downloads of another day."""
    old = time.time() - TIDY_SECONDS
    for path in (*store.incoming.glob("*"), *store.prepared.glob("*/*.partial"), *store.drawings.folder.glob("*/*")):
        if path.stat().st_mtime < old:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
