"""Assays, strands, controls and conditions as labels name them, and the names that only look like them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.assays.labels import is_minus, read_label, read_track, strand_named, strand_of, twin_of, unstranded
from renderer.assays.names import assay_of, is_control, is_inferred, is_signed
from renderer.assays.table import ASSAYS, marks
from renderer.figure.scales import mirrored
from renderer.figure.style import MINUS_COLOR, UCSC, signal_height, track_color
from renderer.tracklists.scene import guess_track
from renderer.values.region import Region
from renderer.values.track import Scene, Track


def track(label: str, number: int = 1, **fields: object) -> Track:
    return replace(Track(number, label, "signal", "bigwig", Path("x.bw")), **fields)


def uploaded(name: str, number: int = 1) -> Track:
    """A track as a form makes it of a file."""
    guess = guess_track(name)
    return track(guess.label, number, assay=guess.assay, sample=guess.sample, strand=guess.strand)


def name_of(label: str) -> str | None:
    row = assay_of(track(label))
    return row.name if row else None


# --- assays


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        (
            "Pol II",
            ("K562_RNAPII.bw", "Pol2", "PolII", "Pol II", "POLR2A", "RPB1", "RNA polymerase II", "total RNAPII"),
        ),
        ("Pol II", ("RNA Pol II", "RNAP2", "Pol II Ser5P", "S2 Pol II", "POL2 ChIP")),
        ("RNA polymerase", ("Pol III", "RNA Pol I", "POLR3A")),
        ("PRO-cap", ("K562_PROcap_plus.bw", "PRO-cap", "PRO_cap", "PROCAP rep1", "pro cap")),
        ("GRO-cap", ("GRO-cap", "GROcap", "GRO_cap.bw")),
        ("PRO-seq", ("PROseq", "PRO-seq 3' ends", "S2_PRO_seq_minus", "qPRO-seq")),
        ("GRO-seq", ("GROseq", "GRO-seq (+)")),
        ("CAGE", ("CAGE", "NET-CAGE", "K562.CAGE.plus.bw")),
        ("RNA-seq", ("RNA", "mRNA-seq", "total RNA-seq", "polyA+ RNA", "poly(A)+ RNA-seq", "scRNA", "gene expression")),
        ("small RNA-seq", ("smRNA", "miRNA-seq", "small RNA-seq")),
        ("ATAC-seq", ("ATAC2.bw", "ATACrep1", "scATAC", "ATACseq", "Omni-ATAC", "liver-ATAC-seq")),
        ("DNase-seq", ("DNase", "DNaseI", "DNase I HS", "DHS")),
        ("H3K4me3", ("H3K4me3", "h3k4ME3.rep1", "H3K4me3ChIP", "CUT&RUN_H3K4me3", "H3K4me3 ChIP-seq")),
        ("H3K4me1", ("K562 H3K4me1",)),
        ("H3K27me3", ("CUT&RUN H3K27me3", "CUT&Tag_H3K27me3")),
        ("H2A.Z", ("H2A.Z", "H2AZ", "h2afz")),
        ("H4K20me1", ("h4k20ME1",)),
        ("CTCF", ("CTCF_rep2", "CTCF ChIA-PET")),
        ("STAG2", ("STAG2",)),
        ("p300", ("p300", "EP300")),
        ("Input", ("H3K27ac_Input", "STAG1 input", "K562_WCE", "rabbit IgG", "mock IP", "Input1", "ChIP control")),
        ("methylation", ("WGBS", "CpG methylation")),
        ("Hi-C", ("in situ Hi-C", "HiC")),
        (None, ("CAGEd", "ATACama", "nonRNA1", "H3K4me33", "siRNA", "shRNA", "DNA:RNA hybrid", "Procapra")),
        (None, ("TAF15", "RAP1", "H3\u212a4me3", "Positive", "minu\u017f")),
        (None, ("signal", "Polymerase", "RPB", "Control rep1", "inputs2", "STAG", "expressions", "H3K27ac / H3K27me3")),
    ],
)
def test_an_assay_is_named_by_its_whole_words(name: str | None, labels: tuple[str, ...]) -> None:
    assert [name] * len(labels) == [name_of(label) for label in labels]


def test_every_spelling_of_polymerase_is_polymerase_and_none_follows_exons() -> None:
    rows = {
        assay_of(track(label)) for label in ("K562_RNAPII", "Pol2", "Pol II", "POLR2A", "RPB1", "RNA polymerase II")
    }
    assert [("Pol II", False)] == [(row.mark, row.spliced) for row in rows if row]


def test_what_starts_transcripts_is_not_what_polymerase_makes() -> None:
    assert {"nascent RNA"} == marks(lambda row: row.nascent)
    rows = [assay_of(track(label)) for label in ("K562_PROcap_plus.bw", "PRO-cap", "GROcap", "GRO_cap", "CAGE")]
    assert all(row and row.starts and not row.nascent and not row.spliced and row.mark is None for row in rows)


def test_the_assay_a_person_gave_comes_before_the_label() -> None:
    assert "RNA-seq" == assay_of(track("CTCF knock-down", assay="RNA-seq")).name
    assert "CTCF" == assay_of(track("CTCF", assay="ChIP-seq")).name
    assert "RAD21" == assay_of(track("loops", assay="RAD21 ChIA-PET")).name


def test_a_protein_that_cells_lack_is_not_what_was_measured() -> None:
    assert ["H3K27ac", "RNA-seq", "CTCF"] == [name_of(one) for one in ("CTCF_KO_H3K27ac", "RAD21-AID RNA", "CTCF KD")]


def test_what_was_predicted_or_resembles_an_assay_is_told_from_it() -> None:
    assert all(is_inferred(track(label)) for label in ("CTCF motifs", "imputed H3K4me3", "RNA-seq-like coverage"))
    assert not any(is_inferred(track(label)) for label in ("CTCF", "enhancer-like H3K27ac"))


def test_only_some_assays_have_domains_and_each_says_how_wide() -> None:
    least = {label: assay_of(track(label)).least_domain for label in ("H3K27me3", "H3K4me3", "Repli-seq", "WGBS")}
    assert all(bases and bases >= 2_000 for bases in least.values())
    for label in ("DNase", "ATAC", "CAGE", "CTCF", "p300", "RNA-seq", "PRO-seq", "Pol II", "Input"):
        assert None is assay_of(track(label)).least_domain
    assert {"H3K36me3", "H3K27me3", "H3K9me3"} == marks(lambda row: row.broad)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("log2 H3K27ac/Input", True),
        ("Hi-C insulation", True),
        ("PC1", True),
        ("phyloP100way", True),
        ("RNA (-)", False),
    ],
)
def test_signed_quantities_are_told_from_signals(label: str, expected: bool) -> None:
    assert expected == is_signed(track(label))
    assert is_signed(track(label, combine="log2ratio"))


def test_rows_are_distinct_and_name_themselves() -> None:
    assert len(ASSAYS) == len({row.name for row in ASSAYS})
    assert [] == [row.name for row in ASSAYS if row.name != "histone mark" and name_of(row.name) != row.name]


# --- controls


@pytest.mark.parametrize(
    ("label", "assay", "expected"),
    [
        ("H3K27ac_Input", None, True),
        ("GM12878 Input pileup", "input control", True),
        ("neg_control_input", None, True),
        ("IgG", None, True),
        ("K562", "control", True),
        ("mock", "mock IP", True),
        ("Control rep1", "RNA-seq", False),
        ("Control rep1", "H3K27ac", False),
        ("Control_rep1", None, False),
        ("H3K27ac shControl", None, False),
        ("mock-infected RNA-seq", None, False),
        ("STAG2", None, False),
        ("H3K27ac over input", None, False),
        ("H3K27ac minus Input", None, False),
        ("log2(H3K27ac/Input)", None, False),
        ("H3K27ac input-normalised", None, False),
        ("inputs2", None, False),
    ],
)
def test_inputs_are_controls_and_conditions_are_not(label: str, assay: str | None, expected: bool) -> None:
    assert expected == is_control(track(label, assay=assay))


def test_an_input_has_the_looks_of_a_control_whatever_it_is_the_input_of() -> None:
    plain, of_mark = track("Input"), track("H3K27ac_Input")
    assert (track_color(plain), signal_height(plain, UCSC)) == (track_color(of_mark), signal_height(of_mark, UCSC))
    assert track_color(of_mark) != track_color(track("H3K27ac"))
    assert track_color(track("Control rep1", assay="H3K27ac")) == track_color(track("H3K27ac"))


# --- strands


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        *((label, "-") for label in ("PRO-seq (-)", "PRO-seq (−)", "PRO-seq-", "RNA minus", "RNA.rev.bw.gz")),
        *(
            (label, "-")
            for label in ("RNA reverse", "RNA (minus strand)", "RNA_rev strand", "RNAseq_neg.bw", "RNA (neg)")
        ),
        *((label, "-") for label in ("K562_PROseq_-.bw", "PROseq_mn.bigWig", "K562_minus_rep1_PROseq.bw", "x minus")),
        *(
            (label, "-")
            for label in ("S2_PROseq_minus", "RNA-seq minus strand signal of unique reads", "RNA_minus_rep2")
        ),
        *((label, "-") for label in ("CTCF ChIP-exo (-)", "CAGE (−)", "negative strand RNA", "GRO-seq - rep1")),
        *(
            (label, "+")
            for label in ("PRO-seq (+)", "RNA plus", "plus", "K562_PROcap_plus.bw", "RNA_K562_pos", "RNA +")
        ),
        *(
            (label, None)
            for label in ("CD8+", "CD8 +", "H3K4me3", "nonplus", "Position effect", "-", "single-strand ATAC")
        ),
        *(
            (label, None)
            for label in ("GFP_pos_ATAC.bw", "GFP_neg_ATAC.bw", "neg_control_input", "H3K27ac_pos", "x_neg")
        ),
        *((label, None) for label in ("ATAC minus", "H3K4me3 (-)", "CTCF_rev", "MYC ChIP plus", "CUT&RUN MYC plus")),
        *((label, None) for label in ("RNAseq_GFP_neg.bw", "GFP_neg_RNA", "RNA GFP_plus", "RNA_minus_dox", "RNA -dox")),
        *((label, None) for label in ("CD4_neg_RNA", "RNA positive control", "liver_neg_RNA", "signal minus input")),
    ],
)
def test_a_strand_is_read_where_one_is_written_and_the_assay_has_strands(label: str, expected: str | None) -> None:
    assert expected == strand_of(track(label))


def test_a_strand_a_person_gave_wins_over_label_and_assay() -> None:
    assert "-" == strand_of(track("PRO-seq (+)", strand="-"))
    assert "+" == strand_of(track("ATAC", strand="+"))
    assert ["+", "-", "-", None, None] == [strand_named(one) for one in ("+", "Minus", " reverse ", "both", None)]


def test_cell_populations_are_no_strands_of_one_row() -> None:
    both = (uploaded("GFP_pos_ATAC.bw", 1), uploaded("GFP_neg_ATAC.bw", 2))
    assert [None, None] == [one.strand for one in both]
    assert {} == mirrored(both)
    assert not any(map(is_minus, both))
    assert None is twin_of(both[0], Scene(Region("chr1", 0, 100), both))


def test_strands_of_one_sample_are_one_row_however_they_are_written() -> None:
    for one, other in (("K562_PROseq_plus.bw", "K562_PROseq_minus.bw"), ("RNA_fwd.bw", "RNA_rev.bw")):
        both = (uploaded(one, 1), uploaded(other, 2))
        assert {2: 1} == mirrored(both) == mirrored(tuple(replace(half, strand=None) for half in both))
        assert both[1] == twin_of(both[0], Scene(Region("chr1", 0, 100), both))
        assert MINUS_COLOR == track_color(both[1]) != track_color(both[0])


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("K562 PRO-seq (+)", "K562 PRO-seq"),
        ("S2_PROseq_minus", "S2_PROseq"),
        ("GRO forward strand", "GRO"),
        ("RNA +", "RNA"),
        ("K562_minus_rep1_PROseq", "K562_rep1_PROseq"),
        ("RNA_K562_pos", "RNA_K562"),
        ("S2_PROseq_minus.bigWig", "S2_PROseq.bigWig"),
        ("-", "-"),
        ("(+)", "(+)"),
        ("Position effect", "Position effect"),
        ("GFP_neg_RNA", "GFP_neg_RNA"),
    ],
)
def test_a_label_is_told_from_its_strand(label: str, expected: str) -> None:
    assert expected == unstranded(label)


# --- samples, replicates, conditions


@pytest.mark.parametrize(
    ("label", "sample", "replicate", "levels"),
    [
        ("K562_H3K4me3.rep1.bw", "K562", 1, {}),
        ("GM12878 CTCF Rep 2", "GM12878", 2, {}),
        ("WT_3h_H3K4me3_R2", None, 2, {"genotype": "WT", "time": "3 h"}),
        ("CTCF_KO_RNA-seq_biorep3.bw", None, 3, {"genotype": "CTCF KO"}),
        ("K562_KO_H3K27ac", "K562", None, {"genotype": "KO"}),
        ("Control rep1", None, 1, {"treatment": "control"}),
        ("RNA ctrl", None, None, {"treatment": "control"}),
        ("HeLa shCTCF RNA", "HeLa", None, {"treatment": "shCTCF"}),
        ("MCF7 10 nM 30min ATAC", "MCF7", None, {"dose": "10 nM", "time": "30 min"}),
        ("Xist RAP 0 h", None, None, {"time": "0 h"}),
        ("limb E12.5 H3K27ac", None, None, {"time": "E12.5"}),
        ("input control", None, None, {}),
        ("H1 H3K4me3Rep2", "H1", 2, {}),
        ("E2 10 nM prep1", None, None, {"dose": "10 nM"}),
        ("H3K4me1", None, None, {}),
        ("WT1 ChIP", None, None, {}),
        ("5hmC", None, None, {}),
    ],
)
def test_a_label_tells_sample_replicate_and_condition(
    label: str, sample: str | None, replicate: int | None, levels: dict[str, str]
) -> None:
    said = read_label(label)
    assert (sample, replicate, levels) == (said.sample, said.replicate, dict(said.levels))


def test_what_a_person_stated_of_the_sample_comes_before_the_label() -> None:
    assert ["liver", "K562"] == [read_track(track("K562 RNA", sample=one)).sample for one in ("liver", "not stated")]


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["+", "-", "(-)", " minus", "_neg", "input"]))
def test_any_text_is_read_and_loses_only_a_strand_that_is_written(label: str, assay: str, end: str) -> None:
    said = read_label(label + end, assay)
    assert said.strand in ("+", "-", None)
    assert len(said.stem) <= len(label + end)
