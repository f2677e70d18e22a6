"""The only importer of pyGenomeTracks: its track objects, fed with data already read, drawn into our Axes.

pyGenomeTracks opens and parses files for every figure; ours get the window's columns or links instead, so a
figure's cost does not depend on the size of a file. Its import changes logging and warnings for the whole
process; `_quiet` puts both back.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from intervaltree import IntervalTree
from matplotlib.axes import Axes

from renderer.region import Region
from renderer.signal import Columns


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


with _quiet():
    from pygenometracks.tracks.BigWigTrack import BigWigTrack
    from pygenometracks.tracks.GenomeTrack import GenomeTrack
    from pygenometracks.tracks.LinksTrack import LinksTrack


class _ColumnsTrack(BigWigTrack):  # type: ignore[misc]
    """A BigWigTrack whose bins were read before."""

    def __init__(self, columns: Columns, properties: dict[str, Any]) -> None:
        self.columns = columns
        self.bw2 = None
        GenomeTrack.__init__(self, {"file": "", "section_name": "signal", "title": "", **properties})

    def get_scores(
        self, bw_var: str, bw_file: str, chrom_region: str, start_region: int, end_region: int
    ) -> tuple[int, int, Columns]:
        # Each column twice: the polygon then has vertical sides, so a column is as wide as its bases.
        return end_region, 2 * len(self.columns), np.repeat(self.columns, 2)


class _WindowLinks(LinksTrack):  # type: ignore[misc]
    """A LinksTrack whose links were read before, as (start1, end1, start2, end2, score) of one chromosome."""

    def __init__(
        self, chrom: str, links: Sequence[tuple[int, int, int, int, float]], properties: dict[str, Any]
    ) -> None:
        self.chrom, self.links = chrom, links
        with _quiet():
            super().__init__({"file": "", "section_name": "links", "title": "", "region": None, **properties})

    def process_link_file(self, plot_regions: object) -> tuple[dict[str, IntervalTree], float, float, bool]:
        tree = IntervalTree()
        for link in self.links:
            start, end = (link[0] + link[1]) // 2, (link[2] + link[3]) // 2
            tree.addi(min(start, end), max(start, end) + 1, list(link))
        return {self.chrom: tree}, 0.0, 1.0, False


def plot_signal(ax: Axes, columns: Columns, region: Region, color: str) -> None:
    """Fill the columns (shape (n,), file units) across `region`. The caller sets the axis limits."""
    with _quiet():
        track = _ColumnsTrack(np.nan_to_num(columns), {"color": color, "number_of_bins": len(columns)})
        track.plot(ax, region.chrom, region.start, region.end)


def plot_links(ax: Axes, links: Sequence[tuple[int, int, int, int, float]], region: Region, color: str) -> None:
    """Draw arcs from anchor to anchor; the highest arc fills the Axes."""
    with _quiet():
        track = _WindowLinks(
            region.chrom,
            links,
            {"color": color, "line_width": 1.0, "compact_arcs_level": "1", "overlay_previous": "no"},
        )
        track.plot(ax, region.chrom, region.start, region.end)
