"""Who said what of a record is counted and said in one line."""

from __future__ import annotations

import pytest

from vlm.values.record import Record
from vlm.values.voices import held, told_by


def record(*claims: str, fallback: bool = False) -> Record:
    """Of claims as 'source verdict'."""
    model = {"name": "hub:x", "revision": "0", "device": "cpu", "seconds": 0.0}
    told = [dict(zip(("from", "verdict"), claim.split(), strict=True)) for claim in claims]
    return {"model": model | ({"fallback": "measured"} if fallback else {}), "claims": told}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("claims", "fallback", "said"),
    [
        ("", False, ""),
        ("model supported, model contradicted, annotation supported", False, "model 1 of 2, annotation 1"),
        ("model contradicted, measured supported", True, "model 0 of 1, measurements 1; fell back to measurements"),
        (
            "measured supported, measured cannot_tell, rule supported",
            False,
            "measurements 1 of 2, biological readings 1",
        ),
    ],
)
def test_a_line_says_who_said_what(claims: str, fallback: bool, said: str) -> None:
    assert said == told_by(record(*filter(None, claims.split(", ")), fallback=fallback))


def test_sources_that_said_nothing_are_not_counted() -> None:
    assert {"model": (1, 1)} == held(record("model supported"))
