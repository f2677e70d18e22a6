"""Where a record comes from: the files it rests on, how it was asked for, and by which version.

Two records of one `id` were made from the same bytes by the same version, model and options, so they say the same: a
batch that is resumed keeps them. Opens no file but what preparing kept beside each (`renderer.prepare.common`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from renderer.prepare.common import source_of
from renderer.values.track import Look, Scene, Track
from vlm.values.captioner import ModelInfo
from vlm.values.record import Record, RecordInput, RecordProvenance

if TYPE_CHECKING:
    from vlm.prompted.ask import ReadOptions
    from workers.pipeline import Style

Options = dict[str, Any]

_PLACES = ("path", "more")
"""Fields of a track that name prepared files: the bytes behind them count, not where they lie."""


def asked(style: Style, options: ReadOptions, info: ModelInfo) -> Options:
    """How figures are drawn and read, by which model: the part of the options that all records of a run share."""
    model = {"model": info.name, "revision": info.revision}
    return {**model, **asdict(style), "formats": list(style.formats), **options.to_json()}


def inputs_of(scene: Scene) -> list[RecordInput]:
    """The files of a scene, in the order of its rows, with the numbers of the tracks that show them; the file of the
    ideogram, which is no row, last."""
    shown: dict[tuple[str, str | None, int | None], list[int]] = {}
    for track in scene.tracks:
        for path in (track.path, *track.more):
            source = source_of(path)
            shown.setdefault((source.name, source.sha256, source.bytes), []).append(track.number)
    if scene.bands is not None:
        source = source_of(scene.bands)
        shown.setdefault((source.name, source.sha256, source.bytes), [])
    return [
        RecordInput(name=name, sha256=digest, bytes=size, tracks=sorted(set(numbers)))
        for (name, digest, size), numbers in shown.items()
    ]


def identity(name: str, scene: Scene | None, asked: Mapping[str, Any]) -> str:
    """A SHA-256 that changes with anything a record hangs on: the bytes of its files, its rows and how they are drawn,
    place, options, model and version. Paths, times and other loci do not count. `scene` is None of a locus that could
    not be found."""
    said: Options = {"version": version("locution"), "name": name, "asked": asked, "scene": None}
    if scene is not None:
        place = {"region": asdict(scene.region), "assembly": scene.assembly, "scale": scene.scale}
        said["scene"] = {
            **place,
            "tracks": [_row(track) for track in scene.tracks],
            "highlights": [asdict(one) for one in scene.highlights],
            "limits": {unit: list(ends) for unit, ends in scene.limits.items()},
            "inputs": inputs_of(scene),
        }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _row(track: Track) -> Options:
    """A track without its paths."""
    return {key: value for key, value in asdict(track).items() if key not in _PLACES}


def with_provenance(
    record: Record, name: str, scene: Scene | None, asked: Mapping[str, Any], at: datetime | None = None
) -> Record:
    """The record of the locus `name`, with where it comes from; finished `at` (now)."""
    options = dict(asked)
    if scene is not None:
        options |= {
            "scale": scene.scale,
            "tracks": {str(one.number): said for one in scene.tracks if (said := _said(one))},
        }
    made = RecordProvenance(
        id=identity(name, scene, asked),
        version=version("locution"),
        finished=(at or datetime.now(UTC)).isoformat(timespec="seconds"),
        inputs=inputs_of(scene) if scene else [],
        options=options,
    )
    return {**record, "provenance": made}


def _said(track: Track) -> Options:
    """How a track is drawn, where that differs from what is usual."""
    usual = Look()
    look = {one.name: getattr(track.look, one.name) for one in fields(Look)}
    said = {key: value for key, value in look.items() if value != getattr(usual, key)}
    return said | ({"combine": track.combine} if track.combine else {})
