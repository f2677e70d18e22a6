"""Greedy decoding of strips under the grammar, in one batch, with the probability of every token.

Takes a forward pass and strips, gives answers; knows no figures, no claims, and no library of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from vlm.reader import tokens

NEAR = 2
"""Bins a location may be off: 1.5 % of the window, the tolerance of `vlm.claims.verify`."""


@dataclass(frozen=True)
class Answer:
    """The tokens of one strip (with its question, without padding) and the model's probability of each."""

    tokens: list[int]
    probabilities: list[float]

    @property
    def finished(self) -> bool:
        """Whether it ends, or is as long as any may be."""
        return self.tokens[-1] == tokens.EOS or len(self.tokens) >= tokens.MAX_LENGTH


class Run(Protocol):
    """Answers that are being said. `probabilities` of the next token of each, shape (rows, vocabulary)."""

    probabilities: npt.NDArray[np.float32]

    def say(self, tokens: Sequence[int]) -> None:
        """The next token of each row."""

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all rows but these."""


class Forward(Protocol):
    """A model's forward pass, in whatever library (`vlm.reader.forward`, `vlm.reader.model`)."""

    def begin(self, ink: npt.NDArray[np.uint8], questions: Sequence[int], most: int) -> Run:
        """Look at strips of shape (n, height, width), each with the first token of its answer, of `most` at most."""


def decode_strips(forward: Forward, ink: npt.NDArray[np.uint8], kinds: Sequence[str]) -> list[Answer]:
    """Read strips of shape (n, HEIGHT, WIDTH), each cut from a track of its kind (a key of `tokens.QUESTIONS`).

    Always well formed: only tokens the grammar allows are chosen.

    Probabilities are of the whole vocabulary; a location's is summed over NEAR bins to each side, since a claim that
    far off is still right.
    """
    answers = [Answer([tokens.QUESTIONS[kind]], [1.0]) for kind in kinds]
    said = answers
    run = forward.begin(ink, [answer.tokens[0] for answer in answers], tokens.MAX_LENGTH) if answers else None
    while run is not None:
        for answer, distribution in zip(said, run.probabilities, strict=True):
            _go_on(answer, distribution)
        unfinished = [row for row, answer in enumerate(said) if not answer.finished]
        if not unfinished:
            break
        if 2 * len(unfinished) <= len(said):  # less often, dropping rows would cost more than saying nothing in them
            run.keep(unfinished)
            said = [said[row] for row in unfinished]
        run.say([answer.tokens[-1] for answer in said])
    return answers


def _go_on(answer: Answer, distribution: npt.NDArray[np.float32]) -> None:
    """Add the likeliest token that the grammar allows, if any."""
    if not answer.finished:
        allowed = sorted(tokens.allowed_next(answer.tokens))
        token = allowed[int(distribution[allowed].argmax())]
        answer.tokens.append(token)
        answer.probabilities.append(_chance(distribution, token))


def _chance(distribution: npt.NDArray[np.float32], token: int) -> float:
    first, last = tokens.L0, tokens.L0 + tokens.LOCATIONS - 1
    if first <= token <= last:
        return float(distribution[max(first, token - NEAR) : min(last, token + NEAR) + 1].sum())
    return float(distribution[token])
