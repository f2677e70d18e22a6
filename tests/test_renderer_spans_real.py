"""The finder of peaks and domains on real files that are not part of the repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from renderer.measure.spans import find_spans
from renderer.prepare.background import measure_background
from renderer.values.background import Background
from renderer.values.region import Region
from renderer.values.spans import Raised
from renderer.window.signal import read_columns

FOLDER = Path(__file__).parents[2] / "shared" / "scenes" / "files"
CTCF = FOLDER / "derived" / "MACS" / "GM12878_CTCF_ChIP_pileup.hg19.chr22.bw"
INPUT = FOLDER / "derived" / "MACS" / "GM12878_Input_pileup.hg19.chr22.bw"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared scenes are not here")


def background(path: Path) -> Background:
    found = measure_background(path, gaps_are_zero=True)
    assert found
    return found


def spans(path: Path, file: Background, region: Region) -> tuple[float, Raised]:
    """The highest column of a window, and what stands out of it."""
    columns = np.nan_to_num(read_columns(path, region, 1000))
    return float(columns.max()), find_spans(columns, region, file, least_domain=None)


def test_windows_in_which_nothing_is_high_for_the_file_are_empty() -> None:
    file = background(CTCF)
    usual, empty = file.at(100).quantile(0.99), 0
    for start in range(17_000_000, 51_000_000, 800_000):
        high, found = spans(CTCF, file, Region("chr22", start, start + 60_000))
        if 0 < high < usual:
            assert found.spans == ()
            empty += 1
    assert empty > 2


def test_an_input_has_hardly_a_bump_for_a_caption() -> None:
    file = background(INPUT)
    regions = [Region("chr22", start, start + 200_000) for start in range(17_000_000, 51_000_000, 1_600_000)]
    found = [span for region in regions for span in spans(INPUT, file, region)[1].spans]
    assert sum(span.salient for span in found) <= 1
    assert len(found) < len(regions)


def test_binding_sites_of_a_wide_window_are_those_of_its_quarters() -> None:
    file = background(CTCF)
    assert not file.covers_little
    seen = total = 0
    for start in range(30_000_000, 40_000_000, 2_000_000):
        _, wide = spans(CTCF, file, Region("chr22", start, start + 200_000))
        parts = (Region("chr22", at, at + 50_000) for at in range(start, start + 200_000, 50_000))
        near = [span for part in parts for span in spans(CTCF, file, part)[1].spans]
        total += len(wide.spans)
        seen += sum(any(one.start < span.end and span.start < one.end for one in near) for span in wide.spans)
    assert total > 10
    assert seen / total > 0.9
