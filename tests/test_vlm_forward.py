"""The forward pass in numpy answers as transformers' class does, whatever its sizes."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.evidence import type_of
from vlm.models.builtin import WEIGHTS, Builtin, load_weights
from vlm.reader import model as architecture
from vlm.reader import strips, tokens
from vlm.reader.decode import decode_strips
from vlm.reader.forward import Forward
from vlm.reader.training import simulate, simulate_rows
from vlm.reader.training.data import read_strips
from vlm.values.captioner import ModelError

NEAR = 1e-4
"""How far probabilities in 32-bit floats may lie apart that were summed in another order."""


@pytest.fixture(scope="module")
def torch_model():
    model = Qwen3VLForConditionalGeneration.from_pretrained(WEIGHTS, dtype=torch.float32, local_files_only=True)
    return architecture.TorchForward(model.eval())


def assert_alike(one, other):
    assert [answer.tokens for answer in one] == [answer.tokens for answer in other]
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_allclose(mine.probabilities, theirs.probabilities, atol=NEAR)


def test_the_weights_that_ship_say_the_same_of_simulated_strips(torch_model, tmp_path):
    simulate.write_shard(tmp_path / "signal-0000.npz", seed=11, size=12)
    for kind in ("intervals", "links", "contacts"):
        simulate_rows.write_row_shard(tmp_path / f"{kind}-0000.npz", kind, seed=11, size=4)
    rows = read_strips(tmp_path, 24)
    ink, kinds = np.stack([row.ink for row in rows]), [type_of(row.evidence) for row in rows]
    assert set(tokens.QUESTIONS) == set(kinds)
    assert_alike(decode_strips(load_weights(WEIGHTS), ink, kinds), decode_strips(torch_model, ink, kinds))


def test_the_weights_that_ship_say_the_same_of_real_strips(torch_model, scenes, tmp_path):
    entry = read_scenes(scenes)["coolbox_k562_05"]
    scene = load_scene(entry, scenes.parent, tmp_path / "prepared")
    drawn = draw_scene(scene, tmp_path / "figure.png")
    read = [track for track in scene.tracks if track.kind in tokens.QUESTIONS]
    with Image.open(tmp_path / "figure.png") as image:
        ink = np.stack([strips.cut_strip(image, drawn.layout, track.number) for track in read])
    kinds = [track.kind for track in read]
    assert_alike(decode_strips(load_weights(WEIGHTS), ink, kinds), decode_strips(torch_model, ink, kinds))


VISION = {
    "depth": 3,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_heads": 4,
    "in_channels": 1,
    "patch_size": 16,
    "spatial_merge_size": 2,
    "temporal_patch_size": 1,
    "out_hidden_size": 64,
    "num_position_embeddings": 64,
    "deepstack_visual_indexes": [],
}
TEXT = {
    "vocab_size": len(tokens.VOCABULARY),
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "head_dim": 24,
    "pad_token_id": tokens.PAD,
    "rope_parameters": {"rope_type": "default", "rope_theta": 500.0, "mrope_section": [6, 3, 3]},
}


@pytest.mark.parametrize(
    ("vision", "text", "tied", "height", "width"),
    [
        ({}, {}, False, 64, 512),
        ({"patch_size": 32, "deepstack_visual_indexes": [0, 2]}, {"rms_norm_eps": 1e-5}, False, 128, 1024),
        ({"spatial_merge_size": 1, "num_heads": 2}, {"num_key_value_heads": 2, "head_dim": 12}, True, 32, 96),
        ({"deepstack_visual_indexes": [1, 2]}, {"num_key_value_heads": 1, "num_hidden_layers": 1}, False, 32, 128),
    ],
)
def test_every_size_comes_from_the_config(vision, text, tied, height, width, tmp_path):
    torch.manual_seed(4)
    config = Qwen3VLConfig(
        vision_config=VISION | vision,
        text_config=TEXT | text | {"tie_word_embeddings": tied},
        image_token_id=tokens.IMAGE,
        vision_start_token_id=tokens.START,
        vision_end_token_id=tokens.END,
        video_token_id=len(tokens.VOCABULARY) + 1,
        tie_word_embeddings=tied,
    )
    model = Qwen3VLForConditionalGeneration(config).eval()
    for parameter in model.parameters():  # far from what they begin with, where all tokens are alike
        parameter.data += 0.2 * torch.randn_like(parameter)
    model.save_pretrained(tmp_path)
    rng = np.random.default_rng(4)
    ink = rng.integers(0, 256, (4, height, width), dtype=np.uint8)
    questions = list(tokens.QUESTIONS.values())
    mine, theirs = (one.begin(ink, questions, 6) for one in (Forward.load(tmp_path), architecture.TorchForward(model)))
    for count in (4, 4, 2, 2, 2):
        np.testing.assert_allclose(mine.probabilities, theirs.probabilities, atol=NEAR)
        said = rng.integers(tokens.L0, len(tokens.VOCABULARY), count).tolist()
        for run in (mine, theirs):
            if count < len(run.probabilities):
                run.keep([0, 3])
            run.say(said)
    assert 0.01 < np.abs(np.diff(mine.probabilities, axis=0)).max()


def test_weights_of_another_architecture_or_none_say_so(tmp_path):
    with pytest.raises(ModelError, match=r"missing .*config\.json"):
        Forward.load(tmp_path)
    config = json.loads((WEIGHTS / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match="missing"):
        Forward.load(tmp_path)
    (tmp_path / "model.safetensors").write_bytes((WEIGHTS / "model.safetensors").read_bytes())
    config["text_config"]["num_hidden_layers"] += 1
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=r"layers\.4\..* is missing"):
        Forward.load(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    with pytest.raises(ModelError, match="Qwen3-VL"):
        Forward.load(tmp_path)


def test_a_truncated_file_of_weights_says_so(tmp_path):
    for name in ("card.json", "config.json"):
        (tmp_path / name).write_bytes((WEIGHTS / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes((WEIGHTS / "model.safetensors").read_bytes()[:5000])
    with pytest.raises(ModelError, match="damaged"):
        Forward.load(tmp_path)
    assert "builtin" == Builtin(tmp_path).info.name
