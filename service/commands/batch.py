"""Reading loci without a server: files and regions in, figures, reading.json and an index.html out.

Used by `locution read`. Knows folders and progress; drawing, reading and words are the renderer's and vlm's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from renderer.sandbox.reader import FileReader
from renderer.values.errors import LocutionError
from renderer.values.evidence import GeneEvidence
from renderer.values.track import Scene
from service.commands.read_look import Drawing, draw_others
from service.commands.results_page import write_results
from vlm.prompted.ask import ReadOptions
from vlm.reading import read_figures
from vlm.values.captioner import Captioner, Figure

AT_ONCE = 16
"""Loci of one model batch: faster than one at a time, and progress still moves every few seconds."""

Tell = Callable[[int], None]
_AS_EVER = ReadOptions()


@dataclass(frozen=True)
class Job:
    """One locus and where its results go. `problem` says why it cannot even be drawn."""

    name: str
    folder: Path
    scene: Scene | None
    problem: str | None = None


@dataclass(frozen=True)
class Result:
    """The record of one locus, as written to reading.json."""

    job: Job
    record: dict[str, Any]


def folder_name(number: int, text: str) -> str:
    """A file-system-safe folder for locus `number`, e.g. '003_JAK2'."""
    return f"{number:03d}_{re.sub(r'[^A-Za-z0-9.-]+', '_', text).strip('_')[:60]}"


def run(
    jobs: Sequence[Job],
    captioner: Captioner,
    how: Drawing,
    tell: Tell,
    files: FileReader,
    options: ReadOptions = _AS_EVER,
) -> Iterator[Result]:
    """Draw (by `files`) and read every locus, in order; a locus that fails gives a record that says why. `tell` gets 1
    per locus."""
    for start in range(0, len(jobs), AT_ONCE):
        part = [(job, *draw_job(job, how, files)) for job in jobs[start : start + AT_ONCE]]
        records = iter(read_figures(captioner, [figure for _, figure, _ in part if figure is not None], options))
        for job, figure, problem in part:
            record = next(records) if figure is not None else _failed(job, problem or "")
            job.folder.mkdir(parents=True, exist_ok=True)
            (job.folder / "reading.json").write_text(
                json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            tell(1)
            yield Result(job, record)


def draw_job(job: Job, how: Drawing, files: FileReader) -> tuple[Figure | None, str | None]:
    """The figure of a locus with its evidence, or None and why it cannot be drawn."""
    if job.scene is None:
        return None, job.problem
    job.folder.mkdir(parents=True, exist_ok=True)
    png = job.folder / "figure.png"
    try:
        drawn = files.draw(job.scene, png, **how.options)
        draw_others(job.scene, job.folder, how, files)
    except LocutionError as error:
        return None, str(error)
    genes = tuple(
        gene for found in drawn.evidence.tracks.values() if isinstance(found, GeneEvidence) for gene in found.genes
    )
    scene = replace(job.scene, warnings=drawn.warnings)
    return Figure(png, drawn.layout, scene, genes, drawn.evidence), None


def _failed(job: Job, problem: str) -> dict[str, Any]:
    region = job.scene.region if job.scene else None
    where = {"chrom": region.chrom, "start": region.start, "end": region.end} if region else {}
    return {
        "schema": "locution.reading/1",
        "region": {**where, "label": job.name},
        "status": "failed",
        "error": problem,
        "claims": [],
        "caption": None,
        "warnings": [],
    }


def write_index(path: Path, results: Sequence[Result], lang: str) -> None:
    """One page that opens from disk: every figure with its caption, and what was struck or failed."""
    loci = [
        {"name": one.job.name, "folder": one.job.folder.relative_to(path.parent).as_posix(), "record": one.record}
        for one in results
    ]
    write_results(path, "loci.html", lang, loci=loci)
