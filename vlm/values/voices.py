"""Who said what of a record: the model, the annotation, the measurements, and how much of it holds."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from vlm.values.claim import Source
from vlm.values.record import Record

NAMES: dict[Source, str] = {
    "model": "model",
    "annotation": "annotation",
    "measured": "measurements",
    "rule": "biological readings",
}
"""What each source is called before its number."""

FELL_BACK = "fell back to measurements"


def held(record: Record) -> dict[Source, tuple[int, int]]:
    """Source -> (supported claims, claims made), of the sources that said anything."""
    made = Counter(claim["from"] for claim in record["claims"])
    good = Counter(claim["from"] for claim in record["claims"] if claim["verdict"] == "supported")
    return {source: (good[source], made[source]) for source in get_args(Source) if made[source]}


def told_by(record: Record) -> str:
    """That as a person reads it: "model 12 of 14, annotation 3; fell back to measurements"; of claims that hold all the
    number alone. Nothing for a record without claims."""
    parts = [
        f"{NAMES[source]} {good}" + (f" of {made}" if good != made or source == "model" else "")
        for source, (good, made) in held(record).items()
    ]
    fell = "fallback" in record.get("model", {})
    return ", ".join(parts) + (f"; {FELL_BACK}" if fell and parts else "")
