"""Several models on the same figures: `locution read --model A --model B`. A table, and the captions side by side.

Figures are drawn once. Models are loaded one after the other, because two may not fit into a GPU's memory.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.commands.batch import AT_ONCE, Job, draw_job
from service.commands.models import table
from service.commands.read_look import Drawing
from service.commands.results_page import write_results
from vlm.models.loading import load_captioner
from vlm.prompted.ask import ReadOptions
from vlm.reading import read_figures
from vlm.score.facts import facts_of
from vlm.values.captioner import Captioner, Figure
from vlm.values.claim import Claim

if TYPE_CHECKING:
    from renderer.sandbox.reader import FileReader

Load = Callable[[str], Captioner]
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Drawn:
    """A locus with its figure, or why there is none."""

    job: Job
    figure: Figure | None
    problem: str | None


@dataclass(frozen=True)
class Column:
    """What one model said: its name, and a record for each locus that was drawn."""

    name: str
    records: tuple[dict[str, Any], ...]


def draw_all(jobs: Sequence[Job], how: Drawing, files: FileReader, tell: Tell) -> list[Drawn]:
    """Every locus drawn, in order; `tell` gets 1 per locus."""
    drawn = []
    for job in jobs:
        drawn.append(Drawn(job, *draw_job(job, how, files)))
        tell(1)
    return drawn


def read_all(
    drawn: Sequence[Drawn], names: Sequence[str], options: ReadOptions, tell: Tell, load: Load = load_captioner
) -> list[Column]:
    """Read all figures with every model, and write each record beside its figure. Raises ModelError."""
    columns = []
    figures = [(one.job, one.figure) for one in drawn if one.figure is not None]
    for number, name in enumerate(names, 1):
        captioner = load(name)
        records = []
        for start in range(0, len(figures), AT_ONCE):
            part = figures[start : start + AT_ONCE]
            records += read_figures(captioner, [figure for _, figure in part], options)
            tell(len(part))
        for (job, _), record in zip(figures, records, strict=True):
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            (job.folder / record_name(number)).write_text(text, encoding="utf-8")
        columns.append(Column(captioner.info.name, tuple(records)))
        del captioner
        gc.collect()
    return columns


def record_name(number: int) -> str:
    """The file of the record of model `number`, from 1, in a locus's folder."""
    return f"reading-{number}.json"


# --- the table


HEAD = ("model", "loci", "claims", "supported", "struck", "open", "recall", "s/locus", "fallback")
VERDICTS = ("supported", "contradicted", "cannot_tell")


def rows(drawn: Sequence[Drawn], columns: Sequence[Column]) -> list[tuple[str, ...]]:
    """A line a model: what it claimed itself, how that was judged, the salient facts among what holds, its time."""
    figures = [one.figure for one in drawn if one.figure is not None]
    return [HEAD, *(_row(column, figures) for column in columns)]


def _row(column: Column, figures: Sequence[Figure]) -> tuple[str, ...]:
    count = len(column.records)
    own = [claim for record in column.records for claim in _own(record, column)]
    verdicts = [str(sum(claim["verdict"] == verdict for claim in own)) for verdict in VERDICTS]
    pairs = zip(column.records, figures, strict=True)
    facts = [fact for record, figure in pairs for fact in _recalled(_own(record, column), figure)]
    weight = sum(share for share, _ in facts)
    recall = f"{sum(share for share, hit in facts if hit) / weight:.0%}" if weight else "-"
    seconds = sum(record["model"]["seconds"] for record in column.records) / max(1, count)
    fallbacks = sum("fallback" in record["model"] for record in column.records)
    return (column.name, str(count), str(len(own)), *verdicts, recall, f"{seconds:.2f}", str(fallbacks))


def _own(record: dict[str, Any], column: Column) -> list[dict[str, Any]]:
    """The claims of the model itself, not those that were put in their place where nothing held."""
    sources = ("measured", "model") if column.name == "measured" else ("model",)
    return [claim for claim in record["claims"] if claim["from"] in sources]


def _recalled(own: Sequence[dict[str, Any]], figure: Figure) -> Iterator[tuple[float, bool]]:
    """Weight of every salient fact of a figure, and whether a supported one of these claims states it."""
    assert figure.evidence is not None
    held = [
        Claim(claim["kind"], tuple(claim["tracks"]), claim["where"]["start"], claim["where"]["end"], claim["value"])
        for claim in own
        if claim["verdict"] == "supported"
    ]
    for number, found in figure.evidence.tracks.items():
        here = [claim for claim in held if claim.tracks == (number,)]
        for fact in facts_of(found, figure.region):
            yield fact.weight, fact.is_in(here)


def side_by_side(drawn: Sequence[Drawn], columns: Sequence[Column], lang: str) -> str:
    """For a terminal: each locus with every model's caption, then the table."""
    lines, place = [], 0
    for one in drawn:
        lines.append(one.job.name)
        if one.figure is None:
            lines.append(f"  failed: {one.problem}\n")
            continue
        lines += [f"  {column.name}: {_told(column.records[place], lang)}" for column in columns]
        lines.append("")
        place += 1
    return "\n".join([*lines, table(rows(drawn, columns))])


def _caption(record: dict[str, Any], lang: str) -> str:
    return str(record["caption"][lang]) if record["status"] == "done" else f"failed: {record['error']}"


def _told(record: dict[str, Any], lang: str) -> str:
    """The caption, with a word on whose it is where the model said nothing that holds."""
    return f"{'[the measurements speak] ' if 'fallback' in record['model'] else ''}{_caption(record, lang)}"


# --- the page


def write_page(path: Path, drawn: Sequence[Drawn], columns: Sequence[Column], lang: str) -> None:
    """One page that opens from disk: the table, and every figure with the captions of all models beside each other."""
    head, *body = rows(drawn, columns)
    records = zip(*(column.records for column in columns), strict=True)
    loci = [
        {
            "name": one.job.name,
            "folder": one.job.folder.relative_to(path.parent).as_posix(),
            "problem": one.problem,
            "said": _said(columns, next(records)) if one.figure is not None else (),
        }
        for one in drawn
    ]
    write_results(path, "models.html", lang, head=head, rows=body, loci=loci)


def _said(columns: Sequence[Column], records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each model said of one locus, and the name of the file that holds it."""
    pairs = enumerate(zip(columns, records, strict=True), 1)
    return [{"model": column.name, "record": record, "file": record_name(number)} for number, (column, record) in pairs]
