"""Figures drawn on demand, for papers: any size, PNG, SVG or PDF, one locus or several side by side.

Whoever asks waits, so the sandbox of the web server draws, within a time limit and a few at a time; the web server
itself loads nothing that draws. What was drawn is kept for a day.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from renderer.values.bounds import (
    DPI,
    FIGURE_FORMATS,
    LEAST_DPI,
    LEAST_WIDTH,
    MOST_DPI,
    MOST_PANELS,
    MOST_WIDTH,
    THEME_NAMES,
)
from renderer.values.track import Scene
from workers.errors import BusyError, JobError
from workers.pipeline import Style
from workers.requests.jobs import get_row
from workers.requests.options import JobOptions, one_of, whole
from workers.requests.scenes import scene_of
from workers.sandboxes import reader_of_files
from workers.store.database import Reading, Store

SECONDS = 30
"""Hard limit for each locus of a download: most take less than one, and a browser waits for it."""

WAITING_SECONDS = 30.0
"""How long a download waits for its turn before it is told to come again."""

AT_ONCE = 3
"""Downloads that may draw or wait their turn: the other threads of the web server stay free for pages."""

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Download:
    """What a download is: the format of its one file, and how it is drawn."""

    format: str
    style: Style

    @classmethod
    def read(cls, format: str, asked: Mapping[str, str], usual: JobOptions) -> Download:
        """From the query of an address; what is not said is as in the job. Raises JobError naming the field."""
        one_of(FIGURE_FORMATS)("The format", format)
        dpi = whole(LEAST_DPI, MOST_DPI)("'dpi'", asked["dpi"]) if asked.get("dpi") else DPI
        wide = whole(LEAST_WIDTH, MOST_WIDTH, "of pixels ")
        width = wide("'width'", asked["width"]) if asked.get("width") else usual.width
        theme = one_of(THEME_NAMES)("'theme'", asked["theme"]) if asked.get("theme") else usual.theme
        return cls(format, Style(theme, width, dpi))


@dataclass(frozen=True)
class Wanted:
    """Scenes of one job, and how it draws them."""

    scenes: tuple[Scene, ...]
    options: JobOptions


def find_reading(store: Store, identity: str) -> Wanted:
    """The scene of one reading. Raises NotFound, or JobError for one that is not drawn yet."""
    return _find(store, [identity], None)


def find_panels(store: Store, job_id: str, ids: Sequence[str]) -> Wanted:
    """The scenes of several readings of a job, in the order asked for. Raises NotFound, JobError."""
    ids = list(dict.fromkeys(ids))
    if not 1 <= len(ids) <= MOST_PANELS:
        raise JobError(f"'readings' names {len(ids)} readings. Give 1 to {MOST_PANELS} ids, between commas.")
    return _find(store, ids, job_id)


def _find(store: Store, ids: Sequence[str], job_id: str | None) -> Wanted:
    with store.reading() as session:
        rows: list[Reading] = [get_row(session, Reading, identity, "reading") for identity in ids]
        for row in rows:
            if job_id not in (None, row.job_id):
                raise JobError(f"Reading '{row.id}' is not of this job. Loci side by side must be of one job.")
            if row.figure is None:
                raise JobError(
                    "This locus is not drawn yet. Ask again when it is."
                    if len(rows) == 1
                    else f"{row.label or row.chrom} is not drawn yet. Ask again when it is."
                )
        options = JobOptions.from_json(rows[0].job.options)
        if options.pictures:
            raise JobError("A screenshot is kept as it came: there are no tracks to draw it from.")
        return Wanted(tuple(scene_of(store, session, row) for row in rows), options)


def draw_download(store: Store, wanted: Wanted, download: Download) -> Path:
    """The file of a download, drawn unless it is there. Raises BusyError, LocutionError for what cannot be drawn."""
    target = store.drawings.path(_key(wanted.scenes, download))
    if target.is_file():
        return target
    if not _turns.acquire(timeout=WAITING_SECONDS):
        raise BusyError("Many figures are being drawn right now. Ask again in a moment.")
    try:
        _draw(store, wanted.scenes, download, target)
    finally:
        _turns.release()
    return target


def _draw(store: Store, scenes: Sequence[Scene], download: Download, target: Path) -> None:
    seconds = min(store.settings.render_seconds, SECONDS)
    reader = reader_of_files(replace(store.settings, sandbox=1, render_seconds=seconds))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{secrets.token_hex(8)}.partial.{download.format}")
    try:
        if len(scenes) == 1:
            reader.draw(scenes[0], partial, **download.style.options)
        else:
            reader.draw_panels(scenes, partial, **download.style.options)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _key(scenes: Sequence[Scene], download: Download) -> str:
    """Changes with everything that is drawn."""
    said = json.dumps([asdict(download), [asdict(scene) for scene in scenes]], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
