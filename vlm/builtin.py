"""Our own small vision-language model: looks at each drawn signal track and says claims with location tokens.

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
from vlm.captioner import Figure, ModelError, ModelInfo, RawReading
from vlm.claims import Claim
from vlm.join import join_claims
from vlm.reader import strips, tokens
from vlm.reader.decode import Answer, decode_strips

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
        """Read every signal track of all figures, in as few forward passes as fit."""
        jobs = [(number, track) for number, figure in enumerate(figures) for track in _signal_tracks(figure)]
        images = [Image.open(figure.png).convert("RGB") for figure in figures]
        ink = [strips.cut_strip(images[number], figures[number].layout.box(track)) for number, track in jobs]
        answers: list[Answer] = []
        for start in range(0, len(ink), STRIPS_AT_ONCE):
            answers += decode_strips(load_weights(self._weights), np.stack(ink[start : start + STRIPS_AT_ONCE]))
        said: list[list[Claim]] = [[] for _ in figures]
        for (number, track), answer in zip(jobs, answers, strict=True):
            said[number] += to_claims(answer, track, figures[number].region)
        return [
            RawReading((*claims, *join_claims(claims, figure)), text=None)
            for claims, figure in zip(said, figures, strict=True)
        ]


def _signal_tracks(figure: Figure) -> list[int]:
    return [track.number for track in figure.scene.tracks if track.kind == "signal" and track.note is None]


def to_claims(answer: Answer, track: int, region: Region) -> list[Claim]:
    """The claims of one answer, positions as genome intervals; those the model is not sure of are left out."""
    said = tokens.decode(answer.tokens)
    sure = _Confidence(answer)
    whole = (region.start, region.end)
    if said.state != "signal":
        return _keep([Claim(said.state, (track,), *whole, confidence=sure.of(said.state))])
    claims = [
        Claim("broad_domain", (track,), tokens.from_bin(a, region)[0], tokens.from_bin(b, region)[1],
              confidence=sure.of("domain", number))
        for number, (a, b) in enumerate(said.domains)
    ]  # fmt: skip
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
    return _keep(claims)


def _count(said: int) -> int | dict[str, int]:
    """The number of peaks; the last count token means that many or more."""
    return said if said < tokens.COUNTS - 1 else {"min": said}


def _keep(claims: list[Claim]) -> list[Claim]:
    return [claim for claim in claims if (claim.confidence or 0.0) >= LEAST_CONFIDENCE.get(claim.kind, LEAST_OF_OTHERS)]


class _Confidence:
    """Probability of a claim: of its word and its arguments together."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def of(self, word: str, number: int = 0) -> float:
        """Of the `number`-th time `word` was said."""
        at = [i for i, token in enumerate(self.answer.tokens) if tokens.VOCABULARY[token] == word][number]
        extent = {"domain": 3, "peak": 2, "strongest": 2, "count": 2}.get(word, 1)  # a peak's height is not claimed
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
