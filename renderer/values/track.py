"""What is drawn: frozen values that name prepared files. Nothing here opens one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from renderer.values.region import Region

Kind = Literal["signal", "intervals", "genes", "links", "contacts", "matrix", "bands", "other"]
"""What a track shows. `matrix` is a bedGraph matrix (one score a column and place, e.g. insulation at several window
sizes); `bands` are cytogenetic bands: never a row of their own, but the ideogram of the page."""

Combine = Literal["mean", "overlay", "subtract", "ratio", "log2ratio"]
"""How several signal files make one track: replicates averaged or overlaid (measured as their mean), or the first
file minus, over, or as log2 over the mean of the others (its input)."""

Shape = Literal["triangle", "square"]

Across = Literal["lines", "tint"]
"""Intervals that are drawn over all rows instead of in one: lines at their ends, or a tint over them."""

Scaling = Literal["together", "job", "own", "file"]
"""What signals are scaled by. together: those of one assay, unit and source by the highest of them in the figure; job:
the same over all figures of a job; own: each by its own maximum; file: each up to what 99.9 % of its file stay below.
Tracks of one `group` share a scale in any case."""

Heading = Literal["assay", "sample", "condition", "group"]
"""Fields of a track by which rows may be put under headings."""


@dataclass(frozen=True)
class Look:
    """How one track is drawn, where that differs from what its assay and theme suggest (None: not said).

    `height` is in pixels. `vmin` and `vmax` fix the drawn range (file units); values above are marked, never hidden.
    `log` draws log2(1 + value). `dense` squeezes intervals or genes into one row without names. `shape` is that of a
    contact map. Signals next to each other that name the same `row` are drawn in that one row, over one another on one
    scale; each keeps its label, colour and number, and is read by itself. `heading` stands above the first of
    neighbours that name the same one. `lines` are values (file units) at which a line lies behind a signal. Intervals
    with `across` are no row.
    """

    height: int | None = None
    vmin: float | None = None
    vmax: float | None = None
    log: bool = False
    dense: bool = False
    shape: Shape = "triangle"
    row: str | None = None
    heading: str | None = None
    lines: tuple[float, ...] = ()
    across: Across | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.lines))  # JSON knows lists only


@dataclass(frozen=True)
class Track:
    """One row of a figure. `path` is a prepared file (see `renderer.prepare.upload`); `number` counts from 1, top down.

    `format` is a row of `renderer.formats.table.FORMATS` ('bigwig', 'bed', 'narrowpeak', ...). `label` is what a person
    wrote and is never used as a path. `note` says why a track is not drawn. `more` are further signal files of the
    same track, joined to the first as `combine` says. Tracks of one `group` share their scale, and so a depth. A '+'
    track directly followed by the '-' track of the same sample is drawn with it as one mirrored row; both keep their
    numbers. `source` is where the file is from, `condition`, `replicate` and `level` (the condition's number on an
    ordered factor) its place in a design. None: not said, so it is guessed from the label; '-': there is none.
    """

    number: int
    label: str
    kind: Kind
    format: str
    path: Path
    assay: str | None = None
    sample: str | None = None
    group: str | None = None
    strand: str | None = None
    color: str | None = None
    note: str | None = None
    look: Look = Look()
    more: tuple[Path, ...] = ()
    combine: Combine | None = None
    source: str | None = None
    condition: str | None = None
    replicate: str | None = None
    level: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As kept in the database and sent to a worker: every field, paths as text."""
        return asdict(self) | {"path": str(self.path), "more": [str(path) for path in self.more]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Track:
        """The inverse of `to_json`."""
        more = tuple(Path(path) for path in data.get("more", ()))
        return cls(**{**data, "path": Path(data["path"]), "look": Look(**data.get("look", {})), "more": more})


@dataclass(frozen=True)
class Highlight:
    """A stretch of the window that is tinted over all rows; 0-based, half-open, on the scene's chromosome."""

    start: int
    end: int
    label: str | None = None
    color: str | None = None


@dataclass(frozen=True)
class Scene:
    """One locus of one track set: everything a figure is made from.

    `bands` is a prepared cytoBand file for the ideogram. `limits` are ranges of what shares a scale (its name ->
    bottom, top, in file units) that hold for all figures of a job; what is not in it is scaled within this figure.
    `across` are intervals drawn over all rows, as their look says; they are none of the `tracks`.
    """

    region: Region
    tracks: tuple[Track, ...]
    assembly: str | None = None
    warnings: tuple[str, ...] = field(default=())
    highlights: tuple[Highlight, ...] = ()
    bands: Path | None = None
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    scale: Scaling = "together"
    across: tuple[Track, ...] = ()

    def with_region(self, region: Region) -> Scene:
        """The same tracks at another place."""
        return replace(self, region=region)
