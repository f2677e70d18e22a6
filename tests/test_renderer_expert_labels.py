"""Spans against labels that experts drew by eye on tracks of a browser (Hocking et al. 2017, Bioinformatics 33:491)."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from renderer.figure.draw import plan_scene
from renderer.figure.style import THEMES
from renderer.measure.spans import find_spans
from renderer.prepare.background import measure_background
from renderer.tracklists.scene import prepare_tracks
from renderer.values.background import background_of
from renderer.values.region import Region
from renderer.values.track import Scene
from renderer.window.signal import read_columns

FOLDER = Path(__file__).parents[2] / "shared" / "expert_labels"
"""Not part of the repository."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared labels are not here")

WINDOWS = {"chr21": Region("chr21", 43_118_551, 43_459_388), "chr11": Region("chr11", 118_080_001, 118_130_000)}
"""What the experts looked at."""

RIGHT = 0.95
RIGHT_WITHOUT_PEAKS = 0.98


@dataclass(frozen=True)
class Label:
    file: str
    region: Region
    kind: str

    def agrees(self, spans: tuple[tuple[int, int], ...]) -> bool:
        """Whether stretches [first, last) are what the label says."""
        start, end = self.region.start, self.region.end
        if self.kind == "peakStart":
            return sum(start <= first < end for first, _ in spans) == 1
        if self.kind == "peakEnd":
            return sum(start < last <= end for _, last in spans) == 1
        return any(first < end and last > start for first, last in spans) == (self.kind == "peaks")


def labels() -> list[Label]:
    with (FOLDER / "labels.tsv").open() as rows:
        return [
            Label(row["file"], Region(row["chrom"], int(row["start"]), int(row["end"])), row["label"])
            for row in csv.DictReader(rows, delimiter="\t")
        ]


@cache
def spans(file: str, region: Region, count: int, factor: float, known: bool) -> tuple[tuple[int, int], ...]:
    """Those of one file, in a window of so many columns of its values times `factor`."""
    columns = np.nan_to_num(read_columns(FOLDER / file, region, count)) * factor
    background = measure_background(FOLDER / file, gaps_are_zero=True)
    if factor != 1 and background:
        every = np.nan_to_num(read_columns(FOLDER / file, region, region.span // 100)) * factor
        background = background_of([every], 100)
    found = find_spans(columns, region, background if known else None).spans
    return tuple((span.start, span.end) for span in found)


def wrong(count: int = 1000, factor: float = 1.0, known: bool = True) -> tuple[list[Label], list[Label]]:
    """The labels that the spans contradict, and those of them without peaks."""
    found = [
        label
        for label in labels()
        if not label.agrees(spans(label.file, WINDOWS[label.region.chrom], count, factor, known))
    ]
    return found, [label for label in found if label.kind == "noPeaks"]


@pytest.mark.parametrize("columns", [256, 500, 1000, 2000])
def test_spans_are_those_that_experts_drew(columns: int) -> None:
    everything, (missed, invented) = labels(), wrong(columns)
    assert 1 - len(missed) / len(everything) >= RIGHT, missed
    empty = sum(label.kind == "noPeaks" for label in everything)
    assert 1 - len(invented) / empty >= RIGHT_WITHOUT_PEAKS, invented


@pytest.mark.parametrize("factor", [0.001, 1000.0])
def test_they_are_so_in_any_unit(factor: float) -> None:
    assert wrong(factor=factor) == ([], [])


def test_they_are_so_though_only_the_window_is_known() -> None:
    missed, invented = wrong(known=False)
    assert 1 - len(missed) / len(labels()) >= RIGHT, missed
    assert not invented


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """The peaks and domains that belong in a caption, by file and chromosome, as a figure's evidence has them."""
    work = tmp_path_factory.mktemp("labels")
    files = sorted({label.file for label in labels()})
    tracks, _ = prepare_tracks([FOLDER / file for file in files], work)
    found = {}
    for file, track in zip(files, tracks, strict=True):
        for chrom in sorted({label.region.chrom for label in labels() if label.file == file}):
            scene = Scene(WINDOWS[chrom], (replace(track, number=1),))
            evidence = plan_scene(scene, THEMES["ucsc"]).evidence.signal(1)
            assert evidence is not None
            found[file, chrom] = [(one.start, one.end) for one in (*evidence.peaks, *evidence.domains)]
    return found


def test_a_figure_s_evidence_is_what_experts_drew(drawn: dict[tuple[str, str], list[tuple[int, int]]]) -> None:
    """What `measured` says and every claim is checked against: prepared files, drawn scales, labels read."""
    everything = labels()
    missed = [one for one in everything if not one.agrees(tuple(drawn[one.file, one.region.chrom]))]
    assert 1 - len(missed) / len(everything) >= RIGHT, missed
    empty = sum(label.kind == "noPeaks" for label in everything)
    assert 1 - sum(label.kind == "noPeaks" for label in missed) / empty >= RIGHT_WITHOUT_PEAKS, missed


def test_they_are_so_in_parts_of_the_window() -> None:
    """Windows of 0.3 of the width, a label wholly inside: what is seen of it must not hang on what else is."""
    right = total = 0
    for label in labels():
        window = WINDOWS[label.region.chrom]
        width = round(0.3 * window.span)
        for start in range(window.start, window.end - width + 1, width // 3):
            if start <= label.region.start and label.region.end <= start + width:
                part = Region(window.chrom, start, start + width)
                right += label.agrees(spans(label.file, part, 1000, 1.0, True))
                total += 1
    assert total > 50
    assert right / total >= RIGHT
