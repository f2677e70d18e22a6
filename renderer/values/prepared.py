"""What `renderer.prepare.upload` made of an upload, as a value that can be kept in a database. Opens no file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from renderer.values.track import Kind


@dataclass(frozen=True)
class Source:
    """The file that a prepared one was made from: what a person called it, the SHA-256 of its bytes and their number.
    The last two are None of a file that could not be prepared."""

    name: str
    sha256: str | None
    bytes: int | None


@dataclass(frozen=True)
class Prepared:
    """A file that can be drawn. `chroms` gives lengths in bp; they are exact where `sized`, else the last end seen.

    `note` says why a kept file is not drawn. `warnings` are for the person who sent it.
    """

    format: str
    kind: Kind
    path: Path
    chroms: dict[str, int]
    sized: bool
    items: int | None
    warnings: tuple[str, ...] = ()
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As kept in the database: the path as text."""
        return asdict(self) | {"path": str(self.path), "warnings": list(self.warnings)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Prepared:
        """The inverse of `to_json`."""
        return cls(**{**data, "path": Path(data["path"]), "warnings": tuple(data["warnings"])})
