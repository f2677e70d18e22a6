"""What is drawn: frozen values that name prepared files. Nothing here opens one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from renderer.region import Region

Kind = Literal["signal", "intervals", "genes", "links", "other"]


@dataclass(frozen=True)
class Track:
    """One row of a figure. `path` is a prepared file (see `renderer.prepare`); `number` counts from 1, top down.

    `format` is a row of `renderer.formats.FORMATS` ('bigwig', 'bed', 'narrowpeak', ...). `label` is what a person
    wrote and is never used as a path. `note` says why a track is not drawn ("contact matrices are not drawn yet").
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

    def to_json(self) -> dict[str, Any]:
        """As kept in the database and sent to a worker: every field, the path as text."""
        return asdict(self) | {"path": str(self.path)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Track:
        """The inverse of `to_json`."""
        return cls(**{**data, "path": Path(data["path"])})

    def legend(self) -> dict[str, Any]:
        """The track as a reading record shows it (DESIGN section 7): no paths."""
        return {"track": self.number, "label": self.label, "kind": self.kind, "assay": self.assay,
                "sample": self.sample, "group": self.group}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One locus of one track set: everything a figure is made from."""

    region: Region
    tracks: tuple[Track, ...]
    assembly: str | None = None
    warnings: tuple[str, ...] = field(default=())

    def with_region(self, region: Region) -> Scene:
        """The same tracks at another place."""
        return replace(self, region=region)
