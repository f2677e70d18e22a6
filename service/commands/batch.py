"""Reading loci without a server: files and regions in, figures, reading.json and an index.html out.

Used by `locution read`. Knows folders and progress; drawing, reading and words are the renderer's and vlm's.
"""

from __future__ import annotations

import html
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
    cards = "\n".join(_card(result, path.parent, lang) for result in results)
    path.write_text(_PAGE.format(count=len(results), cards=cards, lang=lang), encoding="utf-8")


def _card(result: Result, root: Path, lang: str) -> str:
    record, folder = result.record, result.job.folder.relative_to(root).as_posix()
    title = html.escape(result.job.name)
    if record["status"] != "done":
        return f'<article><h2>{title}</h2><p class="failed">{html.escape(str(record["error"]))}</p></article>'
    verdicts = [claim["verdict"] for claim in record["claims"]]
    facts = f"{verdicts.count('supported')} claims supported, {verdicts.count('contradicted')} struck"
    return (
        f'<article><h2>{title}</h2><img src="{folder}/figure.png" alt="Tracks of {title}" loading="lazy">'
        f"<p>{html.escape(record['caption'][lang])}</p>"
        f'<p class="facts">{html.escape(record["model"]["name"])}: {facts}. '
        f'<a href="{folder}/reading.json">record</a></p></article>'
    )


_PAGE = """<!doctype html>
<html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{count} loci read by Locution</title>
<style>
 body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 1220px; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }}
 article {{ border-top: 1px solid #ccc; padding: 1rem 0 2rem; }} h2 {{ font-size: 1.05rem; }}
 img {{ width: 100%; height: auto; }} .facts {{ color: #666; font-size: .85rem; }} .failed {{ color: #a11; }}
</style>
<h1>{count} loci</h1>
{cards}
</html>
"""
