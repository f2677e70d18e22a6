"""Several models on the same figures: `locution read --model A --model B`. A table, and the captions side by side.

Figures are drawn once. Models are loaded one after the other, because two may not fit into a GPU's memory.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.batch.locus import DrawnLocus, draw_locus, write_record
from service.batch.run import Batch
from service.commands.models import table
from service.outputs.alt_text import alt_text
from service.outputs.results_page import write_results
from vlm.score.facts import facts_of
from vlm.values.captioner import Figure
from vlm.values.claim import VERDICTS, Claim
from vlm.values.record import Record, RecordClaim, caption_of
from vlm.words import languages
from workers.pipeline import read_in_batches

Tell = Callable[[int], None]
"""Called with so many figures that are drawn, or records that are made."""


@dataclass(frozen=True)
class Column:
    """What one model said: its name, and a record for each locus that was drawn."""

    name: str
    records: tuple[Record, ...]


def draw_all(batch: Batch, tell: Tell) -> list[DrawnLocus]:
    """Every locus drawn, in order; `tell` gets 1 per locus."""
    drawn = []
    for locus in batch.loci:
        drawn.append(draw_locus(batch.files, locus, batch.asked.style))
        tell(1)
    return drawn


def read_all(drawn: Sequence[DrawnLocus], names: Sequence[str], batch: Batch, tell: Tell) -> list[Column]:
    """Read all figures with every model, and write each record beside its figure. Raises ModelError."""
    columns = []
    figures = [(one.locus, one.figure) for one in drawn if one.figure is not None]
    for number, name in enumerate(names, 1):
        captioner = batch.load(name)
        records = []
        for record in read_in_batches(captioner, [figure for _, figure in figures], batch.at_once, batch.asked.options):
            records.append(record)
            tell(1)
        for (locus, _), record in zip(figures, records, strict=True):
            write_record(locus.folder, record, record_name(number))
        columns.append(Column(captioner.info.name, tuple(records)))
        del captioner
        gc.collect()
    return columns


def record_name(number: int) -> str:
    """The file of the record of model `number`, from 1, in a locus's folder."""
    return f"reading-{number}.json"


# --- the table


HEAD = ("model", "loci", "claims", "supported", "struck", "open", "recall", "s/locus", "fallback")


def rows(drawn: Sequence[DrawnLocus], columns: Sequence[Column]) -> list[tuple[str, ...]]:
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


def _own(record: Record, column: Column) -> list[RecordClaim]:
    """The claims of the model itself, not those that were put in their place where nothing held."""
    sources = ("measured", "model") if column.name == "measured" else ("model",)
    return [claim for claim in record["claims"] if claim["from"] in sources]


def _recalled(own: Sequence[RecordClaim], figure: Figure) -> Iterator[tuple[float, bool]]:
    """Weight of every salient fact of a figure, and whether a supported one of these claims states it."""
    assert figure.evidence is not None
    held = [
        Claim(claim["kind"], tuple(claim["tracks"]), where["start"], where["end"], claim["value"])
        for claim in own
        if claim["verdict"] == "supported" and (where := claim["where"]) is not None
    ]
    for number, found in figure.evidence.tracks.items():
        here = [claim for claim in held if claim.tracks == (number,)]
        for fact in facts_of(found, figure.region):
            yield fact.weight, fact.is_in(here)


def side_by_side(drawn: Sequence[DrawnLocus], columns: Sequence[Column], lang: str) -> str:
    """For a terminal: each locus with every model's caption, then the table."""
    lines, place = [], 0
    for one in drawn:
        lines.append(one.locus.name)
        if one.figure is None:
            lines.append(f"  failed: {one.problem}\n")
            continue
        lines += [f"  {column.name}: {_told(column.records[place], lang)}" for column in columns]
        lines.append("")
        place += 1
    return "\n".join([*lines, table(rows(drawn, columns))])


def _caption(record: Record, lang: str) -> str:
    return caption_of(record, lang) if record["status"] == "done" else f"failed: {record['error']}"


def _told(record: Record, lang: str) -> str:
    """The caption, with a word on whose it is where the model said nothing that holds."""
    return f"{'[the measurements speak] ' if 'fallback' in record['model'] else ''}{_caption(record, lang)}"


# --- the page


def write_page(path: Path, drawn: Sequence[DrawnLocus], columns: Sequence[Column], lang: str) -> None:
    """One page that opens from disk: the table, and every figure with the captions of all models beside each other."""
    head, *body = rows(drawn, columns)
    records = zip(*(column.records for column in columns), strict=True)
    loci = [_shown(one, path.parent, columns, next(records) if one.figure is not None else ()) for one in drawn]
    write_results(path, "models.html", lang, head=head, rows=body, loci=loci)


def _shown(one: DrawnLocus, out: Path, columns: Sequence[Column], records: Sequence[Record]) -> dict[str, Any]:
    folder = one.locus.folder.relative_to(out).as_posix()
    said = _said(columns, records) if records else []
    alt = alt_text(records[0], languages.ALWAYS[0]) if records else ""
    picture = f"{folder}/figure.png"
    return {
        "name": one.locus.name,
        "folder": folder,
        "picture": picture,
        "alt": alt,
        "problem": one.problem,
        "said": said,
    }


def _said(columns: Sequence[Column], records: Sequence[Record]) -> list[dict[str, Any]]:
    """What each model said of one locus, and the name of the file that holds it."""
    pairs = enumerate(zip(columns, records, strict=True), 1)
    return [{"model": column.name, "record": record, "file": record_name(number)} for number, (column, record) in pairs]
