"""The reading record (DESIGN section 7): what the command line, the API and exports give of one locus."""

from __future__ import annotations

from typing import Any

from renderer.values.region import Region

SCHEMA = "locution.reading/1"


def failed_record(name: str, region: Region | None, problem: str) -> dict[str, Any]:
    """The record of a locus that could not even be drawn; `region` is None where it could not be found."""
    where = {"chrom": region.chrom, "start": region.start, "end": region.end} if region else {}
    return {
        "schema": SCHEMA,
        "region": {**where, "label": name},
        "status": "failed",
        "error": problem,
        "claims": [],
        "caption": None,
        "warnings": [],
    }
