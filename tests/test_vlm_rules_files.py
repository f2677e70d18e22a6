"""A scene like the example of the design, from real files to words: TP53 in liver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import build_scene, prepare_tracks
from renderer.values.region import Region
from vlm.models.measured import Measured
from vlm.reading import read_figures
from vlm.values.captioner import Figure

TP53 = Region("chr17", 7_560_000, 7_600_000)
STEP = 50
TP53_GTF = """\
chr17\ttest\ttranscript\t7571721\t7590868\t.\t-\t.\tgene_id "G1"; gene_name "TP53"; transcript_id "T1";
chr17\ttest\texon\t7590695\t7590868\t.\t-\t.\tgene_id "G1"; gene_name "TP53"; transcript_id "T1";
chr17\ttest\texon\t7577019\t7579721\t.\t-\t.\tgene_id "G1"; gene_name "TP53"; transcript_id "T1";
chr17\ttest\texon\t7571721\t7573008\t.\t-\t.\tgene_id "G1"; gene_name "TP53"; transcript_id "T1";
chr17\ttest\tCDS\t7572927\t7579721\t.\t-\t0\tgene_id "G1"; gene_name "TP53"; transcript_id "T1";
chr17\ttest\ttranscript\t7589389\t7599000\t.\t+\t.\tgene_id "G2"; gene_name "WRAP53"; transcript_id "T2";
chr17\ttest\texon\t7595000\t7599000\t.\t+\t.\tgene_id "G2"; gene_name "WRAP53"; transcript_id "T2";
chr17\ttest\texon\t7589389\t7589700\t.\t+\t.\tgene_id "G2"; gene_name "WRAP53"; transcript_id "T2";
"""
"""TP53 (-, start at 7,590,867 0-based) as in hg19, its inner exons joined; its neighbour starts within it."""


def values(summit: int | None, body: float = 0.0) -> np.ndarray:
    """One value per STEP bases up to the window's end: a summit of 60, and a level along TP53."""
    rng = np.random.default_rng(7)
    places = np.arange(TP53.end // STEP) * STEP
    shown = np.where(places >= TP53.start, rng.uniform(0.2, 0.6, len(places)), np.nan)
    inside = (places >= 7_571_720) & (places < 7_590_000)
    shown[inside] += body * rng.uniform(0.8, 1.2, inside.sum())
    return shown if summit is None else shown + 60 * np.exp(-(((places - summit) / 400) ** 2))


FILES: dict[str, tuple[int | None, float]] = {
    "liver_PolII.bw": (7_590_800, 2.0),
    "liver_PRO-seq_plus.bw": (None, 0.0),
    "liver_PRO-seq_minus.bw": (7_590_800, 8.0),
    "liver_H3K27ac.bw": (7_591_200, 0.0),
    "liver_H3K4me3.bw": (7_590_900, 0.0),
}


def read_tp53(folder: Path, make_bigwig: Callable[..., Path], missing: str = "") -> dict[str, Any]:
    """The record of the example in the design, without the summit of one track."""
    made = [
        make_bigwig(values(None if name == missing else summit, body), name, "chr17", STEP)
        for name, (summit, body) in FILES.items()
    ]
    (folder / "genes.gtf").write_text(TP53_GTF, encoding="utf-8")
    tracks, sizes = prepare_tracks([*made, folder / "genes.gtf"], folder / "work")
    scene = build_scene(tracks, TP53, sizes, "hg19")
    drawn = draw_scene(scene, folder / "figure.png")
    genes = tuple(gene for found in drawn.evidence.gene_tracks().values() for gene in found.genes)
    figure = Figure(folder / "figure.png", drawn.layout, scene, genes, drawn.evidence)
    return read_figures(Measured(), [figure])[0]


def test_tp53_is_read_as_an_active_promoter_from_real_files_in_both_languages(
    tmp_path: Path, make_bigwig: Callable[..., Path]
) -> None:
    record = read_tp53(tmp_path, make_bigwig)
    read = {one["kind"]: one for one in record["claims"] if one["from"] == "rule"}
    promoter = read["active_promoter"]
    assert "TP53" == promoter["value"]
    assert {"H3K4me3", "H3K27ac", "Pol II", "nascent RNA"} == set(promoter["measured"]["marks"])
    assert {"supported"} == {record["claims"][number - 1]["verdict"] for number in promoter["rests_on"]}
    assert "TP53" == read["paused_polymerase"]["value"]
    assert "TP53" == read["transcribed_gene"]["value"]
    assert promoter["printed"]
    last = record["sentences"][-1]["text"]
    assert "consistent with an active promoter" in last["en"]
    assert "at TP53" in last["en"]
    assert "以上结果与 TP53 的活跃启动子" in last["zh"]
    assert record["caption"]["en"].endswith(last["en"])
    assert record["caption"]["zh"].endswith(last["zh"])


@pytest.mark.parametrize("missing", ["liver_H3K4me3.bw", "liver_H3K27ac.bw"])
def test_tp53_without_one_summit_is_not_called_active(
    tmp_path: Path, make_bigwig: Callable[..., Path], missing: str
) -> None:
    record = read_tp53(tmp_path, make_bigwig, missing)
    assert "active_promoter" not in {one["kind"] for one in record["claims"]}
    assert "active promoter" not in record["caption"]["en"]
