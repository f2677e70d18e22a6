"""All kinds of claims, in a fixed order: the one list that everything loops over.

The kinds that ship come from the rooms; whoever adds one calls `register`, or `registered` for a while.
Biological readings are no kinds here: `vlm.rules.readings` makes them of supported claims, and they are not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vlm.claims import compared, edges, exons, genes, nascent, pairs, rows, signal, signed, standing
from vlm.claims.kind import Kind, Points, Topic
from vlm.values.claim import Claim

_ROOMS = (signal, pairs, genes, rows, compared, standing, signed, exons, nascent, edges)
_KINDS: dict[str, Kind] = {kind.name: kind for room in _ROOMS for kind in room.KINDS}


def kinds() -> tuple[Kind, ...]:
    """Every kind: one signal track, two, with genes, rows, compared; in each room's own order, added ones last."""
    return tuple(_KINDS.values())


def find(name: object) -> Kind | None:
    """The kind of this name; None for anything else, however odd."""
    return _KINDS.get(name) if isinstance(name, str) else None


def register(kind: Kind) -> Kind:
    """Add a kind, from now on, in this process. Raises ValueError if there is one of this name."""
    if kind.name in _KINDS:
        raise ValueError(f"There is a kind of claim called '{kind.name}' already.")
    _KINDS[kind.name] = kind
    return kind


def unregister(name: str) -> None:
    """Take a kind away again. Raises KeyError if there is none of this name."""
    del _KINDS[name]


@contextmanager
def registered(kind: Kind) -> Iterator[Kind]:
    """The kind is known inside the block."""
    register(kind)
    try:
        yield kind
    finally:
        unregister(kind.name)


# --- what is often asked of a claim, whether its kind is known or not


def points(claim: Claim) -> Points | None:
    """What the claim points out."""
    kind = find(claim.kind)
    return kind.points if kind else None


def of_window(claim: Claim) -> bool:
    """Whether the claim speaks of the whole window."""
    kind = find(claim.kind)
    return kind is not None and kind.of_window


def can_say(claim: Claim, topic: Topic) -> bool:
    """Whether the claim stands for words on this topic."""
    kind = find(claim.kind)
    return kind is not None and kind.can_say(claim, topic)
