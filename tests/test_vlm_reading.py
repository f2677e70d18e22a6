"""Reading records: always one a figure, whatever the model does, and models never see the measurements."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from renderer.values.evidence import Evidence, Gene, GeneEvidence, IntervalEvidence, Peak, SignalEvidence
from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.ground import annotation_of
from vlm.claims.join import join_claims
from vlm.models.loading import load_captioner
from vlm.models.measured import Measured
from vlm.reading import read_figures
from vlm.values.captioner import Figure, ModelError, ModelInfo, RawReading
from vlm.values.claim import Claim

REGION = Region("chr9", 5_000_000, 5_200_000, "JAK2")
TRACKS = (
    Track(1, "H3K4me3", "signal", "bigwig", Path("a.bw")),
    Track(2, "H3K27ac", "signal", "bigwig", Path("b.bw")),
    Track(3, "RefSeq", "genes", "gtf", Path("c.gtf")),
)
GENES = (Gene("JAK2", 4_985_000, 5_128_000, "+", (4_985_000,)), Gene("INSL6", 5_164_000, 5_185_000, "-", (5_184_999,)))
RIGHT = Claim("strongest_peak", (1,), 5_184_500, 5_185_500, confidence=0.91234)
WRONG = Claim("peak", (1,), 5_050_000, 5_051_000)


def signal(*summits: int) -> SignalEvidence:
    peaks = tuple(Peak(s - 800, s + 800, s, 40 - i, 1 - i / 10, 0.8, True) for i, s in enumerate(summits))
    return SignalEvidence("signal", 0.0, 40.0, 40.0, 1.0, 1.0, peaks, (), True)


def figure(folder: Path, name: str = "figure.png") -> Figure:
    """A figure with measurements: both tracks peak at INSL6, the second in JAK2 as well."""
    path = folder / name
    path.write_bytes(name.encode())
    evidence = Evidence(REGION, {1: signal(5_185_000), 2: signal(5_185_200, 5_100_000), 3: GeneEvidence(GENES)})
    layout = Layout(1000, 400, REGION, (TrackBox(1, 100, 990, 20, 80, 0.0, 40.0), TrackBox(3, 100, 990, 90, 140)))
    return Figure(path, layout, Scene(REGION, TRACKS, "hg38", ("Hi-C: not drawn yet",)), GENES, evidence)


class Scripted:
    """A captioner that answers from a script and keeps what it was shown."""

    def __init__(self, answer: Callable[[Figure], RawReading]) -> None:
        self.answer, self.shown = answer, list[list[Figure]]()

    @property
    def info(self) -> ModelInfo:
        return ModelInfo("scripted", "7", "cpu")

    def read(self, figures: list[Figure]) -> list[RawReading]:
        self.shown.append(figures)
        return [self.answer(figure) for figure in figures]


def test_a_record_has_everything_the_contract_names(tmp_path: Path) -> None:
    record = read_figures(Scripted(lambda _: RawReading((RIGHT, WRONG), "words")), [figure(tmp_path)])[0]
    record = json.loads(json.dumps(record))
    assert record["schema"] == "locution.reading/2"
    assert record["region"] == {
        "assembly": "hg38",
        "chrom": "chr9",
        "start": 5_000_000,
        "end": 5_200_000,
        "label": "JAK2",
    }
    assert record["figure"]["png"] == "figure.png"
    assert record["figure"]["sha256"] == hashlib.sha256(b"figure.png").hexdigest()
    assert record["figure"]["tracks"][1] == {
        "track": 3,
        "x0": 100,
        "x1": 990,
        "y0": 90,
        "y1": 140,
        "vmin": None,
        "vmax": None,
    }
    assert [track["label"] for track in record["tracks"]] == ["H3K4me3", "H3K27ac", "RefSeq"]
    assert "path" not in record["tracks"][0]
    assert record["model"]["name"] == "scripted"
    assert Evidence.from_json(REGION, record["evidence"]) == figure(tmp_path).evidence
    right, wrong = record["claims"][:2]
    assert (right["id"], right["verdict"], right["from"], right["confidence"]) == (1, "supported", "model", 0.912)
    assert (wrong["verdict"], wrong["printed"]) == ("contradicted", False)
    assert right["printed"]
    assert right["text"] == {
        "en": "H3K4me3: the strongest peak near 5.185 Mb",
        "zh": "H3K4me3：最高峰位于 5.185 Mb 附近",
    }
    assert any(1 in one["claims"] for one in record["sentences"])
    assert record["caption"]["en"] == " ".join(one["text"]["en"] for one in record["sentences"])
    assert (record["status"], record["error"], record["text"]) == ("done", None, "words")
    assert record["warnings"] == ["Hi-C: not drawn yet"]


def test_a_row_of_which_the_model_said_nothing_is_told_from_the_measurements(tmp_path: Path) -> None:
    record = read_figures(Scripted(lambda _: RawReading((RIGHT, WRONG))), [figure(tmp_path)])[0]
    assert record["model"]["filled"] == [2]
    filled = record["claims"][2:]
    assert {2} == {claim["tracks"][0] for claim in filled if claim["from"] == "measured"}
    assert any(claim["printed"] for claim in filled)
    assert "H3K27ac" in record["caption"]["en"]
    assert "H3K27ac" in record["caption"]["zh"]


def test_joined_claims_rest_on_the_claims_they_were_made_from(tmp_path: Path) -> None:
    claims = read_figures(Measured(), [figure(tmp_path)])[0]["claims"]
    by_id = {claim["id"]: claim for claim in claims}
    for claim in claims:
        if claim["kind"] in ("coincide", "peak_at_tss"):
            assert {by_id[i]["kind"] for i in claim["rests_on"]} >= {"peak", "strongest_peak"}
    assert any("gene" in {by_id[i]["kind"] for i in claim["rests_on"]} for claim in claims if claim["rests_on"])


def test_a_model_gets_the_annotation_and_never_the_measurements(tmp_path: Path) -> None:
    captioner = Scripted(lambda _: RawReading((RIGHT,)))
    read_figures(captioner, [figure(tmp_path)])
    shown = captioner.shown[0][0].evidence
    assert shown is not None
    assert set(shown.tracks) == {3}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (RawReading((WRONG,)), "The model said nothing that holds."),
        (RawReading((), error="The model said nothing."), "The model said nothing."),
    ],
)
def test_a_model_that_says_nothing_true_is_replaced_by_the_measurements(
    tmp_path: Path, raw: RawReading, reason: str
) -> None:
    record = read_figures(Scripted(lambda _: raw), [figure(tmp_path)])[0]
    assert record["model"]["fallback"] == "measured"
    assert f"{reason} The measurements speak instead." in record["warnings"]
    assert "H3K4me3 and H3K27ac are both strongest at the promoter of INSL6" in record["caption"]["en"]
    assert [claim["id"] for claim in record["claims"]] == list(range(1, len(record["claims"]) + 1))
    assert sum(claim["verdict"] == "contradicted" for claim in record["claims"]) == len(raw.claims)


def test_a_figure_without_signals_needs_no_replacement(tmp_path: Path) -> None:
    plain = figure(tmp_path)
    tracks = (Track(1, "peaks", "intervals", "bed", Path("x")), TRACKS[2])
    scene = Scene(REGION, tracks)
    evidence = Evidence(REGION, {1: IntervalEvidence(3), 3: GeneEvidence(GENES)})
    record = read_figures(
        Scripted(lambda shown: RawReading(tuple(join_claims([], shown)))),
        [Figure(plain.png, plain.layout, scene, GENES, evidence)],
    )[0]
    assert record["warnings"] == []
    assert "JAK2 (plus strand)" in record["caption"]["en"]


def test_a_figure_that_breaks_the_model_costs_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def answer(shown: Figure) -> RawReading:
        if shown.png.name == "bad.png":
            raise ZeroDivisionError("nothing drawn")
        return RawReading((RIGHT,))

    figures = [figure(tmp_path, name) for name in ("a.png", "bad.png", "c.png")]
    captioner = Scripted(answer)
    with caplog.at_level(logging.CRITICAL):
        records = read_figures(captioner, figures)
    assert [len(batch) for batch in captioner.shown] == [3, 1, 1, 1]
    assert [record["figure"]["png"] for record in records] == ["a.png", "bad.png", "c.png"]
    assert [record["status"] for record in records] == ["done", "failed", "done"]
    assert records[1]["error"] == "scripted could not read this figure (ZeroDivisionError: nothing drawn)."


class Forgetful(Scripted):
    """Answers one figure too few, as a broken batch does."""

    def read(self, figures: list[Figure]) -> list[RawReading]:
        return super().read(figures)[:-1] if len(figures) > 1 else super().read(figures)


def test_answers_are_never_put_to_the_wrong_figure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    captioner = Forgetful(lambda _: RawReading((RIGHT,)))
    with caplog.at_level(logging.CRITICAL):
        records = read_figures(captioner, [figure(tmp_path, "a.png"), figure(tmp_path, "b.png")])
    assert [record["status"] for record in records] == ["done", "done"]
    assert [len(batch) for batch in captioner.shown] == [2, 1, 1]


def test_a_model_that_cannot_run_at_all_is_the_caller_s_to_report(tmp_path: Path) -> None:
    def answer(_: Figure) -> RawReading:
        raise ModelError("The weights are gone.")

    with pytest.raises(ModelError, match="weights are gone"):
        read_figures(Scripted(answer), [figure(tmp_path)])


def test_no_figures_give_no_records() -> None:
    assert read_figures(Measured(), []) == []


def test_every_measured_claim_holds(tmp_path: Path) -> None:
    claims = read_figures(load_captioner("measured"), [figure(tmp_path)])[0]["claims"]
    assert {claim["verdict"] for claim in claims} == {"supported"}
    assert {claim["from"] for claim in claims} - {"rule"} == {"measured", "annotation"}


def test_an_unknown_model_is_named_with_what_is_valid() -> None:
    with pytest.raises(ModelError, match="'gpt' is not known. Use builtin, measured, auto, hub:"):
        load_captioner("gpt")


# --- joins


def test_many_peaks_make_few_joins(tmp_path: Path) -> None:
    """Twelve tracks of twelve peaks: places are shared with the first track there, not by every pair."""
    tracks = tuple(Track(n, f"T{n}", "signal", "bigwig", Path("x")) for n in range(1, 13))
    scene = Scene(REGION, (*tracks, Track(99, "genes", "genes", "gtf", Path("x"))))
    claims = [
        Claim("peak", (t,), 5_005_000 + 15_000 * i, 5_006_000 + 15_000 * i) for t in range(1, 13) for i in range(12)
    ]
    shown = Figure(tmp_path / "x.png", Layout(1, 1, REGION, ()), scene, GENES)
    joined = join_claims(claims, shown)
    assert sum(claim.kind == "coincide" for claim in joined) == 3 * 11
    assert len(joined) < len(claims) + 40


def test_genes_come_from_the_first_annotation_that_has_some(tmp_path: Path) -> None:
    scene = Scene(REGION, (Track(4, "none", "genes", "gtf", Path("x")), TRACKS[2]))
    evidence = Evidence(REGION, {4: GeneEvidence(()), 3: GeneEvidence(GENES)})
    found = annotation_of(Figure(tmp_path / "x.png", Layout(1, 1, REGION, ()), scene, GENES, evidence))
    assert found is not None
    assert (found.track, found.genes) == (3, GENES)
    assert annotation_of(Figure(tmp_path / "x.png", Layout(1, 1, REGION, ()), Scene(REGION, TRACKS[:2]))) is None


def test_a_crowded_window_gets_claims_on_a_few_genes_and_a_count(tmp_path: Path) -> None:
    genes = tuple(
        Gene(f"G{i}", 5_000_000 + 100 * i, 5_000_080 + 100 * i, "+", (5_000_000 + 100 * i,)) for i in range(1500)
    )
    claims = join_claims([], Figure(tmp_path / "x.png", Layout(1, 1, REGION, ()), Scene(REGION, TRACKS), genes))
    assert [claim.value for claim in claims if claim.kind == "gene_count"] == [1500]
    assert len(claims) < 20
