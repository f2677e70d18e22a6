"""The architecture of our own model: Qwen3-VL's transformers class, tiny, with one grey channel.

No custom modelling code: a config, and tensors in the order the class expects. Text and vision sizes are here and
nowhere else. Needs torch: what reads with the weights that ship is `forward`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from vlm.reader import strips, tokens
from vlm.reader.prompt import positions, prompt_ids

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


VISUAL_GRID = (strips.GRID[0] // strips.MERGE, strips.GRID[1] // strips.MERGE)
"""Rows and columns of the visual tokens of a strip."""

PROMPT = prompt_ids(strips.TOKENS)
"""What stands before the answer: the strip's visual tokens between their marks."""


def pixel_inputs(
    ink: npt.NDArray[np.uint8], patch: int = strips.PATCH, merge: int = strips.MERGE
) -> dict[str, torch.Tensor]:
    """Model inputs for strips of shape (n, height, width)."""
    grid = torch.tensor([[1, ink.shape[1] // patch, ink.shape[2] // patch]] * len(ink))
    return {"pixel_values": torch.from_numpy(strips.to_patches(ink, patch, merge)), "image_grid_thw": grid}


def text_inputs(answers: list[list[int]], grid: tuple[int, int] = VISUAL_GRID) -> dict[str, torch.Tensor]:
    """Ids of prompt and answer, right-padded, with positions (see `prompt.positions`): shape (n, longest)."""
    longest = max(len(answer) for answer in answers)
    before = prompt_ids(math.prod(grid))
    ids = torch.tensor([before + a + [tokens.PAD] * (longest - len(a)) for a in answers])
    places = torch.from_numpy(positions(*grid, longest))
    return {"input_ids": ids, "position_ids": places.unsqueeze(1).expand(3, len(answers), -1)}


def visual_features(model: Any, ink: npt.NDArray[np.uint8]) -> torch.Tensor:
    """The merged visual tokens alone: shape (n, TOKENS, HIDDEN). For the dense stage of training."""
    inputs = pixel_inputs(ink)
    out = model.model.visual(inputs["pixel_values"], grid_thw=inputs["image_grid_thw"])
    features: torch.Tensor = out.pooler_output.view(len(ink), strips.TOKENS, HIDDEN)
    return features


class TorchForward:
    """The forward pass of the transformers class, as `decode` takes it: for training, and to hold `forward` against."""

    def __init__(self, model: Qwen3VLForConditionalGeneration) -> None:
        self._model = model

    def begin(self, ink: npt.NDArray[np.uint8], questions: Sequence[int], most: int) -> TorchRun:
        """Look at strips of shape (n, height, width), each with the first token of its answer."""
        del most  # its cache grows
        vision = self._model.config.vision_config
        patch, merge = vision.patch_size, vision.spatial_merge_size
        grid = (ink.shape[1] // patch // merge, ink.shape[2] // patch // merge)
        text = text_inputs([[question] for question in questions], grid)
        return TorchRun(self._model, pixel_inputs(ink, patch, merge) | text)


class TorchRun:
    """Answers that are being said; see `decode.Run`."""

    def __init__(self, model: Qwen3VLForConditionalGeneration, inputs: dict[str, torch.Tensor]) -> None:
        self._model, self._position = model, int(inputs["position_ids"].max())
        self._cache: Any = None
        self._step(inputs)

    @torch.inference_mode()
    def _step(self, inputs: dict[str, torch.Tensor]) -> None:
        out = self._model(**inputs, past_key_values=self._cache, use_cache=True)
        self._cache = out.past_key_values
        self.probabilities: npt.NDArray[np.float32] = out.logits[:, -1].float().softmax(dim=-1).numpy()

    def say(self, tokens: Sequence[int]) -> None:
        """The next token of each row."""
        self._position += 1
        ids = torch.tensor(tokens).unsqueeze(1)
        self._step({"input_ids": ids, "position_ids": torch.full((3, len(tokens), 1), self._position)})

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all rows but these."""
        self._cache.batch_select_indices(torch.tensor(rows))
        self.probabilities = self.probabilities[list(rows)]
