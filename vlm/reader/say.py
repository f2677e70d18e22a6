"""Answers of our own model as claims, each with a calibrated confidence; those it is not sure of are left out.

What a word claims the kinds of claims know (`Kind.tokens`); a word that no kind knows claims nothing. Which feet an arc
joins is taken from the picture, where that was traced (`arcs`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from renderer.values.region import Region
from vlm.claims.kind import Kind, Token
from vlm.claims.registry import kinds
from vlm.reader import tokens
from vlm.reader.calibration import RAW, Calibration
from vlm.reader.decode import Answer
from vlm.reader.ink.arcs import Traced
from vlm.values.claim import Claim

ARC = "arc"
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
