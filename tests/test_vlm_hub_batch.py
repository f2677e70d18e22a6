"""Batches of a hub model: how large they are, and what is done where memory does not suffice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from vlm.models.hub_batch import Batches, halving


def test_halving_keeps_the_order_and_passes_on_other_errors() -> None:
    def run(items: Sequence[int]) -> list[int]:
        if sum(items) > 10:
            raise MemoryError
        return list(items)

    assert halving(run, [1, 2, 3, 40, 5, 6], lambda _: -1).results == [1, 2, 3, -1, 5, 6]
    with pytest.raises(RuntimeError, match="wrong shape"):
        halving(_broken, [1], lambda _: -1)


def _broken(items: Sequence[int]) -> list[int]:
    raise RuntimeError("wrong shape")


def test_batches_grow_while_there_is_plenty_of_memory_and_never_past_what_did_not_fit() -> None:
    batches = Batches(8)
    batches.note(8, 8, 0.7)
    assert batches.at_once == 16
    batches.note(5, 5, 0.9)  # the last of a job was no full batch: it says nothing
    batches.note(16, 16, 0.4)
    assert batches.at_once == 16
    batches.note(16, 16, 0.6)
    batches.note(32, 16, 0.6)
    batches.note(16, 16, 0.6)
    assert batches.at_once == 16
    batches.note(16, 16, None)  # no GPU
    assert batches.at_once == 16
