"""Everything that code reads in the rows of one figure that are no signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PIL import Image

from renderer.assays.names import is_separation
from renderer.values.track import Track
from vlm.claims.ground import annotation_of
from vlm.claims.registry import points
from vlm.reader.ink.intervals import read_intervals
from vlm.reader.ink.lines import say_minima
from vlm.reader.ink.maps import BAR, Map, read_map, say_map, say_parted
from vlm.reader.ink.picture import cut
from vlm.reader.ink.states import States, read_columns, say_differing, say_states
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

KINDS = frozenset({"intervals", "contacts", "matrix"})
"""Kinds of tracks that are read here: the model is not asked of them."""


def read_rows(figure: Figure, image: Image.Image, said: Sequence[Claim] = ()) -> list[Claim]:
    """The claims of all rows of these kinds. `said` is what was said of the signals: where they stand out, states are
    told first."""
    annotation = annotation_of(figure)
    genes = annotation.genes if annotation else ()
    raised = [claim for claim in said if points(claim) in ("summit", "stretch")]
    drawn = [track for track in figure.scene.tracks if track.kind in KINDS and track.note is None]
    claims = [claim for track in drawn for claim in _of_row(figure, image, track)]
    states = [found for track in drawn if (found := _states(figure, image, track))]
    claims += [claim for one in states for claim in say_states(one, genes, raised)]
    claims += say_differing(states, figure.scene.tracks, genes)
    maps = {track.number: map for track in drawn if (map := _map(figure, image, track))}
    claims += [claim for number, map in maps.items() for claim in say_map(map, number, figure.region)]
    return [*claims, *say_parted(maps, figure.region)]


def _of_row(figure: Figure, image: Image.Image, track: Track) -> Iterable[Claim]:
    """What a row says by itself."""
    if track.kind == "intervals":
        return read_intervals(cut(image, figure.layout, track.number), track.number, figure.region)
    if track.kind == "matrix" and is_separation(track):
        return say_minima(cut(image, figure.layout, track.number), track.number, figure.region)
    return ()


def _states(figure: Figure, image: Image.Image, track: Track) -> States | None:
    if track.kind != "intervals":
        return None
    return read_columns(cut(image, figure.layout, track.number), track.number, figure.region)


def _map(figure: Figure, image: Image.Image, track: Track) -> Map | None:
    if track.kind != "contacts":
        return None
    picture = cut(image, figure.layout, track.number, BAR)
    return read_map(picture, BAR, track.look.shape, figure.region)
