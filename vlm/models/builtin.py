"""Our own small vision-language model: looks at each drawn track and says claims with location tokens.

It sees pixels and the Layout only. What it says of genes is joined afterwards: its positions, the annotation's genes.
Weights ship with the package (`vlm/reader/weights`, see the model card there); it runs on any CPU.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from renderer.values.region import Region
from renderer.values.track import Track
from vlm.claims.join import join_claims
from vlm.reader import strips, tokens
from vlm.reader.calibration import Calibration
from vlm.reader.decode import Answer, decode_strips
from vlm.reader.forward import Forward
from vlm.reader.ink.arcs import trace
from vlm.reader.ink.differences import say_differences
from vlm.reader.ink.picture import cut
from vlm.reader.ink.rows import KINDS, read_rows
from vlm.reader.ink.signals import Seen, measure_ink, say
from vlm.reader.pointing import sharpen
from vlm.reader.say import agreed, to_claims
from vlm.values.captioner import Figure, ModelError, ModelInfo, RawReading
from vlm.values.claim import Claim

WEIGHTS = Path(__file__).parents[1] / "reader" / "weights"

STRIPS_AT_ONCE = 48
"""Strips of one forward pass: 8 scenes of six tracks; more are not faster, and take more memory."""


class Builtin:
    """The captioner called 'builtin'."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        facts = _facts(weights)
        self._calibration = Calibration.load(weights)
        self._info = ModelInfo("builtin", str(facts.get("revision", "unknown")), "cpu", small=True)

    @property
    def info(self) -> ModelInfo:
        """Name, revision of the weights, device."""
        return self._info

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """Read every track of a kind that can be read, of all figures, in as few forward passes as fit."""
        jobs = [(number, track) for number, figure in enumerate(figures) for track in _readable(figure)]
        boxes = [box for figure in figures for box in _cut(figure)]
        ink = [strips.to_strip(box) for box in boxes]
        answers: list[Answer] = []
        for start in range(0, len(ink), STRIPS_AT_ONCE):
            part = slice(start, start + STRIPS_AT_ONCE)
            kinds = [track.kind for _, track in jobs[part]]
            answers += decode_strips(load_weights(self._weights), np.stack(ink[part]), kinds)
        said: list[list[Claim]] = [[] for _ in figures]
        signals = [_see(figure) for figure in figures]
        for (number, track), answer, box in zip(jobs, answers, boxes, strict=True):
            if not strips.is_empty(box):
                said[number] += self._say(answer, track, box, figures[number].region, signals[number].get(track.number))
        for claims, figure, seen in zip(said, figures, signals, strict=True):
            with Image.open(figure.png) as image:
                claims += read_rows(figure, image, claims)
            claims += say_differences(figure, seen)
        return [
            RawReading((*claims, *join_claims(claims, figure)), text=None)
            for claims, figure in zip(said, figures, strict=True)
        ]

    def _say(self, answer: Answer, track: Track, ink: strips.Ink, region: Region, seen: Seen | None) -> list[Claim]:
        """The claims of one row: what is seen in its ink and what the model says of it."""
        if seen is not None:
            claims = say(seen.evidence, track.number, region)
            return agreed(claims, answer, track.number, region, self._calibration)
        traced = trace(ink) if track.kind == "links" else None
        claims = to_claims(answer, track.number, region, self._calibration, traced)
        return sharpen(claims, ink, region) if track.kind == "signal" else claims


def _see(figure: Figure) -> dict[int, Seen]:
    """What the ink shows of each signal that can be read, by track number."""
    tracks = [track for track in _readable(figure) if track.kind == "signal"]
    with Image.open(figure.png) as image:
        found = {one.number: measure_ink(cut(image, figure.layout, one.number), one, figure.region) for one in tracks}
    return {number: seen for number, seen in found.items() if seen is not None}


def _readable(figure: Figure) -> list[Track]:
    """The tracks the model reads: drawn, of a kind that code does not read, in the shape it was taught, and not over
    another."""
    asked = tokens.QUESTIONS.keys() - KINDS
    drawn = [track for track in figure.scene.tracks if track.kind in asked and track.note is None]
    rows = Counter((box.y0, box.y1) for box in figure.layout.tracks)
    return [
        track
        for track in drawn
        if (track.kind != "contacts" or track.look.shape == "triangle")
        and rows[(box := figure.layout.box(track.number)).y0, box.y1] == 1
    ]


def _cut(figure: Figure) -> list[strips.Ink]:
    """The ink of each of those, as it was drawn."""
    with Image.open(figure.png) as image:
        return [strips.cut_ink(image, figure.layout, track.number, track.kind) for track in _readable(figure)]


def _facts(weights: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((weights / "card.json").read_text(encoding="utf-8"))
    except OSError as exc:
        raise ModelError(f"The weights of the builtin model are missing ({exc.filename}). Reinstall Locution.") from exc
    return facts


@cache
def load_weights(weights: Path) -> Forward:
    """The model, loaded once a process, in 32-bit floats (CPUs are slow in 16). Raises ModelError."""
    return Forward.load(weights)
