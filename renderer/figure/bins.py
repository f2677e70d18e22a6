"""The numbers of a figure as a table: what is drawn of each signal, column by column. Draws nothing."""

from __future__ import annotations

import numpy as np

from renderer.figure.draw import read_signals
from renderer.values.drawn import DrawnBins
from renderer.values.track import Scene
from renderer.window.signal import COLUMNS


def drawn_bins(scene: Scene) -> DrawnBins:
    """The bins of every signal of a scene that is drawn, whatever its scale. Raises FormatError for a damaged file."""
    columns = np.linspace(0, scene.region.span, COLUMNS + 1)[:-1].astype(int)
    starts, firsts = np.unique(columns, return_index=True)  # of a narrow window several columns show one base
    signals = read_signals(scene)
    values = {number: tuple(signal.columns[firsts].tolist()) for number, signal in signals.items()}
    return DrawnBins((*(scene.region.start + starts).tolist(), scene.region.end), values)
