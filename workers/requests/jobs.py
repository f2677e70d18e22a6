"""What a front end may ask of jobs: make them, say how far they are, show and review readings.

Every function takes the Store first and answers plain values. Bad input raises JobError with a sentence; an id that
does not exist raises NotFound. After each commit the workers are rung (`Ring`); a lost ring is made up by the sweeper.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from renderer.annotation.loci import resolve_loci
from renderer.annotation.names import open_names
from renderer.assays.design_table import apply_design
from renderer.values.errors import RegionError, TrackError
from renderer.values.prepared import Prepared
from renderer.values.region import Region
from renderer.values.track import Track
from vlm.values.record import SCHEMA, Record, RecordFigure, RecordReview, ReviewStep, ServedRecord, Status, record_box
from vlm.values.voices import told_by
from vlm.words import languages
from workers.errors import JobError, NotFound
from workers.known_annotation import advice
from workers.requests.options import JobOptions
from workers.settings import models_help
from workers.store.database import END_STATES, File, Job, Reading, Review, Store, TrackSet

Ring = Callable[[str, int], None]
"""Called with a queue ('prepare', 'render', 'read') and how many rows wait there."""

ACTIONS = {"accept": "accepted", "edit": "edited", "reject": "rejected", "undo": "pending"}
PER_PAGE = 24
MOST_PER_PAGE = 200
PACE_OF = 20
"""Readings from which the time left is judged: enough to even out batches, few enough to follow a change of pace."""

USUAL = JobOptions()

MOST_NAME = 200
"""Characters of a name or label; more is a paste gone wrong."""


def quiet(queue: str, waiting: int) -> None:
    """A ring that nobody hears: for tests and tools that work the queues themselves."""


def get_row(session: Session, kind: type[Any], identity: str, what: str) -> Any:
    """The row with this id. Raises NotFound naming `what` was asked for."""
    row = session.get(kind, identity)
    if row is None:
        raise NotFound(f"There is no {what} '{identity[:40]}'.")
    return row


def clean_name(text: object) -> str:
    """A name or label as it is kept: without white space round it, at most MOST_NAME characters."""
    return str(text or "").strip()[:MOST_NAME]


def iso(when: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return None if when is None else datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")


def check_loci(
    text: str,
    chroms: dict[str, int],
    genes: Sequence[Path] = (),
    flank: int | None = None,
    assembly: str | None = None,
) -> list[Region]:
    """The loci of a text, each fitted to the track set; genes are looked up in its prepared annotations. `flank` (bp)
    is shown on each side of genes and positions.

    Raises RegionError that lists every bad line by its number.
    """
    return resolve_loci(text, open_names(genes), chroms, flank, missing=advice(chroms, assembly))


def gene_files(store: Store, files: Iterable[File]) -> list[Path]:
    """The prepared annotations among these files."""
    found = [Prepared.from_json(file.prepared) for file in files if file.prepared and file.kind == "genes"]
    return [store.data / one.path for one in found if one.note is None]


def create_job(
    store: Store,
    track_set_id: str,
    loci: str,
    model: str | None = None,
    lang: str = "en",
    name: str = "",
    ring: Ring = quiet,
    options: JobOptions = USUAL,
) -> Job:
    """Queue a reading for every locus of the text `loci` (one a line). Nothing is queued if one line is bad."""
    model = model or store.settings.model
    check_model(store, model, lang)
    with store.writing() as session:
        track_set: TrackSet = get_row(session, TrackSet, track_set_id, "track set")
        files = gene_files(store, (track.file for track in track_set.tracks))
        regions = check_loci(loci, track_set.chroms, files, options.flank, track_set.assembly)
        options = fit_highlights(options, track_set.chroms)
        _check_design(track_set, options)
        job = Job(
            track_set_id=track_set.id,
            name=clean_name(name) or track_set.name,
            model=model,
            lang=lang,
            options=options.to_json() or None,
        )
        session.add(job)
        session.flush()
        session.add_all(
            Reading(job_id=job.id, position=n, chrom=r.chrom, start=r.start, end=r.end, label=r.label)
            for n, r in enumerate(regions)
        )
    ring("render", len(regions))
    return job


def _check_design(track_set: TrackSet, options: JobOptions) -> None:
    """Raise JobError for a design that names what is no track of the set."""
    if options.design:
        drawn = [row for row in track_set.tracks if row.file.kind != "bands"]
        tracks = [Track(row.number, row.label, "other", "unknown", Path()) for row in drawn]
        try:
            apply_design(tracks, options.design, "'design'")
        except TrackError as error:
            raise JobError(str(error)) from error


def check_model(store: Store, model: str, lang: str) -> None:
    """Raise JobError for a model or a language that no job may name."""
    if lang not in languages.codes():
        raise JobError(f"Language '{lang}' is not known. There are {', '.join(languages.codes())}.")
    # The installation's own default is not judged here: an administrator may name what a visitor may not.
    if not store.settings.allows(model):
        raise JobError(f"Model '{model}' is not known. {models_help()}")


def fit_highlights(options: JobOptions, chroms: dict[str, int]) -> JobOptions:
    """The options with highlights named as the track set names its chromosomes. Raises JobError."""
    try:
        return replace(options, highlights=tuple(one.fit(chroms) if chroms else one for one in options.highlights))
    except RegionError as error:
        raise JobError(f"'highlights': {error}") from error


def job_json(store: Store, identity: str) -> dict[str, Any]:
    """A job with its progress. Raises NotFound."""
    with store.reading() as session:
        return _job_json(session, get_row(session, Job, identity, "job"))


def list_jobs(store: Store, page: int = 1, per_page: int = PER_PAGE) -> dict[str, Any]:
    """The newest jobs first."""
    with store.reading() as session:
        total = session.scalar(select(func.count()).select_from(Job)) or 0
        rows = session.scalars(select(Job).order_by(Job.created.desc()).offset((page - 1) * per_page).limit(per_page))
        return {"total": total, "page": page, "per_page": per_page, "jobs": [_job_json(session, row) for row in rows]}


def _job_json(session: Session, job: Job) -> dict[str, Any]:
    grouped = select(Reading.state, func.count()).where(Reading.job_id == job.id).group_by(Reading.state)
    counts = dict.fromkeys(("queued", "rendering", "rendered", "reading", *END_STATES), 0)
    counts.update((state, count) for state, count in session.execute(grouped))
    total, ended = sum(counts.values()), sum(counts[state] for state in END_STATES)
    state = "done" if ended == total else "queued" if counts["queued"] == total else "running"
    if state == "done" and job.cancelled_at and counts["cancelled"]:
        state = "cancelled"
    return {
        "id": job.id,
        "name": job.name,
        "track_set": job.track_set_id,
        "assembly": job.track_set.assembly,
        "model": job.model,
        "lang": job.lang,
        "state": state,
        "counts": {"total": total, **counts},
        "created": iso(job.created),
        "seconds_left": _seconds_left(session, job, total - ended),
        "options": JobOptions.from_json(job.options).in_words(),
        "limits": job.limits,
        "again_of": job.again_of,
        "screenshots": len(JobOptions.from_json(job.options).pictures),
    }


def _seconds_left(session: Session, job: Job, left: int) -> float | None:
    """From the pace of the last few readings; None until two are done, or when nothing is left."""
    done = select(Reading.finished).where(Reading.job_id == job.id, Reading.state == "done")
    times = [at for at in session.scalars(done.order_by(Reading.finished.desc()).limit(PACE_OF)) if at]
    if not left or len(times) < 2:
        return None
    return round((time.time() - times[-1]) / len(times) * left, 1)


def cancel_job(store: Store, identity: str) -> dict[str, Any]:
    """Cancel what has not begun; what is being drawn or read right now is finished and kept."""
    with store.writing() as session:
        job: Job = get_row(session, Job, identity, "job")
        job.cancelled_at = time.time()
        abandoned = and_(Reading.state.in_(("rendering", "reading")), Reading.lease_until < time.time())
        idle = or_(Reading.state.in_(("queued", "rendered")), abandoned)
        ended = {"state": "cancelled", "finished": time.time()}
        session.execute(update(Reading).where(Reading.job_id == identity, idle).values(**ended))
    return job_json(store, identity)


def retry_job(store: Store, identity: str, ring: Ring = quiet) -> dict[str, Any]:
    """Queue failed and cancelled readings again."""
    with store.writing() as session:
        job: Job = get_row(session, Job, identity, "job")
        job.cancelled_at = None
        again = update(Reading).where(Reading.job_id == identity, Reading.state.in_(("failed", "cancelled")))
        result = session.execute(
            again.values(state="queued", error=None, finished=None, render_attempts=0, read_attempts=0, lease_until=0.0)
        )
    ring("render", int(getattr(result, "rowcount", 0)))
    return job_json(store, identity)


def reading_json(store: Store, identity: str) -> ServedRecord:
    """The record of a reading (DESIGN section 7), also before it is done. Raises NotFound."""
    with store.reading() as session:
        return show_reading(get_row(session, Reading, identity, "reading"))


def list_readings(
    store: Store,
    job_id: str,
    page: int = 1,
    per_page: int = PER_PAGE,
    state: str | None = None,
    review: str | None = None,
) -> dict[str, Any]:
    """A page of a job's readings in the order of its loci, filtered by state and by review state."""
    page, per_page = max(1, page), max(1, min(per_page, MOST_PER_PAGE))
    with store.reading() as session:
        get_row(session, Job, job_id, "job")
        wanted = select(Reading).where(Reading.job_id == job_id)
        if state:
            wanted = wanted.where(Reading.state == state)
        if review:
            wanted = wanted.where(Reading.review_state == review)
        total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = session.scalars(wanted.order_by(Reading.position).offset((page - 1) * per_page).limit(per_page))
        return {"total": total, "page": page, "per_page": per_page, "readings": [show_reading(row) for row in rows]}


def neighbours(store: Store, identity: str) -> tuple[str | None, str | None]:
    """Ids of the readings before and after this one in its job."""
    with store.reading() as session:
        row: Reading = get_row(session, Reading, identity, "reading")
        places = (row.position - 1, row.position + 1)
        found = session.execute(
            select(Reading.position, Reading.id).where(Reading.job_id == row.job_id, Reading.position.in_(places))
        )
        by_place = {row.position: row.id for row in found}
        return by_place.get(places[0]), by_place.get(places[1])


def show_reading(row: Reading) -> ServedRecord:
    """The record of a row, inside the transaction that read it."""
    record = cast("Record", row.record) if row.record else _empty_record(row)
    return {
        **record,
        "error": row.error or record["error"],
        "status": cast("Status", row.state),
        "id": row.id,
        "job": row.job_id,
        "position": row.position,
        "said_by": told_by(record),
        "review": _review(row),
        "lang": row.job.lang,
        "finished": iso(row.finished),
    }


def _review(row: Reading) -> RecordReview:
    """What people decided; the latest decides."""
    steps: list[ReviewStep] = [
        {"action": r.action, "text": r.text, "lang": r.lang, "reviewer": r.reviewer, "at": iso(r.created)}
        for r in row.reviews
    ]
    last = steps[-1] if steps else None
    return {
        "state": row.review_state,
        "text": last and last["text"],
        "lang": last and last["lang"],
        "reviewer": last and last["reviewer"],
        "at": last and last["at"],
        "history": steps,
    }


def _empty_record(row: Reading) -> Record:
    """The record of a reading nobody has finished: the locus, and the figure if it is drawn."""
    layout = row.layout or {}
    figure: RecordFigure | None = None
    if row.figure:
        figure = {
            "png": figure_url(row.figure),
            "sha256": row.figure,
            "width": layout.get("width"),
            "height": layout.get("height"),
            "tracks": [record_box(box) for box in layout.get("tracks", [])],
        }
    return {
        "schema": SCHEMA,
        "region": {
            "assembly": row.job.track_set.assembly,
            "chrom": row.chrom,
            "start": row.start,
            "end": row.end,
            "label": row.label,
        },
        "figure": figure,
        "tracks": [],
        "evidence": {},
        "model": {"name": row.job.model},
        "claims": [],
        "sentences": [],
        "caption": None,
        "error": None,
        "warnings": row.notes or [],
        "status": cast("Status", row.state),
    }


def figure_url(sha: str) -> str:
    """The path under which the web server shows a figure."""
    return f"/figures/{sha}.png"


def review_reading(
    store: Store, identity: str, action: str, reviewer: str, text: str | None = None, lang: str | None = None
) -> ServedRecord:
    """Accept, edit (with the new caption), reject or undo. The model's words stay in the record."""
    if action not in ACTIONS:
        raise JobError(f"Action '{action}' is not known. There are {', '.join(ACTIONS)}.")
    reviewer = clean_name(reviewer)
    if not reviewer:
        raise JobError("Say who reviews: 'reviewer' is empty.")
    if action == "edit" and not clean_name(text):
        raise JobError("An edit needs the new caption: 'text' is empty.")
    with store.writing() as session:
        row: Reading = get_row(session, Reading, identity, "reading")
        if row.state != "done":
            raise JobError(f"This reading is {row.state}; only finished readings can be reviewed.")
        kept = str(text).strip() if action == "edit" else None
        session.add(Review(reading_id=identity, action=action, text=kept, lang=lang or row.job.lang, reviewer=reviewer))
        row.review_state = ACTIONS[action]
    return reading_json(store, identity)


def waiting(store: Store) -> dict[str, int]:
    """How many rows wait for each queue: for rings, health pages and the sweeper."""
    now = time.time()

    def count(kind: type[File] | type[Reading], *states: str) -> Any:
        return select(func.count()).where(kind.state.in_(states), kind.lease_until < now)

    with store.reading() as session:
        return {
            "prepare": session.scalar(count(File, "uploaded", "preparing")) or 0,
            "render": session.scalar(count(Reading, "queued", "rendering")) or 0,
            "read": session.scalar(count(Reading, "rendered", "reading")) or 0,
        }
