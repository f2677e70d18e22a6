"""Answers of our own model as claims, each with a calibrated confidence; those it is not sure of are left out."""

from __future__ import annotations

import numpy as np

from renderer.values.region import Region
from vlm.reader import tokens
from vlm.reader.calibration import RAW, Calibration
from vlm.reader.decode import Answer
from vlm.values.claim import Claim


def to_claims(answer: Answer, track: int, region: Region, calibration: Calibration = RAW) -> list[Claim]:
    """The claims of one answer, positions as genome intervals; those `calibration` does not keep are left out.

    A row that holds too much to be pointed at ('tiled', 'dense') gives none: that is for the measurements to say.
    """
    said = tokens.decode(answer.tokens)
    make = _MAKERS.get(answer.tokens[0])
    return calibration.kept(make(said, _Confidence(answer), track, region) if make else [])


def _signal_claims(said: tokens.Said, sure: _Confidence, track: int, region: Region) -> list[Claim]:
    whole = (region.start, region.end)
    if said.state != "signal":
        return [Claim(said.state, (track,), *whole, confidence=sure.of(said.state))]
    claims = [
        Claim("broad_domain", (track,), *_stretch(pair, region), confidence=sure.of("domain", number))
        for number, pair in enumerate(said.domains)
    ]
    claims += [
        Claim("peak", (track,), *tokens.from_bin(place, region), confidence=sure.of("peak", number))
        for number, (place, _) in enumerate(said.peaks)
    ]
    if said.strongest is not None:
        claims.append(
            Claim("strongest_peak", (track,), *tokens.from_bin(said.strongest, region), confidence=sure.of("strongest"))
        )
    if said.count is not None:
        claims.append(Claim("peak_count", (track,), *whole, value=_count(said.count), confidence=sure.of("count")))
    if said.low:
        claims.append(Claim("flat", (track,), *whole, value="elsewhere", confidence=sure.of("low")))
    return claims


def _interval_claims(said: tokens.Said, sure: _Confidence, track: int, region: Region) -> list[Claim]:
    whole = (region.start, region.end)
    if said.state == "none":
        return [Claim("interval_count", (track,), *whole, value=0, confidence=sure.of("none"))]
    claims = [
        Claim("interval_at", (track,), *_stretch(pair, region), confidence=sure.of("box", number))
        for number, pair in enumerate(said.boxes)
    ]
    if said.count is not None:
        count = Claim("interval_count", (track,), *whole, value=_count(said.count), confidence=sure.of("count"))
        claims.append(count)
    return claims


def _link_claims(said: tokens.Said, sure: _Confidence, track: int, region: Region) -> list[Claim]:
    anchors = [[tokens.from_bin(place, region) for place in pair] for pair in said.arcs]
    return [
        Claim("link", (track,), one[0], two[1], {"anchors": [list(one), list(two)]}, confidence=sure.of("arc", number))
        for number, (one, two) in enumerate(anchors)
    ]


def _contact_claims(said: tokens.Said, sure: _Confidence, track: int, region: Region) -> list[Claim]:
    return [
        Claim("domain_boundary", (track,), *tokens.from_bin(place, region), confidence=sure.of("boundary", number))
        for number, place in enumerate(said.boundaries)
    ]


_MAKERS = {
    tokens.QUESTIONS["signal"]: _signal_claims,
    tokens.QUESTIONS["intervals"]: _interval_claims,
    tokens.QUESTIONS["links"]: _link_claims,
    tokens.QUESTIONS["contacts"]: _contact_claims,
}


def _stretch(pair: tuple[int, int], region: Region) -> tuple[int, int]:
    """From the first base of one location to the last of another."""
    return tokens.from_bin(pair[0], region)[0], tokens.from_bin(pair[1], region)[1]


def _count(said: int) -> int | dict[str, int]:
    """The number of peaks; the last count token means that many or more."""
    return said if said < tokens.COUNTS - 1 else {"min": said}


_PLACED = ("peak", "strongest", "count", "boundary")
"""Words whose first argument is claimed; a peak's second, its height, is not."""


class _Confidence:
    """Probability of a claim: of its word and its arguments together."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def of(self, word: str, number: int = 0) -> float:
        """Of the `number`-th time `word` was said."""
        at = [i for i, token in enumerate(self.answer.tokens) if tokens.VOCABULARY[token] == word][number]
        extent = {"domain": 3, "box": 3, "arc": 3}.get(word, 2 if word in _PLACED else 1)
        return float(np.prod(self.answer.probabilities[at : at + extent]))
