"""How a strip is put to the text half of the model: ids and positions, the same for every forward pass.

The strip's visual tokens stand between their marks, then comes the answer, whose first token is the question.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vlm.reader.tokens import END, IMAGE, START

Ids = npt.NDArray[np.int64]


def prompt_ids(visual: int) -> list[int]:
    """What stands before the answer to a strip of so many visual tokens."""
    return [START, *[IMAGE] * visual, END]


def positions(rows: int, cols: int, answer: int) -> Ids:
    """(time, row, column) of each token of the prompt and of `answer` tokens behind it: shape (3, length).

    As Qwen3-VL has them: visual tokens take the places of their grid of `rows` and `cols`, text goes on behind the
    larger of both.
    """
    index = np.arange(rows * cols)
    visual = np.stack([np.zeros_like(index), index // cols, index % cols]) + 1
    after = np.tile(1 + max(rows, cols) + np.arange(1 + answer), (3, 1))
    return np.concatenate([np.zeros((3, 1), np.int64), visual, after], axis=1)
