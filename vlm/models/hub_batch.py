"""Batches for `vlm.models.hub`: which figures go together, what to do when memory runs out, when to stop.

Knows lists, clocks and error texts; nothing of figures or of any model.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""How torch says it where it raises a plain RuntimeError."""

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Halved:
    """Results in order, and the largest batch that fitted (0: none did)."""

    results: list[Any]
    largest: int


def halving(
    run: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item], give_up: Callable[[Item], Result]
) -> Halved:
    """`run` over items; where memory runs out, over each half. A single item that does not fit gets `give_up`."""
    try:
        return Halved(run(items), len(items))
    except (MemoryError, RuntimeError) as exc:
        if not _is_memory(exc):
            raise
    # Outside the handler, so that the failed batch's tensors are no longer held by the traceback.
    _free_memory()
    if len(items) == 1:
        return Halved([give_up(items[0])], 0)
    log.warning("A batch of %d did not fit into memory; halving it.", len(items))
    middle = len(items) // 2
    one, two = (halving(run, part, give_up) for part in (items[:middle], items[middle:]))
    return Halved([*one.results, *two.results], max(one.largest, two.largest))


def _is_memory(exc: Exception) -> bool:
    return isinstance(exc, MemoryError) or any(words in str(exc).lower() for words in _NO_MEMORY)


def _free_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


MOST_AT_ONCE = 128
"""Items of one batch, however much memory there is: a batch ends with its longest answer."""

ROOMY = 0.5
"""Share of the memory of a GPU that was free at the fullest moment of a batch: from it on the next is doubled."""


def free_share() -> float | None:
    """Share of the GPU's memory that was free at the fullest moment since this was last asked; None without a GPU."""
    import torch

    if not torch.cuda.is_available():
        return None
    free, total = torch.cuda.mem_get_info()
    # Of what torch holds, only what was once used at the same time counts; the rest of it can be used again.
    unused = torch.cuda.memory_reserved() - torch.cuda.max_memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    return (free + max(0, unused)) / total


class Batches:
    """Hands out batches of items of like length, so that little is padding: smaller ones once memory ran out, larger
    ones while there is plenty."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._most = MOST_AT_ONCE

    def of(self, items: Sequence[Item], lengths: Sequence[int]) -> Iterator[list[int]]:
        """Places in `items`, the shortest first (items of one length in their order), a batch at a time."""
        order = sorted(range(len(items)), key=lambda place: lengths[place])
        while order:
            size = self.at_once
            yield order[:size]
            order = order[size:]

    def note(self, tried: int, fitted: int, free: float | None = None) -> None:
        """Remember that of `tried` items `fitted` went into memory at once, which left this share of it free."""
        if tried > 1 and fitted < tried:
            self.at_once = self._most = max(1, fitted)
        elif tried >= self.at_once and free is not None and free >= ROOMY:
            self.at_once = min(self._most, 2 * self.at_once)


class Deadline:
    """Stops a generation after so many seconds, or when `cancelled` says so; looked at between tokens.

    `reason` is 'time' or 'cancel' once it has stopped.
    """

    def __init__(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        self._end, self._cancelled = time.monotonic() + seconds, cancelled
        self.reason: str | None = None

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """As a stopping criterion of transformers: one truth value for each row of `input_ids`."""
        import torch

        return torch.full((input_ids.shape[0],), self.is_over(), device=input_ids.device, dtype=torch.bool)

    def is_over(self) -> bool:
        """Whether to stop now."""
        if self.reason is None:
            self.reason = "cancel" if self._cancelled() else "time" if time.monotonic() > self._end else None
        return self.reason is not None
