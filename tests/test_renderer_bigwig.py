"""What is written here is read back with libBigWig."""

import numpy as np
import pyBigWig
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import renderer.formats.bigwig
from renderer.formats.bigwig import PIECE, BigWigWriter, zoom_sizes


def write(path, columns, chroms):
    """`columns` maps a chromosome to (starts, ends, values)."""
    zooms = zoom_sizes((ends[-1] for _, ends, _ in columns.values()), sum(len(ends) for _, ends, _ in columns.values()))
    with BigWigWriter(path, chroms, zooms, path.parent) as out:
        for chrom in sorted(columns):
            piece = np.empty(len(columns[chrom][0]), PIECE)
            piece["start"], piece["end"], piece["value"] = columns[chrom]
            for part in np.array_split(piece, 3):
                out.add(chrom, part)
    return pyBigWig.open(str(path))


def per_base(columns, length):
    values = np.full(length, np.nan)
    for start, end, value in zip(*columns, strict=True):
        values[start:end] = value
    return values


def make(draw, count, widest):
    lengths, gaps = draw.integers(1, widest, count), draw.integers(0, widest, count)
    ends = np.cumsum(lengths + gaps)
    return ends - lengths, ends, draw.normal(5, 3, count).astype(np.float32)


rows = st.tuples(st.integers(0, 900), st.integers(1, 900), st.floats(-1e6, 1e6, width=32))
names = st.text("chr12X_.", min_size=1, max_size=9)


@st.composite
def signals(draw):
    gaps, lengths, values = map(np.array, zip(*draw(st.lists(rows, min_size=1, max_size=60)), strict=True))
    ends = np.cumsum(gaps + lengths)
    return ends - lengths, ends, values


@settings(max_examples=40)
@given(
    st.dictionaries(st.text("chr12X_.", min_size=1, max_size=9), signals(), min_size=1, max_size=5), st.integers(0, 99)
)
def test_every_interval_is_read_back(tmp_path, columns, beyond):
    chroms = {chrom: int(ends[-1]) + beyond for chrom, (_, ends, _) in columns.items()}
    with write(tmp_path / "a.bw", columns, chroms) as bigwig:
        assert chroms == bigwig.chroms()
        for chrom, (starts, ends, values) in columns.items():
            assert list(zip(starts, ends, values, strict=True)) == list(bigwig.intervals(chrom))
        covered = sum(int((ends - starts).sum()) for starts, ends, _ in columns.values())
        assert covered == bigwig.header()["nBasesCovered"]


def test_zoom_levels_hold_the_means_maxima_and_coverage_of_their_bins(tmp_path):
    columns = make(np.random.default_rng(1), 30_000, 40)
    length = int(columns[1][-1]) + 7
    with write(tmp_path / "a.bw", {"chr1": columns}, {"chr1": length}) as bigwig:
        levels = bigwig.header()["nLevels"]
        size = 10 * int(columns[1][-1]) // 30_000
        assert levels == sum(size * 4**level < length for level in range(10)) > 5
        bins = length // (size * 4**4)
        end = bins * size * 4**4
        values = per_base(columns, length)[:end].reshape(bins, -1)
        for kind, expected in (
            ("mean", np.nanmean(values, axis=1)),
            ("max", np.nanmax(values, axis=1)),
            ("min", np.nanmin(values, axis=1)),
            ("coverage", np.isfinite(values).mean(axis=1)),
        ):
            np.testing.assert_allclose(expected, bigwig.stats("chr1", 0, end, type=kind, nBins=bins), rtol=1e-4)


def test_the_summary_is_that_of_all_chromosomes(tmp_path):
    columns = {"chr1": ([0, 10], [5, 30], [2.0, -1.0]), "chr2": ([3], [7], [8.0])}
    with write(tmp_path / "a.bw", columns, {"chr1": 100, "chr2": 100}) as bigwig:
        header = bigwig.header()
    assert (29, -1, 8, 22, 296) == tuple(
        header[key] for key in ("nBasesCovered", "minVal", "maxVal", "sumData", "sumSquared")
    )


def test_more_blocks_and_chromosomes_than_a_node_holds_are_all_found(tmp_path, monkeypatch):
    monkeypatch.setattr(renderer.formats.bigwig, "FAN", 3)
    monkeypatch.setattr(renderer.formats.bigwig, "ITEMS", 10)
    draw = np.random.default_rng(2)
    columns = {f"scaffold_{number}": make(draw, 150, 9) for number in range(40)}
    chroms = {chrom: int(ends[-1]) for chrom, (_, ends, _) in columns.items()}
    with write(tmp_path / "a.bw", columns, chroms) as bigwig:
        assert chroms == bigwig.chroms()
        for chrom, one in columns.items():
            expected = per_base(one, chroms[chrom])
            np.testing.assert_array_equal(expected, bigwig.values(chrom, 0, chroms[chrom], numpy=True))
            middle = chroms[chrom] // 2
            np.testing.assert_array_equal(
                expected[middle : middle + 9], bigwig.values(chrom, middle, middle + 9, numpy=True)
            )


def test_a_signal_without_values_is_a_file_that_says_so(tmp_path):
    with write(tmp_path / "a.bw", {}, {"chr1": 500}) as bigwig:
        assert ({"chr1": 500}, 0, None) == (bigwig.chroms(), bigwig.header()["nBasesCovered"], bigwig.intervals("chr1"))


def test_an_error_leaves_no_file_that_looks_whole(tmp_path):
    with pytest.raises(ZeroDivisionError), BigWigWriter(tmp_path / "a.bw", {"chr1": 500}, [], tmp_path):
        raise ZeroDivisionError
    assert b"\0\0\0\0" == (tmp_path / "a.bw").read_bytes()[:4]
