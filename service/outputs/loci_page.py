"""index.html: one page that opens from disk, every figure with its caption, and what was struck or failed."""

from __future__ import annotations

from pathlib import Path

from service.batch.locus import Finished
from service.outputs.results_page import write_results


def write_index(finished: Finished) -> Path:
    """Write it; returns its path."""
    path = finished.out / "index.html"
    shown = ({"name": one.locus.name, "folder": finished.place(one.locus), "record": one.record} for one in finished)
    write_results(path, "loci.html", finished.language, count=len(finished), loci=shown)
    return path
