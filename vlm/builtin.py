"""Our own small vision-language model: looks at each drawn track and says claims with location tokens.

It sees pixels and the Layout only. What it says of genes is joined afterwards: its positions, the annotation's genes.
Weights ship with the package (`vlm/reader/weights`, see the model card there); it runs on any CPU.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from renderer.region import Region
from renderer.track import Track
from vlm.captioner import Figure, ModelError, ModelInfo, RawReading
from vlm.claims import Claim
from vlm.join import join_claims
from vlm.reader import strips, tokens
from vlm.reader.decode import Answer, decode_strips
from vlm.reader.pointing import sharpen

WEIGHTS = Path(__file__).parent / "reader" / "weights"

LEAST_CONFIDENCE = {"peak": 0.25, "strongest_peak": 0.2, "broad_domain": 0.15}
"""A claim the model itself gives less is not made: on held-out strips these keep 95 % of claims right (NOTES.md)."""

LEAST_OF_OTHERS = 0.5
"""For what has no place: a state or a count that is less likely than not is not said."""

STRIPS_AT_ONCE = 96
"""Strips of one forward pass: 16 scenes of six tracks, about 200 MB."""


class Builtin:
    """The captioner called 'builtin'."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        facts = _facts(weights)
        self._info = ModelInfo("builtin", str(facts.get("revision", "unknown")), "cpu")

    @property
    def info(self) -> ModelInfo:
        """Name, revision of the weights, device."""
        return self._info

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """Read every track of a kind that can be read, of all figures, in as few forward passes as fit."""
        jobs = [(number, track) for number, figure in enumerate(figures) for track in _readable(figure)]
        images = [Image.open(figure.png).convert("RGB") for figure in figures]
        boxes = [strips.cut_ink(images[number], figures[number].layout, track.number) for number, track in jobs]
        ink = [strips.to_strip(box) for box in boxes]
        answers: list[Answer] = []
        for start in range(0, len(ink), STRIPS_AT_ONCE):
            part = slice(start, start + STRIPS_AT_ONCE)
            kinds = [track.kind for _, track in jobs[part]]
            answers += decode_strips(load_weights(self._weights), np.stack(ink[part]), kinds)
        said: list[list[Claim]] = [[] for _ in figures]
        for (number, track), answer, box in zip(jobs, answers, boxes, strict=True):
            region = figures[number].region
            claims = to_claims(answer, track.number, region)
            said[number] += sharpen(claims, box, region) if track.kind == "signal" else claims
        return [
            RawReading((*claims, *join_claims(claims, figure)), text=None)
            for claims, figure in zip(said, figures, strict=True)
        ]


def _readable(figure: Figure) -> list[Track]:
    """The tracks to be read: drawn, and of a kind the model was taught."""
    return [track for track in figure.scene.tracks if track.kind in tokens.QUESTIONS and track.note is None]


def to_claims(answer: Answer, track: int, region: Region) -> list[Claim]:
    """The claims of one answer, positions as genome intervals; those the model is not sure of are left out.

    A row that holds too much to be pointed at ('tiled', 'dense') gives none: that is for the measurements to say.
    """
    said = tokens.decode(answer.tokens)
    make = _MAKERS.get(answer.tokens[0])
    return _keep(make(said, _Confidence(answer), track, region) if make else [])


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
        claims.append(Claim("strongest_peak", (track,), *tokens.from_bin(said.strongest, region),
                            confidence=sure.of("strongest")))  # fmt: skip
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


def _keep(claims: list[Claim]) -> list[Claim]:
    return [claim for claim in claims if (claim.confidence or 0.0) >= LEAST_CONFIDENCE.get(claim.kind, LEAST_OF_OTHERS)]


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


def _facts(weights: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((weights / "card.json").read_text(encoding="utf-8"))
    except OSError as exc:
        raise ModelError(f"The weights of the builtin model are missing ({exc.filename}). Reinstall Locution.") from exc
    return facts


@cache
def load_weights(weights: Path) -> Any:
    """The model, loaded once a process, in 32-bit floats (CPUs are slow in 16)."""
    import torch
    from transformers import Qwen3VLForConditionalGeneration
    from transformers.utils import logging

    logging.disable_progress_bar()  # a bar for 11 MB is noise in a terminal and in a log
    model = Qwen3VLForConditionalGeneration.from_pretrained(
        weights, dtype=torch.float32, local_files_only=True, use_safetensors=True
    )
    return model.eval()
