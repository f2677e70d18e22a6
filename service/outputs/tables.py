"""captions.tsv and claims.tsv: a row a locus, and a row a claim, for spreadsheets, R, pandas and shells.

UTF-8, a header, a tab between columns, one line a row whatever a text holds: a tab, a line's end or a backslash in it
is written as \\t, \\n, \\r or \\\\. A text with quotation marks stands in quotation marks, as readers of tables expect.
Places are 0-based and half-open, as in BED and in records. What is not known is empty.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from service.batch.locus import Finished, ReadLocus
from vlm.values.claim import VERDICTS
from vlm.values.record import Record, RecordClaim, count_verdicts
from vlm.words import languages

Row = dict[str, Any]

_WRITTEN = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_READ = {written: read for read, written in _WRITTEN.items()}

CAPTIONS = {
    "locus": "What the locus is called: the gene, the name behind the place, or the place.",
    "folder": "Its folder, from that of the table; '.' where there is just one locus.",
    "assembly": "Genome assembly.",
    "chrom": "Chromosome of the window.",
    "start": "First base of the window, counted from 0.",
    "end": "The base after its last.",
    "state": "done or failed.",
    "reason": "Why it failed.",
    "model": "Who read the figure.",
    "revision": "Which version of the model.",
    "supported": "How many claims the numbers support.",
    "contradicted": "How many they contradict; none of these is printed.",
    "cannot_tell": "How many they do not decide.",
    "notes": "What a reader should know, one note after the other, '; ' between them.",
    "id": "SHA-256 of inputs, place, options, model and version (`provenance.id` of the record).",
    "caption_*": "The caption, a column a language: caption_en, caption_zh.",
    "short_*": "Frame, main finding and reading in 60 words, likewise.",
}
"""The columns of captions.tsv. One that ends in '*' stands once for each language."""

CLAIMS = {
    "locus": "As in captions.tsv.",
    "folder": "As in captions.tsv.",
    "claim": "Its number in the record, from 1.",
    "kind": "What kind of statement it is: peak, value, level_differs, active_promoter ...",
    "tracks": "Numbers of the tracks it is about, counted from the top, ',' between them.",
    "labels": "Their labels, as JSON where there are several.",
    "chrom": "Chromosome.",
    "start": "First base of the place it speaks of, counted from 0.",
    "end": "The base after its last.",
    "value": "What it says beside the place, as its maker said it: a number, a name, or JSON.",
    "measured": "The numbers it was held against, as JSON.",
    "tolerance": "How far it may be off, as JSON.",
    "verdict": "supported, contradicted or cannot_tell.",
    "source": "Who made it: model, measured, annotation or rule.",
    "confidence": "How sure the model was, 0 to 1.",
    "rests_on": "Numbers of the claims it was made from, ',' between them.",
    "printed": "true where the caption says it.",
    "text_*": "The claim in words, a column a language; of what is supported with the measured value.",
}
"""The columns of claims.tsv, likewise."""


def write_captions(finished: Finished) -> Path:
    """Write captions.tsv; returns its path."""
    return _write(finished, "captions.tsv", CAPTIONS, lambda one, place: [_caption(one, place)])


def write_claims(finished: Finished) -> Path:
    """Write claims.tsv; returns its path."""
    return _write(finished, "claims.tsv", CLAIMS, _claims)


def _write(
    finished: Finished, name: str, columns: Mapping[str, str], rows: Callable[[ReadLocus, str], Iterable[Row]]
) -> Path:
    path = finished.out / name
    codes = languages.spoken(finished.language)
    head = [one for column in columns for one in _spelled(column, codes)]
    write_rows(path, head, (row for one in finished for row in rows(one, finished.place(one.locus))))
    return path


def _spelled(column: str, codes: Iterable[str]) -> list[str]:
    """The column, or one for each language."""
    return [column.replace("*", code) for code in codes] if column.endswith("*") else [column]


def _caption(one: ReadLocus, folder: str) -> Row:
    record, region = one.record, one.record["region"]
    model, counts = record.get("model"), count_verdicts(record)
    return {
        "locus": one.locus.name,
        "folder": folder,
        **{key: region.get(key) for key in ("assembly", "chrom", "start", "end")},
        "state": record["status"],
        "reason": record["error"],
        "model": model and model["name"],
        "revision": model and model.get("revision"),
        **{verdict: counts[verdict] for verdict in VERDICTS},
        "notes": "; ".join(record["warnings"]),
        "id": record["provenance"]["id"] if "provenance" in record else None,
        **_in_languages("caption", record["caption"] or {}),
        **_in_languages("short", record.get("short", {})),
    }


def _claims(one: ReadLocus, folder: str) -> Iterator[Row]:
    labels = {track["track"]: track["label"] for track in one.record.get("tracks", ())}
    for claim in one.record["claims"]:
        yield {"locus": one.locus.name, "folder": folder, **_claim(claim, one.record, labels)}


def _claim(claim: RecordClaim, record: Record, labels: Mapping[int, str]) -> Row:
    where = claim["where"] or {"start": None, "end": None}
    named = [labels.get(number, "") for number in claim["tracks"]]
    return {
        "claim": claim["id"],
        "kind": claim["kind"],
        "tracks": _listed(claim["tracks"]),
        "labels": named[0] if len(named) == 1 else named or None,
        "chrom": record["region"].get("chrom"),
        "start": where["start"],
        "end": where["end"],
        **{key: claim[key] or None for key in ("measured", "tolerance")},
        "value": claim["value"],
        "verdict": claim["verdict"],
        "source": claim["from"],
        "confidence": claim["confidence"],
        "rests_on": _listed(claim["rests_on"]),
        "printed": claim["printed"],
        **_in_languages("text", claim["text"]),
    }


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def _in_languages(column: str, texts: Mapping[str, str]) -> Row:
    return {f"{column}_{code}": text for code, text in texts.items()}


# --- the format


def write_rows(path: Path, head: list[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table of these columns, whole or not at all; a column that a row does not have is empty."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, dialect="excel-tab", lineterminator="\n")
        lines.writerow(head)
        lines.writerows([_cell(row.get(name)) for name in head] for row in rows)
    partial.replace(path)


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of such a table as text, each with its columns; the inverse of `write_rows` for texts."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, dialect="excel-tab"):
            yield {name: re.sub(r"\\[\\tnr]", lambda found: _READ[found[0]], text) for name, text in row.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return re.sub(r"[\\\t\n\r]", lambda found: _WRITTEN[found[0]], text)
