"""Screenshots: pictures that come without data, read by models that look at any picture. Nothing of them is checked.

A job of pictures has a track set without tracks; its readings are rows like others, so that queue, gallery and review
serve them too. The pictures are decoded by a worker, never by the web server.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renderer.values.bounds import MOST_PICTURE_BYTES
from renderer.values.region import Region
from workers.errors import JobError
from workers.requests.jobs import Ring, check_model, clean_name, quiet
from workers.requests.options import JobOptions
from workers.store.database import Job, Reading, Store, TrackSet

if TYPE_CHECKING:
    from vlm.values.captioner import Captioner
    from vlm.values.record import Record

MOST_PICTURES = 50
"""Pictures of one job: each is a model's answer nobody can check by numbers."""

NOWHERE = "screenshot"
"""Stands for the chromosome of a picture's row; its record says that there is none."""

READERS = ("hub:", "remote:", "auto")
"""Models that look at any picture begin with one of these."""

NAMES = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"RIFF", ".webp"))
"""First bytes of what is taken, so that other files are refused before they are kept."""


@dataclass(frozen=True)
class Arrived:
    """An upload in the incoming folder."""

    path: Path
    sha256: str
    size: int


def create_job(
    store: Store,
    arrived: Sequence[tuple[Arrived, str]],
    model: str,
    lang: str = "en",
    name: str = "",
    ring: Ring = quiet,
) -> Job:
    """Queue a reading for every picture. Raises JobError for what is no picture, or a model that needs data."""
    if not 1 <= len(arrived) <= MOST_PICTURES:
        raise JobError(f"{len(arrived)} pictures were given. Give 1 to {MOST_PICTURES}, in the form field 'file'.")
    model = model or store.settings.model
    if not model.startswith(READERS):
        raise JobError(
            f"Model '{model[:80]}' needs data, so it reads no picture. Use hub:<id> or remote:<url>#<model>."
        )
    check_model(store, model, lang)
    for one, called in arrived:
        _refuse_others(one, called)
    for one, _ in arrived:
        target = store.uploads.path(one.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        one.path.replace(target)
    names = [clean_name(Path(called.replace("\\", "/")).name) or "picture" for _, called in arrived]
    with store.writing() as session:
        nothing = TrackSet(name="Screenshots", assembly=None, chroms={})
        session.add(nothing)
        session.flush()
        options = JobOptions(pictures=tuple(one.sha256 for one, _ in arrived))
        job = Job(
            track_set_id=nothing.id,
            name=clean_name(name) or names[0],
            model=model,
            lang=lang,
            options=options.to_json(),
        )
        session.add(job)
        session.flush()
        session.add_all(
            Reading(job_id=job.id, position=at, chrom=NOWHERE, start=0, end=1, label=called)
            for at, called in enumerate(names)
        )
    ring("render", len(names))
    return job


def _refuse_others(one: Arrived, called: str) -> None:
    with one.path.open("rb") as file:
        head = file.read(16)
    if not any(head.startswith(start) for start, _ in NAMES) or one.size > MOST_PICTURE_BYTES:
        raise JobError(
            f"{called[:80]} is no screenshot: a PNG, JPEG or WebP file of at most {MOST_PICTURE_BYTES // 10**6} MB."
        )


def keep_picture(store: Store, sha256: str, name: str) -> dict[str, Any]:
    """Check and copy one picture; returns what its row keeps in place of a drawing. Raises FormatError."""
    from renderer.values.layout import Layout
    from vlm.prompted.screenshot import check_picture

    with tempfile.TemporaryDirectory() as folder:
        source, copy = Path(folder) / (Path(name).name or "picture"), Path(folder) / "copy" / "figure.png"
        copy.parent.mkdir()
        source.symlink_to(store.uploads.path(sha256))
        width, height = check_picture(source, copy)
        sha = store.figures.put(copy.read_bytes())
    return {
        "figure": sha,
        "layout": Layout(width, height, Region(NOWHERE, 0, 1), ()).to_json(),
        "evidence": {},
        "notes": [],
    }


def read_pictures(store: Store, rows: Sequence[Reading], captioner: Captioner, lang: str) -> list[Record]:
    """Records of pictures that were kept. Raises ModelError for a model that needs data."""
    from vlm.prompted.screenshot import read_screenshots

    return read_screenshots(captioner, [(row.label or "", store.figures.path(str(row.figure))) for row in rows], lang)
