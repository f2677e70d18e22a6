"""The same data in another format gives the same measurements."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import build_scene, prepare_tracks
from renderer.values.evidence import TrackEvidence
from renderer.values.region import Region

WINDOW = Region("chr1", 0, 100_000)

PEAKS = ((10_000, 12_000, "a"), (40_000, 41_000, "b"), (41_200, 42_000, "c"))
LINKS = ((10_000, 11_000, 60_000, 61_000, 5.0), (20_000, 21_000, 90_000, 92_000, 2.0))


def measured(files: list[Path], tmp_path: Path) -> list[TrackEvidence]:
    tracks, sizes = prepare_tracks(files, tmp_path / "work")
    evidence = draw_scene(build_scene(tracks, WINDOW, sizes), tmp_path / "figure.png").evidence
    return [evidence.tracks[track.number] for track in tracks]


def write(path: Path, rows: list[str]) -> Path:
    text = "".join(f"{row}\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def signals(tmp_path, make_bigwig, peaky) -> list[Path]:
    """One signal as bigWig, bedGraph, gzipped bedGraph and wiggle; values a float can hold."""
    values = np.round(peaky * 8) / 8
    spans = [f"chr1\t{100 * i}\t{100 * (i + 1)}\t{value}" for i, value in enumerate(values)]
    wiggle = ["fixedStep chrom=chr1 start=1 step=100 span=100", *(str(value) for value in values)]
    return [
        make_bigwig(values, "a.bw"),
        write(tmp_path / "b.bedgraph", spans),
        write(tmp_path / "c.bedgraph.gz", spans),
        write(tmp_path / "d.wig", wiggle),
    ]


def test_a_signal_is_measured_alike_in_every_format(signals, tmp_path):
    first, *others = measured(signals, tmp_path)
    assert len(first.peaks) == 2
    assert [first] * 3 == others


def test_intervals_are_measured_alike_in_every_format_and_order(tmp_path):
    bed = [f"chr1\t{start}\t{end}\t{name}" for start, end, name in PEAKS]
    narrow = [f"{row}\t100\t.\t5\t3\t2\t500" for row in bed]
    files = [
        write(tmp_path / "a.bed", bed),
        write(tmp_path / "b.bed.gz", bed[::-1]),
        write(tmp_path / "c.narrowPeak", narrow),
    ]
    first, *others = measured(files, tmp_path)
    assert (first.count, len(first.spans)) == (3, 2)
    assert [first] * 2 == others


def test_links_are_measured_alike_in_every_format_and_order(tmp_path):
    arcs = [f"chr1\t{a}\t{b}\tchr1\t{c}\t{d}\t{score}" for a, b, c, d, score in LINKS]
    swapped = [f"chr1\t{c}\t{d}\tchr1\t{a}\t{b}\tname\t{score}" for a, b, c, d, score in LINKS[::-1]]
    first, other = measured([write(tmp_path / "a.arcs", arcs), write(tmp_path / "b.bedpe", swapped)], tmp_path)
    assert (first.count, len(first.arcs)) == (2, 2)
    assert first == other
