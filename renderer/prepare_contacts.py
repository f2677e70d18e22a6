"""Contact matrices and bedGraph matrices -> files a window can be read from."""

from __future__ import annotations

from pathlib import Path

from renderer.formats import Format
from renderer.prepare_common import keep_with_note
from renderer.prepared import Prepared
from renderer.text import Progress


def prepare_contacts(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A contact matrix."""
    return keep_with_note(path, folder, found, "contact matrices are not drawn yet")


def prepare_matrix(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A bedGraph matrix: several score columns a place."""
    return keep_with_note(path, folder, found, "bedGraph matrices are not drawn yet")
