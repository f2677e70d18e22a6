"""Contact matrices as labs keep them, written by the libraries labs write them with: one matrix, one picture."""

from __future__ import annotations

import struct
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

from renderer.measure.contacts import measure_contacts
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError, LocutionError
from renderer.values.prepared import Prepared
from renderer.values.region import Region
from renderer.window.contacts import ContactMap, read_contacts

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
    return prepare(path, path.name, folder)


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


def test_the_finest_resolution_that_can_be_told_apart_is_read(tmp_path):
    path = make_mcool(tmp_path)
    assert BIN == read(path, most_bins=100).resolution
    assert 2 * BIN == read(path, most_bins=99).resolution
    assert 5 * BIN == read(path, most_bins=30).resolution


def test_a_window_that_cuts_its_outer_bins_has_them_whole(tmp_path):
    map = read(make_cool(tmp_path), Region("chr1", 204_000, 306_000))
    assert (200_000, 310_000, 11) == (map.edges[0], map.edges[-1], map.n)
    np.testing.assert_array_equal(genome()[20:31, 20:31], map.counts)


def test_a_sparse_map_is_read_at_a_coarser_resolution(tmp_path, monkeypatch):
    monkeypatch.setattr("renderer.window.contacts.FEWEST_BINS", 20)
    path = make_mcool(tmp_path)
    assert BIN == read(path).resolution
    thin = pixels(np.random.default_rng(1).binomial(genome(), 0.0015))
    cooler.create_cooler(str(tmp_path / "map.cool"), bins(), thin)
    cooler.zoomify_cooler(str(tmp_path / "map.cool"), str(path), [BIN, 2 * BIN, 5 * BIN], chunksize=10**6)
    assert 5 * BIN == read(path).resolution


def test_a_resolution_can_be_asked_for(tmp_path):
    path = make_mcool(tmp_path)
    one = prepared(path)
    named = Path(f"{one.path}::/resolutions/50000")
    maps = [read_contacts(one.path, one.format, WHOLE, resolution=50_000), read_contacts(named, one.format, WHOLE)]
    assert [50_000, 50_000] == [map and map.resolution for map in maps]
    with pytest.raises(LocutionError, match=r"no resolution of 3,000 bp.*10,000, 20,000, 50,000"):
        read_contacts(one.path, one.format, WHOLE, resolution=3_000)
    with pytest.raises(FormatError, match=r"no contact map at '::/7' \(its groups: resolutions\)"):
        read_contacts(Path(f"{one.path}::/7"), one.format, WHOLE)


def test_zoom_levels_at_the_root_are_resolutions_too(tmp_path):
    """As cooler wrote them until 2018."""
    path = make_mcool(tmp_path)
    with h5py.File(path, "a") as file:
        for zoom, size in enumerate((50_000, 20_000, 10_000)):
            file.move(f"resolutions/{size}", str(zoom))
        del file["resolutions"]
    assert "mcool" == prepared(path).format
    assert BIN == read(path).resolution
    assert 20_000 == read(Path(path), most_bins=60).resolution


def test_bins_too_fine_for_the_window_are_joined(tmp_path):
    map = read(make_cool(tmp_path), most_bins=25)
    blocks = np.triu(genome()[:100, :100]).reshape(25, 4, 25, 4).sum(axis=(1, 3))
    np.testing.assert_array_equal(blocks + np.triu(blocks, 1).T, map.counts)
    assert (list(range(0, 1_000_001, 4 * BIN)), 4 * BIN) == (map.edges.tolist(), map.resolution)


def test_joined_bins_stay_where_they_are_when_the_window_moves(tmp_path):
    path = make_cool(tmp_path)
    edges = [read(path, Region("chr1", start, start + 600_000), most_bins=15).edges for start in (0, 50_000, 130_000)]
    assert all((one % (4 * BIN) == 0).all() for one in (edge[1:-1] for edge in edges))


@pytest.mark.parametrize("divide", [False, True])
def test_balancing_weights_are_used_and_their_gaps_masked(divide, tmp_path):
    weights = np.linspace(0.9, 1.2, len(bins()))
    weights[[3, 40]] = np.nan
    path = tmp_path / "map.cool"
    cooler.create_cooler(str(path), bins().assign(weight=1 / weights if divide else weights), pixels(genome()))
    if divide:
        with h5py.File(path, "a") as file:
            file["bins/weight"].attrs["divisive_weights"] = True
    map = read(path)
    expected = (genome() * weights[:, None] * weights)[:100, :100]
    np.testing.assert_allclose(expected, map.counts)
    assert map.balanced
    assert () == prepared(path).warnings


def test_a_map_whose_weights_are_all_missing_is_drawn_as_it_is(tmp_path):
    weights = np.full(len(bins()), np.nan)
    cooler.create_cooler(str(tmp_path / "map.cool"), bins().assign(weight=weights), pixels(genome()))
    map = read(tmp_path / "map.cool")
    assert not map.balanced
    np.testing.assert_allclose(genome()[:100, :100], map.counts)


def test_weights_that_do_not_balance_are_told_and_not_used(tmp_path):
    coverage = genome().sum(axis=0)
    for weight, warned in ((coverage**-0.5, False), (coverage * 1.0, True)):
        counts = np.round(genome() * np.linspace(0.3, 3, 161)[:, None] * np.linspace(0.3, 3, 161)).astype(int)
        even = weight / np.linspace(0.3, 3, 161) if not warned else weight * np.linspace(0.3, 3, 161)
        cooler.create_cooler(str(tmp_path / "map.cool"), bins().assign(weight=even), pixels(counts))
        assert warned == any("less even" in one for one in prepared(tmp_path / "map.cool").warnings)
        map = read_contacts(tmp_path / "map.cool", "cool", Region("chr1", 0, 100 * BIN))
        assert map is not None
        assert warned != map.balanced
        assert not warned or np.array_equal(counts[:100, :100], map.counts)


def add_balancing(path: Path, name: bytes, vector: np.ndarray) -> None:
    """Append the vector a .hic of version 9 divides chr1's counts of 10 kb bins by; its writers keep that to Juicer."""
    data = path.read_bytes()
    header = data.index(b"\0", 16) + 1  # behind magic, version, footer and the assembly's name
    (place,) = struct.unpack_from("<q", data, header)
    values = struct.pack("<q", len(vector)) + vector.astype("<f4").tobytes()
    entry = [name + b"\0", struct.pack("<i", 1), b"BP\0", struct.pack("<i", BIN)]
    length = 4 + sum(map(len, entry)) + 16
    index = struct.pack("<i", 1) + b"".join(entry) + struct.pack("<qq", place + length, len(values))
    path.write_bytes(data[:header] + struct.pack("<qq", place, length) + data[header + 16 : place] + index + values)


def test_a_hic_file_is_balanced_as_far_as_it_can_be(tmp_path):
    vector = np.linspace(0.5, 2, 100)
    vector[[3, 40]] = np.nan
    path = make_hic(tmp_path)
    add_balancing(path, b"KR", vector)
    map = read(path)
    np.testing.assert_allclose(genome()[:100, :100] / vector[:, None] / vector, map.counts, rtol=1e-5)
    assert map.balanced
    assert ("The contacts at 50,000 bp are not balanced",) == tuple(one[:42] for one in prepared(path).warnings)


def test_joined_bins_make_up_for_what_is_masked_in_them(tmp_path):
    weights = np.ones(len(bins()))
    weights[1::4] = np.nan
    cooler.create_cooler(str(tmp_path / "map.cool"), bins().assign(weight=weights), pixels(np.full((161, 161), 6)))
    map = read(tmp_path / "map.cool", most_bins=25)
    off = ~np.eye(map.n, dtype=bool)
    np.testing.assert_allclose(6 * 16, map.counts[off])


def test_bins_without_contacts_are_masked(tmp_path):
    counts = genome()
    counts[20, :] = counts[:, 20] = 0
    cooler.create_cooler(str(tmp_path / "map.cool"), bins(), pixels(counts))
    map = read(tmp_path / "map.cool")
    assert [20] == np.flatnonzero(np.isnan(map.counts).all(axis=0)).tolist()


def test_bins_of_any_length_keep_their_edges_and_gaps_are_masked(tmp_path):
    table = pd.DataFrame({"chrom": "chrX", "start": [0, 300, 1000, 2000], "end": [300, 1000, 1500, 2600]})
    cooler.create_cooler(str(tmp_path / "map.cool"), table, pixels(np.full((4, 4), 5)))
    map = read(tmp_path / "map.cool", Region("X", 0, 2600))
    assert [0, 300, 1000, 1500, 2000, 2600] == map.edges.tolist()
    assert [3] == np.flatnonzero(np.isnan(map.counts).all(axis=0)).tolist()
    assert 550 == map.resolution


@pytest.mark.parametrize("format", MAKERS)
def test_chromosomes_go_by_other_names_or_are_missing(format, tmp_path):
    one = prepared(MAKERS[format](tmp_path))
    second = read_contacts(one.path, one.format, Region("2", 100_000, 700_000))
    np.testing.assert_array_equal(genome()[110:161, 110:161], second.counts)
    assert 605_000 == second.edges[-1]
    assert None is read_contacts(one.path, one.format, Region("chr7", 0, 1000))
    assert None is read_contacts(one.path, one.format, Region("chr2", 700_000, 800_000))


def test_rows_read_apart_or_in_pieces_give_the_same_pixels(tmp_path, monkeypatch):
    path, region = make_cool(tmp_path), Region("chr1", 200_000, 900_000)
    together = read(path, region)
    monkeypatch.setattr("renderer.window.cool.FAR_ROWS", 0)
    np.testing.assert_array_equal(together.counts, read(path, region).counts)
    monkeypatch.setattr("renderer.window.cool.READ_AT_ONCE", 97)
    np.testing.assert_array_equal(together.counts, read(path, region).counts)
    monkeypatch.setattr("renderer.window.cool.FAR_ROWS", 10**9)
    np.testing.assert_array_equal(together.counts, read(path, region).counts)


def test_a_corrected_hicexplorer_matrix_is_balanced_and_its_masked_bins_stay_masked(tmp_path, monkeypatch):
    monkeypatch.setattr("renderer.prepare.hicexplorer.ROWS_AT_ONCE", 500)
    made = HiCMatrix.hiCMatrix()
    intervals = [(row.chrom.encode(), row.start, row.end, 1.0) for row in bins().itertuples()]
    made.setMatrix(csr_matrix(genome() / 3), intervals)
    made.maskBins([5, 6])
    made.setCorrectionFactors(np.ones(159))
    made.save(str(tmp_path / "map.h5"))
    map = read(tmp_path / "map.h5")
    assert map.balanced
    assert [5, 6] == np.flatnonzero(np.isnan(map.counts).all(axis=0)).tolist()
    np.testing.assert_allclose(genome()[10:100, 10:100] / 3, map.counts[10:, 10:])


def foreign(folder: Path) -> Path:
    with h5py.File(folder / "map.h5", "w") as file:
        file["layers/counts"] = [1, 2]
    return folder / "map.h5"


def cut(folder: Path) -> Path:
    path = make_cool(folder)
    path.write_bytes(path.read_bytes()[:30_000])
    return path


def cut_hic(folder: Path) -> Path:
    path = make_hic(folder)
    path.write_bytes(path.read_bytes()[:200])
    return path


def without_index(folder: Path) -> Path:
    path = make_cool(folder)
    with h5py.File(path, "a") as file:
        file["indexes/bin1_offset"][-1] = 7
    return path


def one_sided(folder: Path) -> Path:
    cooler.create_cooler(str(folder / "map.cool"), bins(), pixels(genome()), symmetric_upper=False, triucheck=False)
    return folder / "map.cool"


def out_of_order(folder: Path) -> Path:
    made = HiCMatrix.hiCMatrix()
    made.setMatrix(csr_matrix(np.ones((3, 3))), [(b"chr1", 0, 10, 1.0), (b"chr2", 0, 10, 1.0), (b"chr1", 10, 20, 1.0)])
    made.save(str(folder / "map.h5"))
    return folder / "map.h5"


def without_data(folder: Path) -> Path:
    path = make_h5(folder)
    with h5py.File(path, "a") as file:
        del file["matrix/indices"]
    return path


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (foreign, r"map.h5: this HDF5 file holds no contact map \(its groups: layers\). Valid are .cool"),
        (cut, r"map.cool: the contact matrix cannot be read .*truncated.*It may be cut short"),
        (cut_hic, r"map.hic: the contact matrix cannot be read .*It may be cut short"),
        (without_index, r"map.cool: the map of 10,000 bp bins is damaged"),
        (one_sided, r"map.cool: the map of 10,000 bp bins is not symmetric"),
        (out_of_order, r"map.h5: its bins are not in the order of the genome"),
        (without_data, r"map.h5: the matrix cannot be read .*indices.*A HiCExplorer matrix has"),
    ],
)
def test_a_bad_file_is_refused_with_what_is_in_it_and_what_is_valid(make, found, tmp_path):
    with pytest.raises(FormatError, match=found):
        prepared(make(tmp_path))
