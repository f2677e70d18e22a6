import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from renderer.layout import TrackBox
from renderer.measure import measure_signal
from renderer.region import Region
from vlm.reader import model as architecture
from vlm.reader import simulate, strips, tokens
from vlm.reader.data import Shards, make_batch, read_strips
from vlm.reader.decode import decode_strips
from vlm.reader.train import Trainer, _soft_target

WINDOW = Region("chr1", 5_000, 1_005_000)


def columns_strategy():
    return arrays(float, 512, elements=st.floats(0, 1)) | st.integers(0, 500).map(
        lambda seed: simulate.textures.draw_texture(np.random.default_rng(seed), 512)
    )


@settings(deadline=None, max_examples=80)
@given(columns_strategy())
def test_every_evidence_is_said_in_the_grammar_and_read_back(columns):
    evidence = measure_signal(columns, WINDOW, 0.0, float(np.nanmax(columns, initial=0)) or 1.0)
    words = tokens.encode(evidence, WINDOW)
    for length in range(1, len(words)):
        assert words[length] in tokens.allowed_next(words[:length])
    assert len(words) <= tokens.MAX_LENGTH
    said = tokens.decode(words)
    assert evidence.state == said.state
    if said.strongest is not None:
        start, end = tokens.from_bin(said.strongest, WINDOW)
        assert start <= evidence.strongest.summit <= end


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False))
def test_whatever_the_grammar_allows_can_be_decoded(random):
    words = [tokens.BOS]
    while words[-1] != tokens.EOS:
        words.append(random.choice(sorted(tokens.allowed_next(words))))
    assert len(words) <= tokens.MAX_LENGTH
    said = tokens.decode(words)
    assert said.state in ("no_data", "flat", "noisy", "signal")
    assert all(0 <= place < tokens.LOCATIONS for place, _ in said.peaks)
    assert said.strongest is None or said.strongest in [place for place, _ in said.peaks]


@given(st.integers(0, tokens.LOCATIONS - 1), st.integers(1, 10**6))
def test_a_bin_holds_the_positions_that_map_to_it(number, span):
    region = Region("chr1", 7, 7 + span)
    start, end = tokens.from_bin(number, region)
    assert region.start <= start < end <= region.end
    if span >= tokens.LOCATIONS:
        assert number == tokens.to_bin((start + end) // 2, region)


def test_a_strip_is_upright_whichever_way_the_track_was_drawn():
    picture = np.full((40, 100, 3), 255, dtype=np.uint8)
    picture[0:30, 20:24] = (200, 30, 30)
    down = strips.cut_strip(Image.fromarray(picture), TrackBox(1, 0, 100, 0, 40, -5.0, 0.0))
    up = strips.cut_strip(Image.fromarray(picture[::-1].copy()), TrackBox(1, 0, 100, 0, 40, 0.0, 5.0))
    assert np.array_equal(up, down)
    assert up[-1].max() == 255
    assert up[0].max() == 0
    assert 100 < up[-1].argmax() < 125


def test_colour_and_size_of_the_drawing_do_not_change_the_strip_much():
    small, large = np.full((30, 500, 3), 255, np.uint8), np.full((60, 1000, 3), 255, np.uint8)
    small[10:, 100:140], large[20:, 200:280] = (0, 0, 255), (213, 94, 0)
    one = strips.cut_strip(Image.fromarray(small), TrackBox(1, 0, 500, 0, 30, 0, 1))
    other = strips.cut_strip(Image.fromarray(large), TrackBox(1, 0, 1000, 0, 60, 0, 1))
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
    simulate.write_shard(folder / "0000.npz", seed=1, files=[], size=48)
    return folder


def test_a_shard_is_the_same_for_the_same_seed(shards, tmp_path):
    simulate.write_shard(tmp_path / "again.npz", seed=1, files=[], size=48)
    with np.load(shards / "0000.npz") as one, np.load(tmp_path / "again.npz") as other:
        assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in ("ink", "columns", "vmax"))


def test_the_drawn_strip_shows_the_heights_it_is_labelled_with(shards):
    rows = read_strips(shards, 48)
    errors = []
    for ink, columns, vmax in rows:
        target = simulate.dense_target(columns, vmax)
        drawn = (ink > 100).sum(axis=0).reshape(tokens.LOCATIONS, -1).max(axis=1) / strips.HEIGHT
        if np.isfinite(columns).all():
            errors.append(np.abs(drawn - target).mean())
    assert np.median(errors) < 0.06


def test_a_mirrored_strip_has_mirrored_peaks(shards):
    ink, columns, vmax = next(r for r in read_strips(shards, 48) if simulate.label(r[1], r[2]).salient)
    one, other = simulate.label(columns, vmax), simulate.label(columns[::-1].copy(), vmax)
    assert len(one.salient) == len(other.salient)
    assert make_batch([(ink, columns, vmax)]).answers[0][0] == tokens.BOS


def test_training_stops_resumes_and_lowers_the_loss(shards, tmp_path):
    torch.manual_seed(0)
    entries = []
    first = Trainer(Shards(shards), tmp_path / "run", minutes=0.12)
    first.run(entries.append)
    again = Trainer(Shards(shards), tmp_path / "run", minutes=0.16)
    assert first.step == again.step
    assert torch.equal(first.dense.weight, again.dense.weight)
    again.run(entries.append)
    claims = [entry["loss"] for entry in entries if entry["stage"] == "claims"]
    assert {"dense", "claims"} == {entry["stage"] for entry in entries}
    assert claims[-1] < claims[0]


def test_soft_targets_are_distributions():
    target = torch.tensor([[tokens.L0, tokens.L0 + 5, tokens.L0 + tokens.LOCATIONS - 1, tokens.EOS]])
    soft = _soft_target(target)
    assert torch.allclose(soft.sum(-1), torch.ones(1, 4))
    assert torch.equal(soft.argmax(-1), target)


def test_a_batch_is_decoded_like_its_strips_one_by_one_and_always_well_formed(shards):
    torch.manual_seed(3)
    model = architecture.new_model().eval()
    ink = np.stack([row[0] for row in read_strips(shards, 5)])
    together = decode_strips(model, ink)
    assert [a.tokens for a in together] == [decode_strips(model, ink[i : i + 1])[0].tokens for i in range(5)]
    for answer in together:
        assert answer.tokens[-1] == tokens.EOS
        assert all(0 <= p <= 1.0001 for p in answer.probabilities)
        tokens.decode(answer.tokens)
    assert decode_strips(model, ink[:0]) == []


def test_real_files_held_out_are_left_out(scenes):
    some = simulate.real_files(scenes, ["CoolBox"])
    assert some
    assert not [file for file in some if "CoolBox" in str(file.path)]
    entry = json.loads(scenes.read_text())[0]
    assert entry["tracks"]
