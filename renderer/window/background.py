"""What is usual in a prepared signal file, kept beside it as an index is: `renderer.prepare.background` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from renderer.values.background import Background


def background_file(path: Path) -> Path:
    """Where the background of a prepared bigWig is kept: in its folder, so that one goes where the other goes."""
    return path.with_name(f"{path.name}.background.json")


def read_background(path: Path, *, gaps_are_zero: bool) -> Background | None:
    """The background of a prepared bigWig; None if none is kept, or the file holds no value.

    Whether a base without a value counts as 0 or is not known hangs on the assay, which is named after a file is
    prepared, and may be named anew: both are kept.
    """
    try:
        kept = json.loads(background_file(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    found = kept["gaps_are_zero" if gaps_are_zero else "gaps_are_unknown"]
    return Background.from_json(found) if found else None
