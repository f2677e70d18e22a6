"""The weights that ship: they read simple figures right, from the pixels, and one batch like many."""

import numpy as np
import pytest
from PIL import Image

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import build_scene, prepare_tracks
from renderer.values.region import Region
from vlm.claims.registry import find
from vlm.claims.verify import judge
from vlm.models.builtin import WEIGHTS, Builtin
from vlm.models.loading import load_captioner
from vlm.models.measured import Measured
from vlm.reading import read_figures
from vlm.score.bench import bench
from vlm.values.captioner import Figure, ModelError

WINDOW = Region("chr1", 0, 100_000)


@pytest.fixture(scope="module")
def builtin():
    return load_captioner("builtin")


@pytest.fixture
def figure(tmp_path, make_bigwig, peaky, gtf):
    """Two peaks at the TSSs of ALPHA and BETA, one peak elsewhere, noise, and nothing."""
    rng = np.random.default_rng(5)
    x = np.arange(1000)
    files = [
        make_bigwig(peaky, "two.bw"),
        make_bigwig(30 * np.exp(-(((x - 500) / 8) ** 2)), "one.bw"),
        make_bigwig(rng.gamma(4, 1, 1000), "noise.bw"),
        make_bigwig(peaky * np.nan, "empty.bw", length=100_000),
        gtf,
    ]
    tracks, sizes = prepare_tracks(files, tmp_path / "work")
    scene = build_scene(tracks, WINDOW, sizes, "hg19")
    drawn = draw_scene(scene, tmp_path / "figure.png")
    return Figure(tmp_path / "figure.png", drawn.layout, scene, drawn.evidence.tracks[5].genes, drawn.evidence)


def places(reading, kind, track):
    return [(c.start + c.end) / 2 for c in reading.claims if c.kind == kind and c.tracks == (track,)]


def test_it_finds_the_peaks_where_they_are_drawn(builtin, figure):
    reading = builtin.read([figure])[0]
    assert [20_000, 79_800] == [pytest.approx(p, abs=1500) for p in sorted(places(reading, "peak", 1))]
    assert [20_000] == [pytest.approx(p, abs=2000) for p in places(reading, "strongest_peak", 1)]
    assert [50_000] == [pytest.approx(p, abs=1500) for p in places(reading, "peak", 2)]
    assert ["noisy"] == [c.kind for c in reading.claims if c.tracks == (3,)]
    assert ["no_data"] == [c.kind for c in reading.claims if c.tracks == (4,)]


def test_genes_come_from_the_annotation_and_meet_the_positions_of_the_model(builtin, figure):
    claims = builtin.read([figure])[0].claims
    assert {"annotation"} == {claim.source for claim in claims if claim.kind == "gene"}
    assert {"ALPHA", "BETA"} == {
        claim.value for claim in claims if claim.kind == "peak_at_tss" and claim.tracks[0] == 1
    }
    verdicts = {(find(claim.kind).beside, judge(claim, figure.evidence).verdict) for claim in claims}
    # A difference at the very edge of what counts as one cannot be told, and is not printed.
    assert verdicts <= {(False, "supported"), (True, "supported"), (True, "cannot_tell")}


def test_differences_are_seen_in_the_picture_and_change_sides_with_it(builtin, tmp_path, make_bigwig, gtf):
    x = np.arange(1000)
    high, low = (top * np.exp(-(((x - 300) / 8) ** 2)) + 0.2 for top in (40, 9))
    for order in ((high, low), (low, high)):
        files = [
            *(make_bigwig(one, f"{n}.bw") for n, one in zip(("H3K27ac_WT", "H3K27ac_KO"), order, strict=True)),
            gtf,
        ]
        tracks, sizes = prepare_tracks(files, tmp_path / "work")
        scene = build_scene(tracks, WINDOW, sizes, "hg19")
        drawn = draw_scene(scene, tmp_path / "figure.png")
        shown = Figure(tmp_path / "figure.png", drawn.layout, scene, drawn.evidence.tracks[3].genes, None)
        said = [claim for claim in builtin.read([shown])[0].claims if claim.kind == "level_differs"]
        assert said and {(1, 2) if order[0] is high else (2, 1)} == {claim.tracks for claim in said}
        assert {"supported"} == {judge(claim, drawn.evidence, scene).verdict for claim in said}


def test_its_claims_come_from_the_pixels(builtin, figure, tmp_path):
    seen = builtin.read([figure])[0]
    Image.new("RGB", (figure.layout.width, figure.layout.height), "white").save(tmp_path / "blank.png")
    blank = Figure(tmp_path / "blank.png", figure.layout, figure.scene, figure.genes, figure.evidence)
    assert places(seen, "peak", 1)
    assert not [claim for claim in builtin.read([blank])[0].claims if claim.kind == "peak"]


def test_it_never_looks_at_the_measurements(builtin, figure):
    without = Figure(figure.png, figure.layout, figure.scene, figure.genes, None)
    assert builtin.read([figure]) == builtin.read([without])


def test_a_batch_reads_like_its_figures_one_by_one(builtin, figure, tmp_path):
    moved = figure.scene.with_region(Region("chr1", 10_000, 60_000))
    drawn = draw_scene(moved, tmp_path / "moved.png")
    other = Figure(tmp_path / "moved.png", drawn.layout, moved, figure.genes, drawn.evidence)

    def said(readings):
        return [[(c.kind, c.tracks, c.start, c.end, c.value) for c in one.claims] for one in readings]

    assert said(builtin.read([figure, other])) == said(builtin.read([figure]) + builtin.read([other]))


def test_both_themes_give_the_same_strongest_peaks(builtin, figure, tmp_path):
    drawn = draw_scene(figure.scene, tmp_path / "washu.png", theme="washu")
    other = Figure(tmp_path / "washu.png", drawn.layout, figure.scene, figure.genes, drawn.evidence)
    one, two = builtin.read([figure])[0], builtin.read([other])[0]
    for track in (1, 2):
        assert places(one, "strongest_peak", track) == pytest.approx(places(two, "strongest_peak", track), abs=1000)


def test_the_record_prints_no_contradicted_claim(builtin, figure):
    record = read_figures(builtin, [figure])[0]
    assert ("builtin", "done") == (record["model"]["name"], record["status"])
    assert {"supported"} == {claim["verdict"] for claim in record["claims"] if claim["printed"]}
    assert "ALPHA" in record["caption"]["en"]


def test_the_bench_scores_the_baseline_perfect_and_paper_blind(builtin, figure, tmp_path):
    baseline = bench(Measured(), [figure])
    assert (1.0, 0) == (baseline["precision"], baseline["contradicted"])
    assert 1.0 == baseline["facts"]["strongest peak"]["recall"]
    blind = bench(builtin, [figure], blank=tmp_path)
    assert 0.0 == blind["facts"]["strongest peak"]["recall"]


def test_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="Reinstall"):
        Builtin(tmp_path)


def test_the_weights_are_small_and_their_card_is_there():
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 40_000_000
    assert (WEIGHTS / "README.md").is_file()
