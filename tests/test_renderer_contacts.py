"""Contact matrices as labs keep them, written by the libraries labs write them with: one matrix, one picture."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what these libraries say of pandas while they are imported
    import cooler
    import hictkpy
    import pandas as pd
    from hicmatrix import HiCMatrix

from scipy.sparse import csr_matrix

from renderer.contacts import ContactMap, is_filled, read_contacts
from renderer.errors import FormatError, LocutionError
from renderer.formats import FORMATS, sniff
from renderer.measure_contacts import measure_contacts
from renderer.prepare_contacts import prepare_contacts
from renderer.prepared import Prepared
from renderer.region import Region

BIN = 10_000
CHROMS = {"chr1": 1_000_000, "chr2": 605_000}
COUNTS = {"chr1": 100, "chr2": 61}
OFFSET = 100
WHOLE = Region("chr1", 0, 1_000_000)


def genome(seed: int = 0) -> np.ndarray:
    """Counts between the 161 bins of two chromosomes, domains cut at bins 30 and 65 of chr1; whole numbers."""
    n = sum(COUNTS.values())
    place = np.arange(n)
    domain = np.searchsorted([30, 65, OFFSET], place, side="right")
    distance = np.abs(np.subtract.outer(place, place))
    mean = 80 / (1 + distance) * np.where(np.equal.outer(domain, domain), 3.0, 1.0)
    mean[:OFFSET, OFFSET:] = mean[OFFSET:, :OFFSET] = 0.5
    upper = np.triu(np.random.default_rng(seed).poisson(mean))
    return upper + np.triu(upper, 1).T


def bins() -> pd.DataFrame:
    rows = [(chrom, i * BIN, min((i + 1) * BIN, CHROMS[chrom])) for chrom, n in COUNTS.items() for i in range(n)]
    return pd.DataFrame(rows, columns=["chrom", "start", "end"])


def pixels(matrix: np.ndarray) -> pd.DataFrame:
    first, second = np.nonzero(np.triu(matrix))
    return pd.DataFrame({"bin1_id": first, "bin2_id": second, "count": matrix[first, second]})


def make_cool(folder: Path) -> Path:
    cooler.create_cooler(str(folder / "map.cool"), bins(), pixels(genome()))
    return folder / "map.cool"


def make_mcool(folder: Path) -> Path:
    cooler.zoomify_cooler(str(make_cool(folder)), str(folder / "map.mcool"), [BIN, 2 * BIN, 5 * BIN], chunksize=10**6)
    return folder / "map.mcool"


def make_h5(folder: Path) -> Path:
    made = HiCMatrix.hiCMatrix()
    intervals = [(row.chrom.encode(), row.start, row.end, 1.0) for row in bins().itertuples()]
    made.setMatrix(csr_matrix(genome()), intervals)
    made.save(str(folder / "map.h5"))
    return folder / "map.h5"


def make_hic(folder: Path) -> Path:
    with hictkpy.hic.FileWriter(folder / "map.hic", CHROMS, [BIN, 5 * BIN]) as out:
        out.add_pixels_from_dict({column: values.tolist() for column, values in pixels(genome()).items()})
        out.finalize()
    return folder / "map.hic"


MAKERS = {"cool": make_cool, "mcool": make_mcool, "hicexplorer": make_h5, "hic": make_hic}


def prepared(path: Path) -> Prepared:
    folder = path.parent / "prepared"
    folder.mkdir(exist_ok=True)
    return prepare_contacts(path, path.name, folder, sniff(path, path.name), lambda share: None)


def read(path: Path, region: Region = WHOLE, **how: int) -> ContactMap:
    one = prepared(path)
    found = read_contacts(one.path, one.format, region, **how)
    assert found is not None
    return found


@pytest.mark.parametrize("format", MAKERS)
def test_every_format_gives_the_same_matrix(format, tmp_path):
    path = MAKERS[format](tmp_path)
    one, map = prepared(path), read(path)
    assert (format, "contacts") == (one.format, one.kind)
    assert CHROMS == {chrom: one.chroms[chrom] for chrom in CHROMS}
    assert list(range(0, 1_000_001, BIN)) == map.edges.tolist()
    np.testing.assert_array_equal(genome()[:100, :100], map.counts)
    assert (BIN, False) == (map.resolution, map.balanced)
    assert "not balanced" in one.warnings[0]


def test_every_format_gives_the_same_evidence(tmp_path):
    found = [measure_contacts(read(make(tmp_path)), WHOLE) for make in MAKERS.values()]
    assert [300_000, 650_000] == [boundary.position for boundary in found[0].salient]
    assert [found[0]] * len(MAKERS) == found
