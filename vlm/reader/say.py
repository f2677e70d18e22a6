"""Answers of our own model as claims, each with a calibrated confidence; those it is not sure of are left out.

What a word claims the kinds of claims know (`Kind.tokens`); a word that no kind knows claims nothing. Which feet an arc
joins is taken from the picture, where that was traced (`arcs`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from renderer.values.region import Region
from vlm.claims.kind import Kind, Token
from vlm.claims.registry import kinds, points
from vlm.reader import tokens
from vlm.reader.calibration import RAW, Calibration
from vlm.reader.decode import NEAR, Answer
from vlm.reader.ink.arcs import Traced
from vlm.values.claim import Claim

ARC = "arc"
SUMMITS = ("peak", "strongest_peak")
"""Who says that a peak is the strongest says that there is one."""

UNSAID = 0.01
"""The probability of what the model does not say: small, and not known."""

FOOT = 256
"""A traced foot is said to within so many parts of the window to either side."""


def to_claims(
    answer: Answer, track: int, region: Region, calibration: Calibration = RAW, traced: Sequence[Traced] | None = None
) -> list[Claim]:
    """The claims of one answer, positions as genome intervals; those `calibration` does not keep are left out.

    A row that holds too much to be pointed at ('tiled', 'dense') gives none: that is for the measurements to say.
    `traced` are the arcs of the row's picture; they are said in place of the answer's, where it says that there are
    few.
    """
    return calibration.kept(_claims(answer, track, region, traced))


def agreed(
    seen: Sequence[Claim], answer: Answer, track: int, region: Region, calibration: Calibration = RAW
) -> list[Claim]:
    """What the ink of a signal shows, each claim as sure as it turns out to be where the model says the same, or does
    not; what the model alone says is left out."""
    said = list(_claims(answer, track, region, None))
    return calibration.kept((replace(one, confidence=_voice(one, said, region)) for one in seen), seen=True)


def _voice(claim: Claim, said: Sequence[Claim], region: Region) -> float:
    """The model's own probability of a claim; UNSAID if it does not say it."""
    own = [one.confidence or 0.0 for one in said if _is_same(one, claim, region)]
    return max([UNSAID, *own])


def _is_same(one: Claim, other: Claim, region: Region) -> bool:
    if one.kind not in ({other.kind, *SUMMITS} if other.kind in SUMMITS[:1] else {other.kind}):
        return False
    if one.value != other.value:
        return False
    reach = NEAR * region.span / tokens.LOCATIONS
    if points(one) == "stretch":
        shared = min(one.end, other.end) - max(one.start, other.start)
        return 2 * shared >= max(one.end, other.end) - min(one.start, other.start)
    return one.start - reach < other.end and other.start < one.end + reach


def _claims(answer: Answer, track: int, region: Region, traced: Sequence[Traced] | None) -> Iterator[Claim]:
    """What was said, left to right."""
    asked = next((name for name, question in tokens.QUESTIONS.items() if question == answer.tokens[0]), None)
    meanings = {token.word: (kind, token) for kind in kinds() if kind.tracks == (asked,) for token in kind.tokens}
    for word in tokens.words_of(answer.tokens):
        if word.word == tokens.FEW and ARC in meanings and traced is not None:
            yield from (_arc(*meanings[ARC], one, track, region) for one in traced)
        if word.word in meanings and (word.word != ARC or traced is None):
            yield _claim(*meanings[word.word], word, answer, track, region)


def _arc(kind: Kind, token: Token, arc: Traced, track: int, region: Region) -> Claim:
    reach = max(1, region.span // FOOT)
    middles = [region.start + round(share * region.span) for share in (arc.left, arc.right)]
    feet = [(max(region.start, middle - reach), min(region.end, middle + reach)) for middle in middles]
    value = token.value(feet) if token.value else None
    return Claim(kind.name, (track,), feet[0][0], feet[1][1], value, confidence=arc.even)


def _claim(kind: Kind, token: Token, word: tokens.Word, answer: Answer, track: int, region: Region) -> Claim:
    places = [tokens.from_bin(place, region) for place in word.places]
    start, end = (places[0][0], places[-1][1]) if places else (region.start, region.end)
    said = places if word.count is None else [_count(word.count)]
    value = token.value(said) if token.value else None
    return Claim(kind.name, (track,), start, end, value, confidence=_confidence(word, answer))


def _count(said: int) -> int | dict[str, int]:
    """The number that was said; the last count token means that many or more."""
    return said if said < tokens.COUNTS - 1 else {"min": said}


def _confidence(word: tokens.Word, answer: Answer) -> float:
    """Probability of a word and what is claimed with it; of a peak's height nothing is."""
    extent = 1 + len(word.shape.replace("H", ""))
    return math.prod(answer.probabilities[word.at : word.at + extent])
