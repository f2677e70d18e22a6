"""Answers of our own model as claims, each with a calibrated confidence; those it is not sure of are left out.

What a word claims the kinds of claims know (`Kind.tokens`); a word that no kind knows claims nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from renderer.values.region import Region
from vlm.claims.kind import Kind, Token
from vlm.claims.registry import kinds
from vlm.reader import tokens
from vlm.reader.calibration import RAW, Calibration
from vlm.reader.decode import Answer
from vlm.values.claim import Claim


def to_claims(answer: Answer, track: int, region: Region, calibration: Calibration = RAW) -> list[Claim]:
    """The claims of one answer, positions as genome intervals; those `calibration` does not keep are left out.

    A row that holds too much to be pointed at ('tiled', 'dense') gives none: that is for the measurements to say.
    """
    return calibration.kept(_claims(answer, track, region))


def _claims(answer: Answer, track: int, region: Region) -> Iterator[Claim]:
    """What was said, left to right."""
    asked = next((name for name, question in tokens.QUESTIONS.items() if question == answer.tokens[0]), None)
    meanings = {token.word: (kind, token) for kind in kinds() if kind.tracks == (asked,) for token in kind.tokens}
    for word in tokens.words_of(answer.tokens):
        if word.word in meanings:
            yield _claim(*meanings[word.word], word, answer, track, region)


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
