"""values.tsv: the drawn bins of every signal row, for plots of one's own. Written beside each figure, and joined."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.values.errors import LocutionError
from service.batch.locus import DrawnLocus, Finished
from service.outputs.tables import Row, write_rows
from vlm.values.record import Record

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.values.drawn import DrawnBins
    from renderer.values.track import Scene

NAME = "values.tsv"

VALUES = {
    "locus": "As in captions.tsv.",
    "chrom": "Chromosome.",
    "start": "First base of the bin, counted from 0.",
    "end": "The base after its last.",
    "track": "Number of the track, counted from the top.",
    "label": "Its label.",
    "value": "The mean over the bin in the units of the file, as it is drawn; empty where the file has no data.",
}
"""The columns of values.tsv: a row a bin, about 1,000 of each signal a window."""


def keep_values(files: FileReader, one: DrawnLocus, record: Record) -> None:
    """Write the bins of a locus beside its figure; what hinders that is said in its record."""
    if one.figure is None:
        return
    scene = one.figure.scene
    try:
        bins = files.bins(scene)
    except LocutionError as error:
        record["warnings"].append(f"Its values are not in {NAME}: {error}")
        return
    write_rows(one.locus.folder / NAME, list(VALUES), _rows(one.locus.name, scene, bins))


def _rows(name: str, scene: Scene, bins: DrawnBins) -> Iterator[Row]:
    labels = {track.number: track.label for track in scene.tracks}
    for number, values in bins.values.items():
        for (start, end), value in zip(pairwise(bins.edges), values, strict=True):
            yield {
                "locus": name,
                "chrom": scene.region.chrom,
                "start": start,
                "end": end,
                "track": number,
                "label": labels[number],
                "value": None if math.isnan(value) else value,
            }


def join_values(finished: Finished) -> Path:
    """Write the bins of all loci into one file, in their order; returns its path."""
    path = finished.out / NAME
    parts = [one.folder / NAME for one in finished.loci]
    if parts == [path]:
        return path
    partial = path.with_name(f".{NAME}.partial")
    write_rows(partial, list(VALUES), ())
    with partial.open("ab") as joined:
        for part in (one for one in parts if one.is_file()):
            with part.open("rb") as rows:
                rows.readline()
                shutil.copyfileobj(rows, joined)
    partial.replace(path)
    return path
