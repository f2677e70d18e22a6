"""Exons and splice junctions: from tracks whose truth is known to claims, verdicts, false versions and captions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from renderer.measure.across import measure_across
from renderer.measure.exons import measure_junctions
from renderer.measure.rows import measure_links
from renderer.sandbox.files import InProcess
from renderer.values.background import FileLevels
from renderer.values.evidence import Evidence, Gene, GeneEvidence, SignalEvidence, TrackEvidence
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.spans import Trough
from renderer.values.track import Scene, Track
from renderer.window.intervals import Link
from renderer.window.signal import Steps
from service.commands.locus import draw_scenes
from vlm.claims.registry import find
from vlm.claims.stating import state, stated_beside
from vlm.claims.subject import Subject
from vlm.claims.verify import judge, judge_all
from vlm.score.perturbed import perturbed
from vlm.values.captioner import Figure
from vlm.values.claim import Claim, Judged
from vlm.words.caption import compose

REGION = Region("chr1", 5_100_000, 5_130_000)
EXONS = tuple((5_102_000 + 3_000 * at, 5_102_150 + 3_000 * at) for at in range(6))
GENE = Gene("GENE1", EXONS[0][0], EXONS[-1][1], "+", (EXONS[0][0],), True, True, EXONS)
OTHER = Gene(
    "GENE2", 5_124_000, 5_128_000, "-", (5_127_999,), True, True, ((5_124_000, 5_124_400), (5_127_700, 5_128_000))
)
KINDS = ("exonic_mean", "skipped_exon", "novel_exon", "exon_usage", "junction", "junction_differs")


def steps(rng: np.random.Generator, depth: float, usage: tuple[float, ...], novel: float = 0.0) -> Steps:
    """Reads of 100 bases that lie over the exons of the gene, as often as each is used, and a few over introns."""
    values = np.zeros(REGION.span)
    spans = [(*exon, depth * use) for exon, use in zip(EXONS, usage, strict=True)]
    for start, end, height in (*spans, (5_109_000, 5_109_150, depth * novel)):
        for first in rng.integers(start - REGION.start, end - REGION.start, round(height * 1.5)):
            values[first : min(first + 100, end - REGION.start)] += 1.0
    for first in rng.integers(0, REGION.span - 100, 40):
        values[first : first + 100] += 1.0
    return Steps.of_means(values, REGION.start, 1.0)


def signal() -> SignalEvidence:
    return SignalEvidence("signal", 0.0, 200.0, 200.0, 9.0, 1.0, (), (), False)


def measured(tracks: list[Track], windows: dict[int, Steps], links: dict[int, list[Link]]) -> Figure:
    found: dict[int, TrackEvidence] = {number: signal() for number in windows}
    found |= {number: measure_junctions(some, REGION) for number, some in links.items()}
    genes = len(tracks) + 1
    found[genes] = GeneEvidence((GENE, OTHER))
    tracks = [*tracks, Track(genes, "Genes", "genes", "gtf", Path("g.gtf"))]
    evidence = measure_across(Evidence(REGION, found), tracks, windows, {})
    scene = Scene(REGION, tuple(tracks), "hg19")
    layout = Layout(1000, 500, REGION, ())
    return Figure(Path("none.png"), layout, scene, (GENE, OTHER), evidence)


def rna(number: int, label: str) -> Track:
    return Track(number, label, "signal", "bigwig", Path(f"{number}.bw"), assay="RNA-seq")


def junctions(number: int, label: str) -> Track:
    return Track(number, label, "links", "links", Path(f"{number}.arcs"))


def spliced(*pairs: tuple[int, int, float]) -> list[Link]:
    """Junctions between exons, counted from 1."""
    return [
        Link(EXONS[one - 1][1] - 1, EXONS[one - 1][1], EXONS[two - 1][0], EXONS[two - 1][0] + 1, count)
        for one, two, count in pairs
    ]


def write_scene(folder: Path) -> Path:
    """The same as files of STAR, bigWig and GTF, with the scenes.json that names them."""
    rng = np.random.default_rng(3)
    for name, made in (("wt", steps(rng, 80, ALL)), ("ko", steps(rng, 40, SKIPPING))):
        with pyBigWig.open(str(folder / f"{name}.bw"), "w") as file:
            file.addHeader([("chr1", 6_000_000)])
            file.addEntries("chr1", REGION.start, values=made.sums.tolist(), span=1, step=1)
    for name, pairs in (("wt", ((3, 4, 60), (4, 5, 55))), ("ko", ((3, 4, 2), (3, 5, 40)))):
        rows = [f"chr1\t{EXONS[one - 1][1] + 1}\t{EXONS[two - 1][0]}\t1\t1\t1\t{n}\t0\t40" for one, two, n in pairs]
        (folder / f"{name}.SJ.out.tab").write_text("\n".join(rows) + "\n")
    names = 'gene_id "G1"; gene_name "SLC1A1"; transcript_id "T1"; gene_biotype "protein_coding";'
    exons = [f"chr1\tx\texon\t{start + 1}\t{end}\t.\t+\t.\t{names}" for start, end in EXONS]
    (folder / "genes.gtf").write_text("\n".join(exons) + "\n")
    files = [
        ("bigwig", "RNA-seq WT", "wt.bw", "RNA-seq"),
        ("bigwig", "RNA-seq SRSF1 KO", "ko.bw", "RNA-seq"),
        ("junctions", "WT reads", "wt.SJ.out.tab", None),
        ("junctions", "KO reads", "ko.SJ.out.tab", None),
        ("gtf", "genes", "genes.gtf", None),
    ]
    tracks = [{"type": kind, "label": label, "file": file, "assay": assay} for kind, label, file, assay in files]
    scene = {
        "id": "splicing",
        "title": "",
        "assembly": "hg19",
        "region": str(REGION).replace(",", ""),
        "tracks": tracks,
    }
    (folder / "scenes.json").write_text(json.dumps([scene]))
    return folder / "scenes.json"


ALL = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
SKIPPING = (1.0, 1.0, 1.0, 0.04, 1.0, 1.0)


@pytest.fixture
def knockout() -> Figure:
    """The knock-out skips exon 4 of GENE1, at half the depth, and has an exon of its own in its second intron."""
    rng = np.random.default_rng(3)
    windows = {1: steps(rng, 80, ALL), 2: steps(rng, 40, SKIPPING, novel=0.8)}
    return measured([rna(1, "RNA-seq WT"), rna(2, "RNA-seq SRSF1 KO")], windows, {})


def of_kind(figure: Figure, kind: str) -> list[Judged]:
    assert figure.evidence is not None
    stated = [claim for claim in state(figure) if claim.kind == kind]
    return judge_all(stated, figure.evidence, figure.scene)


def say(figure: Figure, claim: Claim) -> str:
    assert figure.evidence is not None
    return judge(claim, figure.evidence, figure.scene).verdict


def captions(figure: Figure) -> tuple[str, str]:
    assert figure.evidence is not None
    prose = compose(judge_all(state(figure), figure.evidence, figure.scene), figure.scene, figure.genes)
    return prose.caption("en"), prose.caption("zh")


def test_an_exon_that_one_condition_skips_is_told_with_its_fold(knockout):
    (one,) = of_kind(knockout, "exon_usage")
    assert ("supported", (1, 2), EXONS[3]) == (one.verdict, one.claim.tracks, (one.claim.start, one.claim.end))
    assert (4, "GENE1", True) == (one.measured["exon"], one.measured["gene"], one.measured["inner"])
    assert one.measured["first"]["value"] > 0.6
    assert one.measured["second"]["value"] < 0.15


def test_depth_and_expression_make_no_difference_of_usage():
    rng = np.random.default_rng(4)
    windows = {1: steps(rng, 150, ALL), 2: steps(rng, 50, ALL)}
    figure = measured([rna(1, "RNA-seq WT"), rna(2, "RNA-seq SRSF1 KO")], windows, {})
    assert [] == of_kind(figure, "exon_usage")
    assert "contradicted" == say(figure, Claim("exon_usage", (1, 2), *EXONS[3], {"fold": 3.0}))


def test_a_gene_that_is_not_expressed_in_one_condition_tells_no_usage_of_its_exons():
    rng = np.random.default_rng(5)
    windows = {1: steps(rng, 150, ALL), 2: steps(rng, 2, SKIPPING)}
    figure = measured([rna(1, "RNA-seq WT"), rna(2, "RNA-seq SRSF1 KO")], windows, {})
    assert [] == of_kind(figure, "exon_usage")
    assert "cannot_tell" == say(figure, Claim("exon_usage", (1, 2), *EXONS[3], None))


def test_replicates_that_come_near_each_other_tell_no_usage():
    rng = np.random.default_rng(6)
    half = (1.0, 1.0, 1.0, 0.6, 1.0, 1.0)
    windows = {1: steps(rng, 80, ALL), 2: steps(rng, 80, half), 3: steps(rng, 80, SKIPPING), 4: steps(rng, 80, half)}
    names = ("WT rep1", "WT rep2", "SRSF1 KO rep1", "SRSF1 KO rep2")
    figure = measured([rna(n, f"RNA-seq {name}") for n, name in enumerate(names, 1)], windows, {})
    assert [] == of_kind(figure, "exon_usage")
    windows = {1: windows[1], 2: steps(rng, 60, ALL), 3: windows[3], 4: steps(rng, 60, SKIPPING)}
    figure = measured([rna(n, f"RNA-seq {name}") for n, name in enumerate(names, 1)], windows, {})
    (one,) = of_kind(figure, "exon_usage")
    assert [1, 2] == one.measured["first"]["tracks"]


def test_a_skipped_exon_and_an_unannotated_one_are_told_of_one_track(knockout):
    (skipped,) = of_kind(knockout, "skipped_exon")
    assert ("supported", (2,), 4) == (skipped.verdict, skipped.claim.tracks, skipped.measured["exon"])
    (novel,) = of_kind(knockout, "novel_exon")
    assert ("supported", (2,), "GENE1") == (novel.verdict, novel.claim.tracks, novel.measured["gene"])
    assert abs(novel.measured["start"] - 5_109_000) <= 20
    assert abs(novel.measured["end"] - 5_109_150) <= 20
    assert "contradicted" == say(knockout, Claim("skipped_exon", (1,), *EXONS[3], None))
    assert "contradicted" == say(knockout, Claim("novel_exon", (1,), 5_109_000, 5_109_150, None))


def test_means_are_told_of_the_gene_that_is_high_and_of_one_that_is_not(knockout):
    means = {(one.claim.tracks[0], one.measured["gene"]): one for one in of_kind(knockout, "exonic_mean")}
    assert {(1, "GENE1"), (1, "GENE2"), (2, "GENE1"), (2, "GENE2")} == set(means)
    assert all(one.verdict == "supported" for one in means.values())
    assert means[1, "GENE2"].measured["low"]
    assert not means[1, "GENE1"].measured["low"]


def test_false_versions_are_contradicted(knockout):
    ways = set()
    rows = [junctions(1, "WT junctions"), junctions(2, "KO junctions")]
    links = {1: spliced((3, 4, 60), (4, 5, 55)), 2: spliced((3, 4, 3), (3, 5, 40), (5, 6, 45))}
    for figure in (knockout, measured(rows, {}, links)):
        assert figure.evidence is not None
        for one in judge_all(state(figure), figure.evidence, figure.scene):
            if one.claim.kind not in KINDS:
                continue
            assert "supported" == one.verdict, one
            for way, claim in perturbed(one.claim, figure):
                ways.add((one.claim.kind, way))
                assert "contradicted" == say(figure, claim), (way, claim)
    assert set(KINDS) == {kind for kind, _ in ways}
    assert {("exon_usage", "swapped"), ("exon_usage", "number"), ("junction_differs", "swapped")} <= ways


def test_what_is_stated_of_exons_is_stated_beside_any_model(knockout):
    assert {"exonic_mean", "skipped_exon", "novel_exon", "exon_usage"} <= {one.kind for one in stated_beside(knockout)}
    assert all((kind := find(name)) is not None and kind.beside for name in KINDS)


def test_both_captions_say_which_exon_of_which_gene(knockout):
    english, chinese = captions(knockout)
    assert "RNA-seq covers exon 4 of GENE1" in english
    assert "consistent with skipping in SRSF1 KO" in english
    assert "GENE1 第 4 外显子" in chinese
    assert "提示 SRSF1 KO 中该外显子被跳过" in chinese


def test_junctions_join_exons_by_their_numbers():
    figure = measured([junctions(1, "STAR junctions")], {}, {1: spliced((1, 2, 80), (2, 3, 70), (3, 5, 20), (5, 6, 9))})
    first, over = of_kind(figure, "junction")
    assert ([1, 2], 80.0, 0) == (first.measured["exons"], first.measured["count"], first.measured["skipped"])
    assert ([3, 5], 20.0, 1) == (over.measured["exons"], over.measured["count"], over.measured["skipped"])
    assert 179.0 == over.measured["reads"]
    english, chinese = captions(figure)
    assert (
        "In STAR junctions, 80 spliced reads join exons 1 and 2 of GENE1; 20 join exons 3 and 5, skipping exon 4"
        in (english)
    )
    assert "连接第 3、5 外显子的为 20 条（跳过第 4 外显子）" in chinese


def test_exons_of_a_minus_strand_gene_are_joined_in_its_direction():
    row = [Link(5_124_399, 5_124_400, 5_127_700, 5_127_701, 33.0)]
    (one,) = of_kind(measured([junctions(1, "splice junctions")], {}, {1: row}), "junction")
    assert ("GENE2", [1, 2], "-") == (one.measured["gene"], one.measured["exons"], one.measured["strand"])


def test_a_junction_that_one_sample_lacks_is_told_with_both_counts():
    rows = [junctions(1, "WT junctions"), junctions(2, "KO junctions")]
    links = {1: spliced((3, 4, 60), (4, 5, 55), (5, 6, 50)), 2: spliced((3, 5, 40), (5, 6, 45))}
    figure = measured(rows, {}, links)
    found = {tuple(one.measured["exons"]): one for one in of_kind(figure, "junction_differs")}
    assert {(3, 4), (4, 5), (3, 5)} == set(found)
    assert ((2, 1), [40.0, 0.0]) == (found[3, 5].claim.tracks, found[3, 5].measured["counts"])
    english, chinese = captions(figure)
    assert "40 spliced reads join exons 3 and 5 of GENE1, skipping exon 4, in KO junctions" in english
    assert "none in WT junctions" in english
    assert "在 WT junctions 中未检出" in chinese


def test_the_same_shares_of_fewer_reads_are_no_difference():
    rows = [junctions(1, "WT junctions"), junctions(2, "KO junctions")]
    links = {1: spliced((3, 4, 60), (4, 5, 60)), 2: spliced((3, 4, 20), (4, 5, 21))}
    figure = measured(rows, {}, links)
    assert [] == of_kind(figure, "junction_differs")
    assert "contradicted" == say(figure, Claim("junction_differs", (1, 2), EXONS[2][1], EXONS[3][0], None))
    few = measured(rows, {}, {1: links[1], 2: spliced((3, 4, 1))})
    assert "cannot_tell" == say(few, Claim("junction_differs", (1, 2), EXONS[3][1], EXONS[4][0], None))


def test_a_row_of_loops_has_no_junctions():
    loops = Evidence(REGION, {1: measure_links(spliced((1, 2, 9.0)), REGION)})
    claim = Claim("junction", (1,), EXONS[0][1], EXONS[1][0], {"count": 9.0})
    assert "cannot_tell" == judge(claim, loops).verdict


def test_conditions_of_spliced_transcripts_are_compared_over_exons(knockout):
    differing = of_kind(knockout, "level_differs")
    assert ["GENE1"] == [one.measured["gene"] for one in differing]
    means = {
        (one.claim.tracks[0], one.measured["gene"]): one.measured["mean"] for one in of_kind(knockout, "exonic_mean")
    }
    first, second = (differing[0].measured[side]["value"] for side in ("first", "second"))
    assert (means[1, "GENE1"], means[2, "GENE1"]) == (pytest.approx(first, rel=1e-3), pytest.approx(second, rel=1e-3))
    english, chinese = captions(knockout)
    assert "over the exons of GENE1" in english
    assert "at the TSS" not in english
    assert "GENE1 外显子的平均信号" in chinese


def test_two_reads_against_none_are_no_difference(knockout):
    body = (OTHER.start, OTHER.end)
    assert "supported" != say(knockout, Claim("level_differs", (1, 2), *body, None))
    assert "supported" != say(knockout, Claim("level_differs", (2, 1), *body, None))


def test_files_of_an_aligner_are_read_as_a_person_reads_them(tmp_path):
    (figure,) = draw_scenes(InProcess(), write_scene(tmp_path), (), tmp_path / "work").values()
    (used,) = of_kind(figure, "exon_usage")
    assert ("supported", 4, "SLC1A1") == (used.verdict, used.measured["exon"], used.measured["gene"])
    english, chinese = captions(figure)
    assert "RNA-seq covers exon 4 of SLC1A1" in english
    assert "40 spliced reads join exons 3 and 5 of SLC1A1, skipping exon 4, in KO reads" in english
    assert "连接 SLC1A1 第 3、5 外显子（跳过第 4 外显子）的剪接读段在 KO reads 中为 40 条" in chinese
    assert "uneven" not in english


def test_a_course_is_told_over_exons_and_its_times_are_times():
    rng = np.random.default_rng(3)
    windows = {n: steps(rng, depth, use) for n, (depth, use) in enumerate(((20, ALL), (50, ALL), (120, SKIPPING)), 1)}
    figure = measured([rna(n, f"RNA-seq {hours} h") for n, hours in enumerate((0, 1, 3), 1)], windows, {})
    assert [None, "GENE1"] == [one.measured["gene"] for one in of_kind(figure, "trend")]
    english, chinese = captions(figure)
    assert "Mean RNA-seq over the exons of GENE1 rises throughout" in english
    assert "consistent with skipping at 3 h" in english
    assert "提示 3 h 时该外显子被跳过" in chinese


def test_a_file_of_one_value_a_gene_is_told_by_those_and_not_by_means_over_exons() -> None:
    values = np.full(REGION.span, np.nan)
    values[GENE.start - REGION.start : GENE.end - REGION.start] = 40.0
    nested = slice(5_110_000 - REGION.start, 5_113_000 - REGION.start)  # another gene's block covers an exon of GENE1
    values[nested] = 900.0
    values[OTHER.start - REGION.start : OTHER.end - REGION.start] = 0.5
    shown = measured([rna(1, "gene expression")], {1: Steps.of_means(values, REGION.start, 1.0)}, {})
    assert shown.evidence is not None
    found = shown.evidence.signal(1)
    assert found is not None
    assert {"GENE1": (40.0, None, True), "GENE2": (0.5, None, True)} == {
        one.gene: (one.exonic, one.intronic, one.block) for one in found.along
    }
    claims = [Claim("exonic_mean", (1,), GENE.start, GENE.end, {"gene": "GENE1", "mean": 40.0}, "measured")]
    told = compose(judge_all(claims, shown.evidence, shown.scene), shown.scene, shown.genes)
    assert "Gene expression is 40 at GENE1." in told.caption("en")
    assert "exon" not in told.caption("en")
    assert "GENE1 为 40" in told.caption("zh")


def test_transcripts_do_not_dip_between_the_genes_that_have_them() -> None:
    values = np.full(REGION.span, 40.0)
    values[GENE.end - REGION.start : OTHER.start - REGION.start] = 0.0
    between = Trough(GENE.end, OTHER.start, (GENE.end + OTHER.start) // 2, 0.0, 0.0, 40.0)
    found = SignalEvidence("signal", 0.0, 40.0, 40.0, 20.0, 1.0, (), (), False, troughs=(between,))
    windows = {1: Steps.of_means(values, REGION.start, 1.0)}
    for assay, kept in (("RNA-seq", ()), ("H3K27me3", (between,))):
        track = Track(1, assay, "signal", "bigwig", Path("x.bw"), assay=assay)
        made = measure_across(Evidence(REGION, {1: found}), [track], windows, {}).signal(1)
        assert made is not None and kept == made.troughs


def test_genes_without_nascent_rna_are_told_of_the_track_of_their_strand() -> None:
    values = np.zeros(REGION.span)
    values[5_101_000 - REGION.start : 5_101_200 - REGION.start] = 200.0
    values[[EXONS[1][0] - REGION.start, OTHER.start + 90 - REGION.start]] = 2.0
    pro = Track(1, "PRO-seq (+)", "signal", "bigwig", Path("p.bw"), assay="PRO-seq", strand="+")
    shown = measured([pro], {1: Steps.of_means(values, REGION.start, 1.0)}, {})
    assert shown.evidence is not None
    found = shown.evidence.signal(1)
    assert found is not None

    def low(usual: float) -> list[str]:
        file = FileLevels(100, 0.0, usual, 1.0, 5.0, 900.0, covers_little=False, signed=False)
        subject = Subject(1, replace(found, background=file), REGION, shown)
        kind = find("value")
        assert kind is not None and kind.stated is not None
        spans = {(one.start, one.end) for one in kind.stated(subject)}
        return [gene.name for gene in (GENE, OTHER) if (gene.start, gene.end) in spans]

    assert ["GENE1"] == low(0.05)  # GENE2 is on the other strand
    assert [] == low(0.0001)  # as much as the file has anywhere
