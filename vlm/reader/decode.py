"""Greedy decoding of strips under the grammar, in one batch, with the probability of every token.

Takes a model and strips, gives answers; knows no figures and no claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from vlm.reader import model as architecture
from vlm.reader import tokens

NEAR = 2
"""Bins a location may be off: 1.5 % of the window, the tolerance of `vlm.claims.verify`."""


@dataclass(frozen=True)
class Answer:
    """The tokens of one strip (with its question, without padding) and the model's probability of each."""

    tokens: list[int]
    probabilities: list[float]


@torch.inference_mode()
def decode_strips(model: Any, ink: npt.NDArray[np.uint8], kinds: Sequence[str]) -> list[Answer]:
    """Read strips of shape (n, HEIGHT, WIDTH), each cut from a track of its kind (a key of `tokens.QUESTIONS`).

    Always well formed: only tokens the grammar allows are chosen.

    Probabilities are of the whole vocabulary; a location's is summed over NEAR bins to each side, since a claim that
    far off is still right.
    """
    n = len(ink)
    if n == 0:
        return []
    answers = [[tokens.QUESTIONS[kind]] for kind in kinds]
    chances: list[list[float]] = [[1.0] for _ in range(n)]
    text = architecture.text_inputs(answers)
    out = model(**architecture.pixel_inputs(ink), **text, use_cache=True)
    position = int(text["position_ids"].max())
    while True:
        distribution = out.logits[:, -1].float().softmax(dim=-1)
        chosen = [_choose(row, answer) for row, answer in zip(distribution, answers, strict=True)]
        for answer, chance, row, token in zip(answers, chances, distribution, chosen, strict=True):
            answer.append(token)
            chance.append(_chance(row, token))
        if all(token in (tokens.EOS, tokens.PAD) for token in chosen) or len(answers[0]) >= tokens.MAX_LENGTH:
            break
        position += 1
        ids = torch.tensor(chosen).unsqueeze(1)
        places = torch.full((3, n, 1), position)
        out = model(input_ids=ids, position_ids=places, past_key_values=out.past_key_values, use_cache=True)
    return [_trim(answer, chance) for answer, chance in zip(answers, chances, strict=True)]


def _choose(distribution: torch.Tensor, answer: list[int]) -> int:
    allowed = sorted(tokens.allowed_next(answer))
    return allowed[int(distribution[allowed].argmax())]


def _chance(distribution: torch.Tensor, token: int) -> float:
    first, last = tokens.L0, tokens.L0 + tokens.LOCATIONS - 1
    if first <= token <= last:
        return float(distribution[max(first, token - NEAR) : min(last, token + NEAR) + 1].sum())
    return float(distribution[token])


def _trim(answer: list[int], chances: list[float]) -> Answer:
    length = next((i for i, token in enumerate(answer) if token == tokens.PAD), len(answer))
    return Answer(answer[:length], chances[:length])
