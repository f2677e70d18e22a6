import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renderer.figure.draw import draw_scene
from renderer.figure.page import position_ticks, value_text
from renderer.figure.rows.kinds import pack
from renderer.prepare.upload import prepare
from renderer.tracklists.scene import build_scene, chrom_sizes, guess_track, load_scene, prepare_tracks, read_scenes
from renderer.values.errors import LocutionError, RegionError, TrackError
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track

WINDOW = Region("chr1", 0, 100_000)


@pytest.fixture
def scene(tmp_path, make_bigwig, peaky, gtf):
    files = [
        make_bigwig(peaky, "K562_H3K4me3.bw"),
        make_bigwig(peaky * np.nan, "empty.bw", length=100_000),
        gtf,
    ]
    tracks, sizes = prepare_tracks(files, tmp_path / "work")
    return build_scene(tracks, WINDOW, sizes, "hg19")


def test_the_tallest_column_of_the_picture_is_at_the_summit(scene, tmp_path):
    drawn = draw_scene(scene, tmp_path / "figure.png")
    image = Image.open(tmp_path / "figure.png").convert("L")
    assert (drawn.layout.width, drawn.layout.height) == image.size
    box = drawn.layout.box(1)
    ink = (np.asarray(image.crop((box.x0, box.y0, box.x1, box.y1))) < 200).sum(axis=0)
    summit = drawn.evidence.signal(1).strongest.summit
    assert abs(drawn.layout.to_position(box.x0 + 1 + np.argmax(ink[1:]), box) - summit) < 500
    assert abs(summit - 20_000) <= 100


def test_the_same_scene_gives_the_same_bytes(scene, tmp_path):
    draw_scene(scene, tmp_path / "a.png")
    draw_scene(scene, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_genes_are_measured_with_their_names_and_empty_tracks_say_so(scene, tmp_path):
    evidence = draw_scene(scene, tmp_path / "figure.png").evidence
    assert [gene.name for gene in evidence.tracks[3].genes] == ["ALPHA", "BETA"]
    assert evidence.signal(2).state == "no_data"


def test_a_row_far_below_its_file_says_so(tmp_path, make_bigwig):
    """What fills the axis there is noise: the file has 99.9 % levels far above it."""
    rng = np.random.default_rng(0)
    values = rng.gamma(2, 0.2, 20_000)
    values[10_000:10_400] += 100
    path = make_bigwig(values)
    track = Track(1, "K562 CTCF", "signal", "bigwig", prepare(path, path.name, tmp_path / "1").path)
    for start, said in ((0, True), (990_000, False)):
        drawn = draw_scene(Scene(Region("chr1", start, start + 100_000), (track,)), tmp_path / "figure.svg")
        assert said == ("file's 99.9 %: 10" in (tmp_path / "figure.svg").read_text(encoding="utf-8"))
        assert said == (drawn.evidence.signal(1).state == "flat")


def test_a_row_says_beside_it_what_is_usual_in_its_file(tmp_path, make_bigwig):
    """Where the bar and the pointer stand is what the layout says of them; a level beyond the axis is in words."""
    values = np.random.default_rng(0).gamma(2, 0.2, 20_000)
    values[10_000:10_400] += 100
    path = make_bigwig(values)
    track = Track(1, "K562 CTCF", "signal", "bigwig", prepare(path, path.name, tmp_path / "1").path)
    drawn = draw_scene(Scene(Region("chr1", 990_000, 1_090_000), (track,)), tmp_path / "figure.png")
    box = drawn.layout.box(1)
    assert box.file is not None
    assert 0.4 == pytest.approx(box.file.median, abs=0.1)
    with Image.open(tmp_path / "figure.png") as image:
        beside = 255 - np.asarray(image.convert("L"))[box.y0 : box.y1, box.x1 + 2 : box.x1 + 12]
    bar, pointer = (np.flatnonzero(part.max(axis=1) > 40) for part in (beside[:, :3], beside[:, 6:]))
    height = box.y1 - box.y0
    assert box.share(box.file.high) == pytest.approx(1 - bar.min() / height, abs=0.05)
    assert box.share(box.file.median) == pytest.approx(1 - (bar.max() + 1) / height, abs=0.05)
    assert box.share(box.file.stands_out) == pytest.approx(1 - (pointer.mean() + 0.5) / height, abs=0.05)
    assert box == Layout.from_json(json.loads(json.dumps(drawn.layout.to_json()))).box(1)
    draw_scene(Scene(Region("chr1", 0, 100_000), (track,)), tmp_path / "low.svg")
    assert "stands out from " in (tmp_path / "low.svg").read_text(encoding="utf-8")


def test_a_strand_is_not_hidden_by_the_scale_of_the_other(tmp_path, make_bigwig):
    """Both have one scale in a mirrored row; the weaker once was 'flat' at sixty times its median."""
    rng = np.random.default_rng(1)
    strong, weak = rng.gamma(1, 0.02, 20_000), rng.gamma(1, 0.002, 20_000)
    strong[300:320] += 90
    weak[600:620] += 1
    paths = [make_bigwig(strong, "a.bw"), make_bigwig(weak, "b.bw")]
    tracks = tuple(
        Track(n, f"K562 PRO-seq ({s})", "signal", "bigwig", prepare(p, p.name, tmp_path / s).path, "PRO-seq", strand=s)
        for n, p, s in zip((1, 2), paths, "+-", strict=True)
    )
    drawn = draw_scene(Scene(WINDOW, tracks), tmp_path / "figure.png")
    assert drawn.layout.box(1).vmax == -drawn.layout.box(2).vmin
    weaker = drawn.evidence.signal(2)
    assert (weaker.state, len(weaker.salient), weaker.downwards) == ("signal", 1, True)
    assert weaker.strongest.value == pytest.approx(-1, abs=0.1)


def test_svg_holds_real_text_and_both_themes_draw(scene, tmp_path):
    for theme in ("ucsc", "washu"):
        draw_scene(scene, tmp_path / f"{theme}.svg", theme=theme)
        assert "ALPHA" in (tmp_path / f"{theme}.svg").read_text(encoding="utf-8")
    with pytest.raises(TrackError, match="'igv' is not known. There are ucsc, washu"):
        draw_scene(scene, tmp_path / "figure.png", theme="igv")


def test_tracks_of_one_group_share_their_scale(tmp_path, make_bigwig, peaky):
    paths = [make_bigwig(peaky, "a.bw"), make_bigwig(peaky / 10, "b.bw")]
    tracks = tuple(
        Track(n, f"t{n}", "signal", "bigwig", prepare(p, p.name, tmp_path / str(n)).path, group="g")
        for n, p in enumerate(paths, 1)
    )
    drawn = draw_scene(Scene(WINDOW, tracks), tmp_path / "figure.png")
    assert drawn.layout.box(1).vmax == drawn.layout.box(2).vmax
    assert 0.1 == pytest.approx(drawn.evidence.signal(2).strongest.height, abs=0.01)


@pytest.mark.parametrize("label", ["50% $\\alpha$ <b> & 'x'", "很长的标签 H3K4me3 信号轨道", "a" * 200, ""])
def test_any_label_can_be_drawn(scene, tmp_path, label):
    tracks = tuple(Track(**{**track.__dict__, "label": label}) for track in scene.tracks)
    with np.errstate(all="ignore"):
        draw_scene(Scene(scene.region, tracks), tmp_path / "figure.png")


def test_one_base_and_a_whole_chromosome_can_be_drawn(scene, tmp_path):
    for region in (Region("chr1", 50, 51), Region("chr1", 0, 100_000)):
        draw_scene(scene.with_region(region), tmp_path / "figure.png")


def test_a_scene_that_cannot_be_drawn_says_why(scene):
    with pytest.raises(TrackError, match="no tracks"):
        build_scene([], WINDOW, {})
    with pytest.raises(RegionError, match="chr1, which is 100,000 bp"):
        build_scene(scene.tracks, Region("chr1", 0, 100_001), {"chr1": 100_000})
    with pytest.raises(TrackError, match="at most 40"):
        build_scene(scene.tracks * 20, WINDOW, {})


def test_a_missing_file_and_one_given_twice_are_refused(tmp_path, gtf):
    with pytest.raises(TrackError, match=r"none\.bw: there is no such file"):
        prepare_tracks([tmp_path / "none.bw"], tmp_path)
    with pytest.raises(TrackError, match="given twice"):
        prepare_tracks([gtf, gtf], tmp_path)


def test_a_track_that_cannot_be_drawn_becomes_a_note(tmp_path, gtf):
    (tmp_path / "m.bm").write_text("chr1\t1\t2\t0.1\t0.2\n", encoding="utf-8")
    (tmp_path / "bad.bed").write_text("chr1\t9\t2\n", encoding="utf-8")
    entry = {
        "id": "x",
        "region": "chr1:1-100,000",
        "assembly": "hg19",
        "tracks": [
            {"label": "matrix", "file": "m.bm"},
            {"label": "bad", "file": "bad.bed"},
            {"label": "genes", "file": gtf.name},
        ],
    }
    drawn = draw_scene(load_scene(entry, tmp_path, tmp_path / "work"), tmp_path / "figure.png")
    assert not any("not drawn" in warning for warning in drawn.warnings)
    assert any("bad: bad.bed, line 1: the interval is 9-2" in warning for warning in drawn.warnings)


@pytest.mark.parametrize(
    ("name", "label", "assay", "sample", "strand"),
    [
        ("K562_H3K4me3.rep1.bw", "K562 H3K4me3 rep1", "H3K4me3", "K562", None),
        ("GM12878.CTCF.narrowPeak.gz", "GM12878 CTCF", "CTCF", "GM12878", None),
        ("S2_PROseq_minus.bw", "S2 PROseq minus", "PRO-seq", "S2", "-"),
        ("liver-ATAC-seq.bigWig", "liver-ATAC-seq", "ATAC-seq", "liver", None),
        ("x.bed", "x", None, None, None),
    ],
)
def test_a_file_name_tells_of_its_track(name, label, assay, sample, strand):
    guess = guess_track(name)
    assert (label, assay, sample, strand) == (guess.label, guess.assay, guess.sample, guess.strand)


def test_exact_lengths_win_over_the_last_feature(tmp_path, make_bigwig, peaky, gtf):
    bigwig = prepare(make_bigwig(peaky), "a.bw", tmp_path / "a")
    genes = prepare(gtf, "g.gtf", tmp_path / "g")
    assert chrom_sizes([genes, bigwig]) == {"chr1": 100_000}
    assert chrom_sizes([genes])["chr1"] > 10**9


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 200)), max_size=60), st.integers(0, 20))
def test_packed_spans_of_one_lane_never_overlap(items, gap):
    spans = sorted((start, start + length) for start, length in items)
    lanes = pack(spans, gap)
    for lane in set(lanes):
        inside = [span for span, at in zip(spans, lanes, strict=True) if at == lane]
        assert all(before[1] + gap <= after[0] for before, after in pairwise(inside))


@given(st.integers(0, 3 * 10**8), st.integers(1, 2 * 10**8))
def test_ticks_are_round_and_inside(start, span):
    ticks, unit, digits = position_ticks(Region("chr1", start, start + span))
    assert len(ticks) <= 11
    assert all(start <= tick <= start + span for tick in ticks)
    texts = [f"{tick / unit:,.{digits}f}" for tick in ticks]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (25.13, "25.1"),
        (1234.5, "1,234"),
        (0.02, "0.02"),
        (1e-7, "1e-07"),
        (100, "100"),
        (-3, "-3"),
        (81_806.4, "81,806"),
        (194_321, "194,321"),
        (12_345_678, "12.3M"),
        (-2.5e9, "-2.5G"),
    ],
)
def test_values_are_short(value, text):
    assert text == value_text(value)


def test_a_layout_survives_the_database(scene, tmp_path):
    layout = draw_scene(scene, tmp_path / "figure.png").layout
    assert layout == Layout.from_json(json.loads(json.dumps(layout.to_json())))


def test_every_shared_scene_is_drawn(scenes, tmp_path):
    prepared = {}

    def once(path, name, folder, kind=None):  # scenes share files
        if folder not in prepared:
            prepared[folder] = prepare(path, name, folder, kind=kind)
        return prepared[folder]

    for entry in read_scenes(scenes).values():
        try:
            scene = load_scene(entry, scenes.parent, tmp_path / "work", once)
            drawn = draw_scene(scene, tmp_path / f"{entry['id']}.png")
        except LocutionError as error:  # pragma: no cover - a reason is what the test reports
            pytest.fail(f"{entry['id']}: {error}")
        assert len(drawn.layout.tracks) == len(entry["tracks"])
