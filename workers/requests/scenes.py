"""From rows of the database to scenes: what a reading shows, for whoever draws it (a worker, or a download)."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from renderer.assays.design_table import PLACE, apply_design
from renderer.tracklists.scene import split_rows
from renderer.values.prepared import Prepared
from renderer.values.region import Region
from renderer.values.track import Look, Scene, Track
from workers.requests.known_files import said_of
from workers.requests.options import JobOptions
from workers.requests.uploads import more_files
from workers.store.database import File, Job, Reading, Store, TrackRow

_LOOK = frozenset(one.name for one in fields(Look))


def scene_of(store: Store, session: Session, row: Reading) -> Scene:
    """What a reading is to show. Runs inside the transaction that read or took the row."""
    job: Job = row.job
    options = JobOptions.from_json(job.options)
    region = Region(row.chrom, row.start, row.end, row.label)
    rows, bands, across = split_rows([track_of(store, session, track) for track in job.track_set.tracks])
    rows = apply_design(rows, options.design)
    limits = {unit: (float(low), float(high)) for unit, (low, high) in (job.limits or {}).items()}
    highlights = options.highlights_of(region)
    said = said_of(job.track_set.tracks, job.track_set.assembly)
    return Scene(region, rows, job.track_set.assembly, said, highlights, bands, limits, options.scale, across)


def track_of(store: Store, session: Session, row: TrackRow) -> Track:
    """A track with its prepared files."""
    prepared = Prepared.from_json(row.file.prepared or {})
    said = row.options or {}
    look = Look(**{name: value for name, value in said.items() if name in _LOOK})
    more = tuple(_path(store, file) for file in more_files(session, row))
    return Track(
        row.number,
        row.label,
        prepared.kind,
        prepared.format,
        store.data / prepared.path,
        row.assay,
        row.sample,
        row.group,
        row.strand,
        row.color,
        prepared.note,
        look,
        more,
        said.get("combine"),
        **{name: said[name] for name in PLACE if name in said},
    )


def _path(store: Store, file: File) -> Path:
    return store.data / Prepared.from_json(file.prepared or {}).path


def scenes_of_job(store: Store, job_id: str) -> list[Scene]:
    """The scenes of all loci of a job, in their order."""
    with store.reading() as session:
        rows = session.scalars(select(Reading).where(Reading.job_id == job_id).order_by(Reading.position)).all()
        first = scene_of(store, session, rows[0]) if rows else None
        return [first.with_region(Region(row.chrom, row.start, row.end, row.label)) for row in rows if first]
