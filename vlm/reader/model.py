"""The architecture of our own model: Qwen3-VL's transformers class, tiny, with one grey channel.

No custom modelling code: a config, and tensors in the order the class expects. Text and vision sizes are here and
nowhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from vlm.reader import strips, tokens

HIDDEN = 192
VISION_LAYERS = 5
TEXT_LAYERS = 4
HEADS = 6


def new_model() -> Qwen3VLForConditionalGeneration:
    """A model with random weights. Seed torch before for the same weights again."""
    return Qwen3VLForConditionalGeneration(_config())


def load_grown(model: Qwen3VLForConditionalGeneration, weights: Path) -> None:
    """Fill `model` from exported weights whose vocabulary is the beginning of today's; new words stay as they are."""
    state = model.state_dict()
    for name, values in load_file(weights / "model.safetensors").items():
        state[name][tuple(slice(length) for length in values.shape)] = values.float()
    model.load_state_dict(state)


def _config() -> Qwen3VLConfig:
    vision = {
        "depth": VISION_LAYERS,
        "hidden_size": HIDDEN,
        "intermediate_size": 3 * HIDDEN,
        "num_heads": HEADS,
        "in_channels": 1,
        "patch_size": strips.PATCH,
        "spatial_merge_size": strips.MERGE,
        "temporal_patch_size": 1,
        "out_hidden_size": HIDDEN,
        "num_position_embeddings": 1024,
        "deepstack_visual_indexes": [1],
    }
    text = {
        "vocab_size": len(tokens.VOCABULARY),
        "hidden_size": HIDDEN,
        "intermediate_size": 3 * HIDDEN,
        "num_hidden_layers": TEXT_LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "head_dim": HIDDEN // HEADS,
        "max_position_embeddings": 256,
        "pad_token_id": tokens.PAD,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [6, 5, 5]},
    }
    return Qwen3VLConfig(
        vision_config=vision,
        text_config=text,
        image_token_id=tokens.IMAGE,
        vision_start_token_id=tokens.START,
        vision_end_token_id=tokens.END,
        video_token_id=len(tokens.VOCABULARY) + 1,
        tie_word_embeddings=False,
    )


PROMPT = [tokens.START, *[tokens.IMAGE] * strips.TOKENS, tokens.END]
"""What stands before <bos>: the strip's visual tokens between their marks."""


def pixel_inputs(ink: npt.NDArray[np.uint8]) -> dict[str, torch.Tensor]:
    """Model inputs for strips of shape (n, HEIGHT, WIDTH)."""
    grid = torch.tensor([[1, *strips.GRID]] * len(ink))
    return {"pixel_values": torch.from_numpy(strips.to_patches(ink)), "image_grid_thw": grid}


def text_inputs(answers: list[list[int]]) -> dict[str, torch.Tensor]:
    """Ids of prompt and answer, right-padded, with positions: shape (n, longest).

    Positions follow Qwen3-VL: visual tokens take their (row, column), text goes on behind the larger of both.
    """
    longest = max(len(answer) for answer in answers)
    ids = torch.tensor([PROMPT + a + [tokens.PAD] * (longest - len(a)) for a in answers])
    return {"input_ids": ids, "position_ids": _positions(longest).unsqueeze(1).expand(3, len(answers), -1)}


def _positions(answer_length: int) -> torch.Tensor:
    rows, cols = strips.GRID[0] // strips.MERGE, strips.GRID[1] // strips.MERGE
    index = torch.arange(strips.TOKENS)
    visual = torch.stack([torch.zeros_like(index), index // cols, index % cols]) + 1
    start = torch.zeros(3, 1, dtype=torch.long)
    after = 1 + max(rows, cols) + torch.arange(1 + answer_length)
    return torch.cat([start, visual, after.expand(3, -1)], dim=1)


def visual_features(model: Any, ink: npt.NDArray[np.uint8]) -> torch.Tensor:
    """The merged visual tokens alone: shape (n, TOKENS, HIDDEN). For the dense stage of training."""
    inputs = pixel_inputs(ink)
    out = model.model.visual(inputs["pixel_values"], grid_thw=inputs["image_grid_thw"])
    features: torch.Tensor = out.pooler_output.view(len(ink), strips.TOKENS, HIDDEN)
    return features
