"""What captions say of what there is to say: the differences a design shows, the tracks, and at what length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from renderer.values.design import Contrast
from renderer.values.evidence import Evidence
from vlm.claims.compared.pair import pairs_in
from vlm.claims.places import told_places
from vlm.claims.registry import find
from vlm.values.captioner import Figure
from vlm.values.claim import Claim
from vlm.values.record import Record

EXPECTED = "control"
"""The factor whose differences are no finding: a ChIP is higher than its input."""


@dataclass
class Told:
    """Running counts over captions. A contrast differs if two of its conditions do at a place that a caption may speak
    of; it is said if the caption rests on a claim that sets two of its conditions apart."""

    captions: int = 0
    sentences: int = 0
    words: int = 0
    tracks: int = 0
    spoken: int = 0
    differ: int = 0
    said: int = 0

    def add(self, figure: Figure, record: Record) -> None:
        """Count one caption in English; the figure carries its evidence."""
        assert figure.evidence is not None
        told = list(_told(record))
        numbers = {track.number for track in figure.scene.tracks}
        self.captions += 1
        self.sentences += len(record.get("sentences", ()))
        self.words += len((record["caption"] or {}).get("en", "").split())
        self.tracks += len(numbers)
        self.spoken += len(numbers & {number for claim in told for number in claim.tracks})
        for contrast in differing(figure):
            self.differ += 1
            self.said += any(_sets_apart(claim, contrast) for claim in told)

    def report(self) -> dict[str, Any]:
        """Shares, and lengths per caption."""
        return {
            "differences": {"number": self.differ, "said": self.said, "share": _share(self.said, self.differ)},
            "tracks": {"number": self.tracks, "spoken_of": self.spoken, "share": _share(self.spoken, self.tracks)},
            "sentences_per_caption": _share(self.sentences, self.captions, 2),
            "words_per_caption": _share(self.words, self.captions, 2),
        }


def _share(part: int, whole: int, digits: int = 4) -> float | None:
    return round(part / whole, digits) if whole else None


def differing(figure: Figure) -> list[Contrast]:
    """The contrasts of a figure's design that differ, but for those that are expected to."""
    evidence = figure.evidence
    if evidence is None:
        return []
    known = [contrast for contrast in evidence.design.contrasts if contrast.factor != EXPECTED]
    return [contrast for contrast in known if _differs(contrast, evidence, figure)]


def _differs(contrast: Contrast, evidence: Evidence, figure: Figure) -> bool:
    compared = (
        pair.over(at, place)
        for pair in pairs_in(contrast, evidence, figure.scene)
        for at, place in told_places(evidence)
    )
    return any(one is not None and one.difference.differs for one in compared)


def _told(record: Record) -> Iterator[Claim]:
    """The claims that the caption's sentences rest on."""
    ids = {number for sentence in record.get("sentences", ()) for number in sentence["claims"]}
    for claim in record["claims"]:
        if claim["id"] in ids:
            yield Claim(claim["kind"], tuple(claim["tracks"]), 0, 0, claim["value"])


def _sets_apart(claim: Claim, contrast: Contrast) -> bool:
    """Whether the claim says that two conditions are not alike: of two tracks whose order matters."""
    kind = find(claim.kind)
    if kind is None or kind.symmetric or kind.tracks != ("signal", "signal"):
        return False
    homes = [next((c.name for c in contrast.conditions if number in c.tracks), None) for number in claim.tracks]
    return None not in homes and len(set(homes)) == 2
