"""The only importer of pyGenomeTracks: its track objects, fed with data already read, drawn into our Axes.

pyGenomeTracks opens and parses files for every figure; ours get the window's columns instead, so a figure's cost
does not depend on the size of a file. Its import changes logging and warnings for the whole process; `_quiet` puts
both back. Its package of tracks loads every kind, and with them cooler, pandas and more, which takes as long as the
rest of a figure; `_alone` loads the two modules that are needed.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from renderer.values.region import Region
from renderer.window.signal import Columns


@contextmanager
def _quiet() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    root.handlers[:], root.level = handlers, level
    # pyGenomeTracks sets its loggers to DEBUG and reports each drawing step.
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("pygenometracks"):
            logging.getLogger(name).disabled = True


@contextmanager
def _alone(package: str) -> Iterator[None]:
    """Modules of a package can be imported inside the block without what its `__init__` would import."""
    parent, _, name = package.rpartition(".")
    found = find_spec(parent)
    assert found is not None
    assert found.submodule_search_locations
    bare = ModuleType(package)
    bare.__path__ = [str(Path(folder) / name) for folder in found.submodule_search_locations]
    whole = sys.modules.get(package)
    sys.modules[package] = whole or bare
    try:
        yield
    finally:
        if whole is None:  # whoever imports it later gets all of it
            del sys.modules[package]


with _quiet(), _alone("pygenometracks.tracks"):
    from pygenometracks.tracks.BigWigTrack import BigWigTrack
    from pygenometracks.tracks.GenomeTrack import GenomeTrack
    from pygenometracks.utilities import plot_coverage


class _ColumnsTrack(BigWigTrack):  # type: ignore[misc]
    """A BigWigTrack whose bins were read before."""

    def __init__(self, columns: Columns, properties: dict[str, Any]) -> None:
        self.columns = columns
        self.bw2 = None
        GenomeTrack.__init__(self, {"file": "", "section_name": "signal", "title": "", **properties})

    def plot(self, ax: Axes, _chrom: str, start: int, end: int) -> None:
        # Steps, so that a column is as wide as its bases; between points of its own, evenly spaced, there are slopes.
        edges = np.repeat(np.linspace(start, end, len(self.columns) + 1), 2)[1:-1]
        look = (self.properties[name] for name in ("color", "negative_color", "alpha", "grid"))
        plot_coverage(ax, edges, np.repeat(self.columns, 2), self.plot_type, self.size, *look)
        # An edge, or snapping, would spread each column over its neighbours; and what has one of everything is drawn as
        # markers are, half a pixel to the right, so that there are two of something.
        ax.collections[-1].set(linewidth=0, snap=False, antialiased=(True, True))


def plot_signal(ax: Axes, columns: Columns, region: Region, color: str, alpha: float = 1.0) -> None:
    """Fill the columns (shape (n,), drawn units) across `region`. The caller sets the axis limits."""
    with _quiet():
        track = _ColumnsTrack(np.nan_to_num(columns), {"color": color, "alpha": alpha, "number_of_bins": len(columns)})
        track.plot(ax, region.chrom, region.start, region.end)
