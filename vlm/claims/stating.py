"""What the measurements say: every claim that follows from the evidence of a figure, with no model.

What is stated of a track each kind of claim knows itself; this only goes through tracks and kinds.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.values.evidence import Evidence, TrackEvidence, type_of
from renderer.values.region import Region
from vlm.claims.join import join_claims
from vlm.claims.kind import Kind
from vlm.claims.registry import find, kinds
from vlm.claims.subject import Subject
from vlm.values.captioner import Figure
from vlm.values.claim import Claim, Judged


def state(figure: Figure) -> list[Claim]:
    """Every claim of a figure's evidence, with those that are joined from them; none without evidence."""
    if figure.evidence is None:
        return []
    tracks = figure.evidence.tracks.items()
    own = [claim for number, found in tracks for claim in track_claims(number, found, figure.region, figure)]
    return [*own, *_compared(figure, figure.evidence), *join_claims(own, figure)]


def stated_beside(figure: Figure) -> list[Claim]:
    """What is stated whichever model reads the figure: values, differences, states; none without evidence."""
    if figure.evidence is None:
        return []
    subjects = [Subject(number, found, figure.region, figure) for number, found in figure.evidence.tracks.items()]
    stating = [kind for tracks in (1, 2) for kind in _stating(tracks) if kind.beside]
    return [claim for kind in stating for one in subjects if _fits(kind, one.found) for claim in _stated(kind, one)]


def unsaid(stated: Sequence[Judged], said: Sequence[Judged]) -> list[Judged]:
    """Those of `stated` that no claim of `said` that holds tells alike: of the same tracks, with the same numbers."""
    held = [(one.claim.kind, one.claim.tracks, one.measured) for one in said if one.verdict == "supported"]
    return [one for one in stated if (one.claim.kind, one.claim.tracks, one.measured) not in held]


def state_of(figure: Figure, rows: Sequence[int]) -> list[Claim]:
    """The claims of these rows alone that are not `stated_beside` anyway, with those that place their peaks among the
    genes; none without evidence."""
    if figure.evidence is None:
        return []
    found = {number: figure.evidence.tracks[number] for number in rows}
    every = [claim for number, one in found.items() for claim in track_claims(number, one, figure.region, figure)]
    own = [claim for claim in every if (kind := find(claim.kind)) is None or not kind.beside]
    joined = [claim for claim in join_claims(own, figure) if claim.source != "annotation"]
    return [*own, *(claim for claim in joined if claim.tracks and claim.tracks[0] in found)]


def track_claims(track: int, found: TrackEvidence, region: Region, figure: Figure | None = None) -> list[Claim]:
    """Every claim of one track's evidence that a caption could use; none for annotation, which `join` tells. Without
    the figure there are no places to tell levels of."""
    subject = Subject(track, found, region, figure)
    return [claim for kind in _stating(1) if _fits(kind, found) for claim in _stated(kind, subject)]


def _compared(figure: Figure, evidence: Evidence) -> list[Claim]:
    """Claims that need measurements of more than one track, or of genes."""
    subjects = [Subject(number, found, figure.region, figure) for number, found in evidence.tracks.items()]
    return [claim for kind in _stating(2) for one in subjects if _fits(kind, one.found) for claim in _stated(kind, one)]


def _stating(tracks: int) -> list[Kind]:
    """The kinds that name so many tracks and state measurements, in their turn."""
    return sorted((kind for kind in kinds() if kind.stated and len(kind.tracks) == tracks), key=lambda kind: kind.turn)


def _fits(kind: Kind, found: TrackEvidence) -> bool:
    return kind.tracks[0] == type_of(found)


def _stated(kind: Kind, subject: Subject) -> list[Claim]:
    return list(kind.stated(subject)) if kind.stated else []
