"""Drawing one locus the way its job wants it: theme, width, highlights, and ranges that hold for the whole job."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from renderer.values.track import Scene
from workers.pipeline import Style, common_ranges, draw_figure
from workers.requests.options import JobOptions
from workers.requests.pictures import keep_picture
from workers.requests.scenes import scene_of, scenes_of_job
from workers.sandboxes import reader_of_files
from workers.store.database import Job, Reading, Store


@dataclass(frozen=True)
class Order:
    """A locus to draw, how its job wants it, and the ranges its job has found so far (None: not yet). `picture` is
    the SHA-256 of an upload that takes the place of a drawing."""

    job: str
    scene: Scene
    options: JobOptions
    limits: dict[str, Any] | None
    picture: str | None = None


def order_of(store: Store, session: Session, row: Reading) -> Order:
    """The order of a reading. Runs inside the transaction that took the row."""
    job: Job = row.job
    options = JobOptions.from_json(job.options)
    picture = options.pictures[row.position] if options.pictures else None
    return Order(job.id, scene_of(store, session, row), options, job.limits, picture)


def draw(store: Store, order: Order) -> dict[str, Any]:
    """Draw and measure; returns what the row keeps. Raises LocutionError."""
    if order.picture is not None:
        return keep_picture(store, order.picture, order.scene.region.label or "")
    order = _with_limits(store, order)
    options, files = order.options, reader_of_files(store.settings)
    with tempfile.TemporaryDirectory() as folder:
        png = Path(folder) / "figure.png"
        figure = draw_figure(files, order.scene, png, Style(options.theme, options.width))
        sha = store.figures.put(png.read_bytes())
    return {
        "figure": sha,
        "layout": figure.layout.to_json(),
        "evidence": figure.evidence.to_json() if figure.evidence else {},
        "notes": list(figure.scene.warnings),
    }


def _with_limits(store: Store, order: Order) -> Order:
    """The order with ranges of the whole job, where it asks for them: the first of its loci to be drawn finds them,
    and the job keeps them, so that a locus tried again is drawn to the same scale."""
    if order.options.scale != "job" or order.limits is not None:
        return order
    found = common_ranges(reader_of_files(store.settings), scenes_of_job(store, order.job))
    with store.writing() as session:
        kept = update(Job).where(Job.id == order.job, Job.limits.is_(None))
        session.execute(kept.values(limits={unit: list(ends) for unit, ends in found.items()}))
    return replace(order, scene=replace(order.scene, limits=found))
