"""Everything that code reads in the rows of one figure that are no signals."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from vlm.claims.ground import annotation_of
from vlm.claims.registry import points
from vlm.reader.ink.intervals import read_intervals
from vlm.reader.ink.picture import cut
from vlm.reader.ink.states import States, read_columns, say_differing, say_states
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

KINDS = frozenset({"intervals"})
"""Kinds of tracks that are read here."""


def read_rows(figure: Figure, image: Image.Image, said: Sequence[Claim] = ()) -> list[Claim]:
    """The claims of all rows of these kinds. `said` is what was said of the signals: where they stand out, states are
    told first."""
    claims: list[Claim] = []
    states: list[States] = []
    annotation = annotation_of(figure)
    genes = annotation.genes if annotation else ()
    raised = [claim for claim in said if points(claim) in ("summit", "stretch")]
    for track in figure.scene.tracks:
        if track.kind in KINDS and track.note is None:
            picture = cut(image, figure.layout, track.number)
            claims += read_intervals(picture, track.number, figure.region)
            found = read_columns(picture, track.number, figure.region)
            states += [found] if found else []
    for one in states:
        claims += say_states(one, genes, raised)
    return [*claims, *say_differing(states, figure.scene.tracks, genes)]
