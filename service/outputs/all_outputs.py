"""The outputs of a batch, and the one call that writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from service.batch.locus import Finished
from service.outputs.loci_page import write_index

Output = Callable[[Finished], Path]
"""Writes a file into `Finished.out`, and returns its path."""

OUTPUTS: tuple[Output, ...] = (write_index,)
"""Of every batch of several loci, the one a person opens first."""


def write_outputs(finished: Finished) -> list[Path]:
    """Write them all. Raises OSError."""
    return [write(finished) for write in OUTPUTS]
