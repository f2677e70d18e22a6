"""Clauses on how polymerase runs along genes, of nascent RNA. As `clauses`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.words.clauses.clause import Clause
from vlm.words.parts import Part, Tracks


@dataclass(frozen=True)
class Past(Part):
    """A track's signal goes on `reach` bp past the 3' end of a gene, into those of the other strand, with this `mean`;
    `body` is that over the gene."""

    who: Tracks
    gene: str
    reach: int
    mean: float
    body: float
    into: tuple[str, ...] = ()


@dataclass(frozen=True)
class PastEnds(Clause):
    """Past which ends of genes transcription goes on."""

    ends: tuple[Past, ...]


@dataclass(frozen=True)
class StepsUp(Clause):
    """Inside a gene, at its highest peak (`at`, of height `top`, `tss_bp` from its start), a track steps up: from a
    mean of `before` to one of `after`. `at_start`: its highest base at the gene's own start."""

    who: Tracks
    gene: str
    at: int
    top: float | None
    before: float
    after: float
    fold: float | None
    at_start: float | None
    tss_bp: int | None
