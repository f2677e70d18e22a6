"""Cytogenetic bands -> bgzip + tabix."""

from __future__ import annotations

from pathlib import Path

from renderer.formats import Format
from renderer.prepare_common import keep_with_note
from renderer.prepared import Prepared
from renderer.text import Progress


def prepare_bands(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """Cytogenetic bands (cytoBand.txt)."""
    return keep_with_note(path, folder, found, "cytoband files are not drawn yet")
