"""What a token probability of our model is worth: how often a claim of its kind that is given it turns out right.

A claim has the probability of its word and places together, which is too low: a place one bin off is still right, and
its neighbours take their share. A line in log-odds for each kind, fitted on strips the weights were not trained on,
turns it into a confidence; below a kind's least confidence a claim is not made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vlm.claims.forms import ELSEWHERE
from vlm.claims.registry import find
from vlm.values.claim import Claim

FILE = "calibration.json"

LEAST = 0.5
"""A claim that is likelier wrong than right is not made. More would be silenced in vain: whatever is made is checked
before it is printed."""

FEWEST = 30
"""Claims of a kind from which a line is fitted; of fewer the probability is taken as it is."""


@dataclass(frozen=True)
class Line:
    """log-odds of being right = slope * log-odds of the token probability + offset. Kept from `least` on."""

    slope: float = 1.0
    offset: float = 0.0
    least: float = LEAST

    def confidence(self, chance: float) -> float:
        """The calibrated confidence of a claim with this token probability."""
        return float(_chance(self.slope * _log_odds(chance) + self.offset))


SEEN = Line(0.1, 2.0)
"""Of what is seen in the ink, where no line was fitted: right seven times in eight, more if the model says it too."""


@dataclass(frozen=True)
class Calibration:
    """A line for each kind of claim; a kind without one is taken as it is."""

    lines: Mapping[str, Line]

    def kept(self, claims: Iterable[Claim], seen: bool = False) -> list[Claim]:
        """The claims worth making, with their confidence in place of the token probability; `seen`: they were read in
        the ink, and the probability is what the model thinks of them."""
        sure = [(self.lines.get(name_of(claim, seen), SEEN if seen else Line()), claim) for claim in claims]
        rated = [(line, replace(claim, confidence=line.confidence(claim.confidence or 0.0))) for line, claim in sure]
        return [claim for line, claim in rated if (claim.confidence or 0.0) >= line.least]

    @classmethod
    def load(cls, folder: Path) -> Calibration:
        """As kept beside the weights; none if there is no such file."""
        path = folder / FILE
        kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return cls({name: Line(**line) for name, line in kept.items()})

    def save(self, folder: Path) -> None:
        """Write it beside the weights."""
        lines = {
            name: {"slope": round(line.slope, 4), "offset": round(line.offset, 4), "least": round(line.least, 3)}
            for name, line in sorted(self.lines.items())
        }
        (folder / FILE).write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


RAW = Calibration({})


class _Everything(Calibration):
    """Keeps every claim as it was said: what a calibration is fitted on."""

    def kept(self, claims: Iterable[Claim], seen: bool = False) -> list[Claim]:
        del seen
        return list(claims)


EVERYTHING = _Everything({})


def name_of(claim: Claim, seen: bool = False) -> str:
    """Claims that are calibrated together: a kind; a flat track and one that is low elsewhere are two, and so are what
    the model says and what is `seen` in the ink."""
    kind = find(claim.kind)
    name = f"{claim.kind} {claim.value}" if kind and kind.value is ELSEWHERE and claim.value else claim.kind
    return f"{name} in ink" if seen else name


def fit(judged: Mapping[str, Sequence[tuple[float, bool]]]) -> Calibration:
    """Lines from (token probability, whether it was right) of claims by name."""
    return Calibration({name: _fit(pairs) for name, pairs in judged.items() if len(pairs) >= FEWEST})


def _fit(pairs: Sequence[tuple[float, bool]]) -> Line:
    chances, right = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    return Line(*_logistic(_log_odds(chances), right))


def _logistic(x: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Slope and offset of a logistic regression; a weak pull to the identity keeps it finite. The slope is never below
    0: a line that falls would trust what the model doubts."""
    from scipy.optimize import minimize  # only here: it takes as long to import as to read a figure

    sign = np.where(right > 0, 1.0, -1.0)

    def loss(line: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (line[0] * x + line[1])
        pull = line - [1.0, 0.0]
        slope = -sign * _chance(-margin)
        return float(np.logaddexp(0, -margin).sum() + pull @ pull / 2), np.array([slope @ x, slope.sum()]) + pull

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def _log_odds(chance: float | np.ndarray) -> np.ndarray:
    bounded = np.clip(chance, 1e-4, 1 - 1e-4)
    odds: np.ndarray = np.log(bounded / (1 - bounded))
    return odds


def _chance(log_odds: np.ndarray) -> np.ndarray:
    chance: np.ndarray = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return chance
