"""The bundled example is what its simulation writes, and shows what its README says."""

from __future__ import annotations

import numpy as np
import pyBigWig
import pytest
from click.testing import CliRunner

from renderer.values.errors import LocutionError
from renderer.values.region import parse_loci
from service.run import example_tracks as sim
from service.run.example import FOLDER, TRACKS, example, write_example

MOST_BYTES = 600_000
"""The example lies in the repository: a few hundred kilobytes."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The example, written anew."""
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    return folder


@pytest.fixture(scope="module")
def signals():
    return dict(sim.Simulation().tracks())


def bins(name, start, end, signals):
    """Values of a track over a stretch."""
    return signals[name][start // sim.BIN : end // sim.BIN]


def test_the_repository_holds_the_files_of_the_simulation(fresh):
    assert {path.name for path in fresh.iterdir()} == {path.name for path in FOLDER.iterdir()}
    assert set(TRACKS) < {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("name", ["README.md", "genes.gtf", "loci.txt", "H3K4me3_peaks.narrowPeak"])
def test_text_files_are_what_the_simulation_writes(fresh, name):
    assert (FOLDER / name).read_bytes() == (fresh / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in TRACKS if name.endswith(".bw")])
def test_bigwigs_hold_what_the_simulation_draws(signals, name):
    with pyBigWig.open(str(FOLDER / name)) as bigwig:
        assert {sim.CHROM: sim.LENGTH} == bigwig.chroms()
        stored = bigwig.values(sim.CHROM, 0, sim.LENGTH, numpy=True)[sim.BIN // 2 :: sim.BIN]
    np.testing.assert_array_equal(signals[name.removesuffix(".bw")].astype(np.float32), stored)


def test_the_example_is_small(fresh):
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


def test_it_says_that_it_is_simulated():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Nothing in this folder was measured" in text
    assert str(sim.SEED) in text


def test_its_loci_exist_and_are_named():
    loci = parse_loci((FOLDER / "loci.txt").read_text(encoding="utf-8"))
    assert 6 <= len(loci)
    assert all(locus.fit({sim.CHROM: sim.LENGTH}).label for locus in loci)


def test_active_promoters_have_h3k4me3_and_others_do_not(signals):
    around = {gene: bins("H3K4me3", gene.tss - 1_000, gene.tss + 1_000, signals).max() for gene in sim.GENES}
    active = [height for gene, height in around.items() if gene.promoter]
    silent = [height for gene, height in around.items() if not gene.promoter]
    assert min(active) > 3 * max(silent)


def test_every_active_promoter_has_a_called_peak():
    rows = [line.split("\t") for line in (FOLDER / "H3K4me3_peaks.narrowPeak").read_text().splitlines()]
    peaks = [(int(row[1]) - 500, int(row[2]) + 500) for row in rows]
    missed = [gene.name for gene in sim.GENES if gene.promoter and not any(a <= gene.tss < b for a, b in peaks)]
    assert [] == missed
    assert len(peaks) == sum(bool(gene.promoter) for gene in sim.GENES)


def test_enhancers_have_h3k27ac_without_h3k4me3(signals):
    for centre, _ in sim.ENHANCERS:
        assert bins("H3K27ac", centre - 1_000, centre + 1_000, signals).max() >= 10
        assert bins("H3K4me3", centre - 1_000, centre + 1_000, signals).max() < 10


def test_domains_and_bodies_are_raised(signals):
    beside = bins("H3K27me3", 1_000_000, 1_100_000, signals).mean()
    for start, end, _ in sim.POLYCOMB:
        assert bins("H3K27me3", start + 8_000, end - 8_000, signals).mean() > 3 * beside
    body = next(gene for gene in sim.GENES if gene.name == "CORVAX")
    assert bins("H3K36me3", body.end - 20_000, body.end, signals).mean() > 3 * beside


def test_rna_covers_exons_of_transcribed_genes_only(signals):
    for gene in sim.GENES:
        inside = bins("RNA-seq", gene.start, gene.end, signals).sum()
        assert (inside > 0) == bool(gene.expression)
    exonic = sum(bins("RNA-seq", start, end, signals).sum() for gene in sim.GENES for start, end in gene.exon_list)
    assert exonic > 0.5 * np.nansum(signals["RNA-seq"])


def test_the_gap_has_no_values(signals):
    assert all(np.isnan(bins(name, *sim.GAP, signals)).all() for name in signals)
    assert all(np.isnan(values).sum() == (sim.GAP[1] - sim.GAP[0]) // sim.BIN for values in signals.values())


def test_exons_lie_in_their_gene_in_order():
    for gene in sim.GENES:
        flat = [position for exon in gene.exon_list for position in exon]
        assert flat == sorted(set(flat))
        assert (gene.start, gene.end) == (flat[0], flat[-1])


def test_the_command_writes_another_draw_for_another_seed(tmp_path, fresh):
    answer = CliRunner().invoke(example, [str(tmp_path / "new" / "folder"), "--seed", "7"])
    assert 0 == answer.exit_code, answer.output
    written = tmp_path / "new" / "folder"
    assert "seed 7" in (written / "README.md").read_text(encoding="utf-8")
    assert (written / "genes.gtf").read_bytes() == (fresh / "genes.gtf").read_bytes()
    assert (written / "Input.bw").read_bytes() != (fresh / "Input.bw").read_bytes()


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LocutionError, match="cannot be written"):
        write_example(tmp_path / "file" / "inside")
