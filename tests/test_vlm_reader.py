import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from renderer.measure.signal import measure_signal
from renderer.values.evidence import Evidence, type_of
from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from vlm.reader import model as architecture
from vlm.reader import strips, tokens
from vlm.reader.calibration import Calibration, fit
from vlm.reader.decode import decode_strips
from vlm.reader.training import scene_strips, simulate, simulate_rows, train
from vlm.reader.training.data import SHARES, Shards, make_batch, mirror, mirror_evidence, read_strips
from vlm.reader.training.encode import encode
from vlm.reader.training.evaluate import evaluate
from vlm.reader.training.train import Trainer, _soft_target, claims_loss
from vlm.values.claim import Claim

WINDOW = Region("chr1", 5_000, 1_005_000)


def columns_strategy():
    return arrays(float, 512, elements=st.floats(0, 1)) | st.integers(0, 500).map(
        lambda seed: simulate.textures.draw_texture(np.random.default_rng(seed), 512)[0]
    )


@settings(max_examples=80)
@given(columns_strategy())
def test_every_evidence_is_said_in_the_grammar_and_read_back(columns):
    evidence = measure_signal(columns, WINDOW, 0.0, float(np.nanmax(columns, initial=0)) or 1.0)
    words = encode(evidence, WINDOW)
    for length in range(1, len(words)):
        assert words[length] in tokens.allowed_next(words[:length])
    assert len(words) <= tokens.MAX_LENGTH
    said = tokens.decode(words)
    assert evidence.state == said.state
    if said.strongest is not None:
        start, end = tokens.from_bin(said.strongest, WINDOW)
        assert start <= evidence.strongest.summit <= end


@settings(max_examples=60)
@given(st.sampled_from(sorted(tokens.QUESTIONS)), st.randoms(use_true_random=False))
def test_whatever_the_grammar_allows_can_be_decoded(kind, random):
    words = [tokens.QUESTIONS[kind]]
    while words[-1] != tokens.EOS:
        words.append(random.choice(sorted(tokens.allowed_next(words))))
    assert len(words) <= tokens.MAX_LENGTH
    said = tokens.decode(words)
    assert said.state in tokens.WORDS
    assert all(0 <= place < tokens.LOCATIONS for place, _ in said.peaks)
    assert said.strongest is None or said.strongest in [place for place, _ in said.peaks]
    assert all(first <= last for first, last in (*said.boxes, *said.arcs, *said.domains))
    assert sorted(set(said.boundaries)) == list(said.boundaries)


@given(st.integers(0, tokens.LOCATIONS - 1), st.integers(1, 10**6))
def test_a_bin_holds_the_positions_that_map_to_it(number, span):
    region = Region("chr1", 7, 7 + span)
    start, end = tokens.from_bin(number, region)
    assert region.start <= start < end <= region.end
    if span >= tokens.LOCATIONS:
        assert number == tokens.to_bin((start + end) // 2, region)


def cut(picture, box):
    layout = Layout(picture.shape[1], picture.shape[0], WINDOW, (box,))
    return strips.cut_strip(Image.fromarray(picture), layout, box.track)


def test_a_strip_is_upright_whichever_way_the_track_was_drawn():
    picture = np.full((40, 100, 3), 255, dtype=np.uint8)
    picture[0:30, 20:24] = (200, 30, 30)
    down = cut(picture, TrackBox(1, 0, 100, 0, 40, -5.0, 0.0))
    up = cut(picture[::-1].copy(), TrackBox(1, 0, 100, 0, 40, 0.0, 5.0))
    assert np.array_equal(up, down)
    assert up[-1].max() == 255
    assert up[0].max() == 0
    assert 100 < up[-1].argmax() < 125


def test_colour_and_size_of_the_drawing_do_not_change_the_strip_much():
    small, large = np.full((30, 500, 3), 255, np.uint8), np.full((60, 1000, 3), 255, np.uint8)
    small[10:, 100:140], large[20:, 200:280] = (0, 0, 255), (213, 94, 0)
    one = cut(small, TrackBox(1, 0, 500, 0, 30, 0, 1))
    other = cut(large, TrackBox(1, 0, 1000, 0, 60, 0, 1))
    assert np.abs(one.astype(int) - other.astype(int)).mean() < 4


def test_patches_hold_every_pixel_once_in_merged_blocks():
    ink = np.arange(strips.HEIGHT * strips.WIDTH, dtype=np.int64).reshape(1, strips.HEIGHT, strips.WIDTH) % 256
    patches = strips.to_patches(ink.astype(np.uint8))
    assert (strips.GRID[0] * strips.GRID[1], strips.PATCH**2) == patches.shape
    first_block = ink[0, : 2 * strips.PATCH, : 2 * strips.PATCH]
    assert sorted(((patches[:4] + 1) * 127.5).round().astype(int).ravel()) == sorted(first_block.ravel())


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    simulate.write_shard(folder / "signal-0000.npz", seed=1, size=48)
    for kind in ("intervals", "links", "contacts"):
        simulate_rows.write_row_shard(folder / f"{kind}-0000.npz", kind, seed=1, size=16)
    return folder


def test_a_shard_is_the_same_for_the_same_seed(shards, tmp_path):
    simulate.write_shard(tmp_path / "signal.npz", seed=1, size=48)
    simulate_rows.write_row_shard(tmp_path / "intervals.npz", "intervals", seed=1, size=16)
    for kind in ("signal", "intervals"):
        with np.load(shards / f"{kind}-0000.npz") as one, np.load(tmp_path / f"{kind}.npz") as other:
            for name in one.files:
                np.testing.assert_array_equal(one[name], other[name])


def test_every_kind_of_strip_has_a_share_of_the_training(shards):
    assert set(tokens.QUESTIONS) == set(SHARES)
    batch = Shards(shards).batch(np.random.default_rng(0), 64)
    assert set(tokens.QUESTIONS.values()) == {answer[0] for answer in batch.answers}


def test_every_row_is_said_in_the_grammar_and_read_back(shards):
    for strip in read_strips(shards, 200):
        words = encode(strip.evidence, strip.region)
        for length in range(1, len(words)):
            assert words[length] in tokens.allowed_next(words[:length])
        said = tokens.decode(words)
        if type_of(strip.evidence) == "links" and said.state == "few":
            inside = {arc for arc in strip.evidence.arcs if arc.inside}
            assert len(said.arcs) <= len(inside)
            assert bool(said.arcs) == bool(inside)


def test_the_drawn_strip_shows_the_heights_it_is_labelled_with(shards):
    errors = []
    for strip in read_strips(shards, 200):
        drawn = (strip.ink > 100).sum(axis=0).reshape(tokens.LOCATIONS, -1).max(axis=1) / strips.HEIGHT
        if np.isfinite(strip.heights).all() and strip.evidence.covered == 1:
            errors.append(np.abs(drawn - strip.heights).mean())
    assert len(errors) > 20
    assert np.median(errors) < 0.06


def test_a_mirrored_strip_has_mirrored_evidence(shards):
    for strip in read_strips(shards, 200):
        turned = mirror(strip)
        assert np.array_equal(strip.ink, turned.ink[:, ::-1])
        assert strip.evidence == mirror_evidence(turned.evidence, strip.region)
        json.dumps(Evidence(strip.region, {1: turned.evidence}).to_json())
    assert make_batch([strip]).answers[0][0] in tokens.QUESTIONS.values()


@pytest.fixture
def small_batches(monkeypatch):
    """Eight strips a step show what thirty-two do, in a quarter of the time."""
    monkeypatch.setattr(train, "BATCH", 8)


@pytest.mark.usefixtures("small_batches")
def test_training_stops_and_resumes_where_it_was(shards, tmp_path):
    entries = []
    first = Trainer(Shards(shards), tmp_path / "run", minutes=0.03)
    first.run(entries.append)
    again = Trainer(Shards(shards), tmp_path / "run", minutes=0.03)
    assert first.step == again.step == len(entries) > 0
    assert first.spent == again.spent >= again.budget
    assert torch.equal(first.dense.weight, again.dense.weight)
    assert "dense" == entries[0]["stage"]


@pytest.mark.usefixtures("small_batches")
def test_training_lowers_the_loss_on_the_claims(shards, tmp_path):
    trainer = Trainer(Shards(shards), tmp_path / "run", minutes=1.0)
    batch = make_batch(read_strips(shards, 12))
    with torch.no_grad():
        before = claims_loss(trainer.model, batch).item()
    trainer.spent = 0.2 * trainer.budget
    assert {"claims"} == {trainer.train_step()["stage"] for _ in range(5)}
    with torch.no_grad():
        assert claims_loss(trainer.model, batch).item() < 0.9 * before


def test_soft_targets_are_distributions():
    target = torch.tensor([[tokens.L0, tokens.L0 + 5, tokens.L0 + tokens.LOCATIONS - 1, tokens.EOS]])
    soft = _soft_target(target)
    assert torch.allclose(soft.sum(-1), torch.ones(1, 4))
    assert torch.equal(soft.argmax(-1), target)


def test_a_batch_is_decoded_like_its_strips_one_by_one_and_always_well_formed(shards):
    torch.manual_seed(3)
    model = architecture.TorchForward(architecture.new_model().eval())
    rows = read_strips(shards, 8)
    ink, kinds = np.stack([row.ink for row in rows]), [type_of(row.evidence) for row in rows]
    together = decode_strips(model, ink, kinds)
    alone = [decode_strips(model, ink[i : i + 1], kinds[i : i + 1])[0] for i in range(len(rows))]
    assert [answer.tokens for answer in together] == [answer.tokens for answer in alone]
    for answer in together:
        assert answer.tokens[-1] == tokens.EOS
        assert all(0 <= p <= 1.0001 for p in answer.probabilities)
        tokens.decode(answer.tokens)
    assert decode_strips(model, ink[:0], []) == []


def test_a_model_grows_by_new_words_and_keeps_what_it_knew(tmp_path):
    torch.manual_seed(1)
    small = architecture.new_model()
    words = len(tokens.VOCABULARY) - 7
    small.resize_token_embeddings(words)
    small.save_pretrained(tmp_path)
    grown = architecture.new_model()
    architecture.load_grown(grown, tmp_path)
    kept = grown.get_input_embeddings().weight[:words]
    assert torch.equal(small.get_input_embeddings().weight, kept)
    assert len(tokens.VOCABULARY) == len(grown.get_input_embeddings().weight)


def test_untrained_weights_score_badly_on_every_kind(shards):
    torch.manual_seed(3)
    report = evaluate(architecture.TorchForward(architecture.new_model().eval()), read_strips(shards, 60))
    assert set(tokens.QUESTIONS) <= set(report)
    assert report["signal"]["recall"]["peak"] < 0.5


@pytest.fixture
def small_scenes(tmp_path, make_bigwig):
    """A scene of two signals and a row of boxes, 200 kb wide."""
    rng = np.random.default_rng(2)
    for name in ("kept.bw", "held.bw"):
        values = rng.poisson(1.0, 2000).astype(float)
        values[1000:1010] += 60
        make_bigwig(values, name)
    (tmp_path / "boxes.bed").write_text("".join(f"chr1\t{at}\t{at + 4000}\tbox\n" for at in range(0, 200_000, 20_000)))
    tracks = [
        {"type": "bigwig", "label": "H3K4me3", "assay": "H3K4me3", "file": name} for name in ("kept.bw", "held.bw")
    ]
    tracks.append({"type": "bed", "label": "boxes", "file": "boxes.bed"})
    entry = {"id": "one", "title": "one", "region": "chr1:1-200000", "tracks": tracks}
    (tmp_path / "scenes.json").write_text(json.dumps([entry]))
    return tmp_path / "scenes.json"


def test_windows_of_real_scenes_keep_to_their_part_and_to_the_files_that_are_wanted(small_scenes, tmp_path):
    loci = scene_strips.load_loci(small_scenes, lambda file: file != "held.bw", tmp_path / "work", scene_strips.CHOSEN)
    assert ["signal", "intervals"] == [track.kind for track in loci[0].scene.tracks]
    scene_strips.write_scene_shard(tmp_path / "scenes-0000.npz", 1, loci, 24)
    rows = read_strips(tmp_path, 24)
    assert {"signal", "intervals"} == {type_of(row.evidence) for row in rows}
    for row in rows:
        assert 150_000 <= row.region.start < row.region.end <= 200_000
        words = encode(row.evidence, row.region)
        assert all(word in tokens.allowed_next(words[:at]) for at, word in enumerate(words) if at)


def test_calibration_turns_probabilities_into_frequencies(tmp_path):
    rng = np.random.default_rng(1)
    chances = rng.uniform(0.05, 0.95, 4000)
    truth = 1 / (1 + np.exp(-(2 * np.log(chances / (1 - chances)) + 1)))
    found = fit({"peak": [(p, bool(hit)) for p, hit in zip(chances, rng.random(4000) < truth, strict=True)]})
    found.save(tmp_path)
    line = Calibration.load(tmp_path).lines["peak"]
    assert (2.0, 1.0) == (pytest.approx(line.slope, abs=0.2), pytest.approx(line.offset, abs=0.2))
    kept = found.kept(Claim("peak", (1,), 0, 1, confidence=p) for p in chances)
    assert 0 < len(kept) < len(chances)
    assert min(claim.confidence for claim in kept) >= line.least
    assert found.kept([Claim("noisy", (1,), 0, 1, confidence=0.4)]) == []


@pytest.mark.parametrize("share", [0.02, 0.3, 0.98])
def test_what_the_chances_do_not_tell_is_not_trusted(share):
    rng = np.random.default_rng(3)
    chances = 1 - 10 ** rng.uniform(-4, -1, 3000)
    found = fit({"peak": [(p, bool(hit)) for p, hit in zip(chances, rng.random(3000) < share, strict=True)]})
    line = found.lines["peak"]
    assert line.confidence(0.99) == pytest.approx(share, abs=0.05)
    kept = found.kept([Claim("peak", (1,), 0, 1, confidence=p) for p in chances])
    assert len(kept) == (len(chances) if share > 0.5 else 0)


def test_a_kind_with_few_claims_is_taken_as_it_is():
    assert {} == fit({"link": [(0.5, True)] * 5}).lines
