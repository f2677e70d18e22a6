"""The forward pass of our own model in numpy: strips in, the probability of each next token out. No torch.

It is the graph of transformers' Qwen3-VL, with every size taken from the config.json that was written with the weights,
so whatever `vlm.reader.model` trains is read here; tests hold that both answer alike. Text is one sequence a strip, all
of one length. Knows no grammar: `decode` chooses what is said.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from vlm.reader import strips
from vlm.reader.layers import (
    ACTIVATIONS,
    Array,
    Cache,
    Linear,
    Turn,
    Weights,
    attend,
    frequencies,
    gelu,
    rotate,
    softmax,
    turn_of,
)
from vlm.reader.prompt import Ids, positions, prompt_ids
from vlm.reader.tokens import IMAGE
from vlm.values.captioner import ModelError

LOOKED_AT_ONCE = 8
"""Strips the vision tower sees at a time: their activations stay in the cache of a processor, and memory stays flat."""

Config = Mapping[str, Any]


class Forward:
    """The model: `begin` looks at strips, and says how likely each first token of an answer is."""

    def __init__(self, config: Config, tensors: Mapping[str, npt.NDArray[np.floating]]) -> None:
        weights = Weights(tensors)
        self._vision = _Vision(config["vision_config"], weights.below("model.visual"))
        self._text = _Text(config, weights)

    @classmethod
    def load(cls, folder: Path) -> Forward:
        """From the config.json and model.safetensors of a folder. Raises ModelError if they are missing, or of
        another architecture."""
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            return cls(config, load_file(folder / "model.safetensors"))
        except OSError as exc:
            raise ModelError(f"The weights of the model are missing ({exc.filename or folder}).") from exc
        except SafetensorError as exc:
            raise ModelError(f"{folder / 'model.safetensors'} is damaged ({exc}). Get the weights again.") from exc
        except KeyError as exc:
            raise ModelError(f"{folder} holds no weights of the Qwen3-VL architecture: {exc} is missing.") from exc

    def begin(self, ink: npt.NDArray[np.uint8], questions: Sequence[int], most: int) -> Run:
        """Look at strips of shape (n, height, width), each with the first token of its answer, of `most` at most."""
        return Run(self._text, self._vision(ink), questions, most)


class Run:
    """Answers that are being said to n strips. `visual`: their visual tokens, shape (n, tokens, features);
    `probabilities` of the next token of each answer, shape (n, vocabulary)."""

    def __init__(self, text: _Text, seen: _Seen, questions: Sequence[int], most: int) -> None:
        ids = np.array([[*prompt_ids(seen.visual.shape[1]), question] for question in questions])
        self.visual = seen.visual
        self._text = text
        self._positions = positions(*seen.grid, most)
        self._caches = text.caches(len(ids), ids.shape[1] + most - 1)
        self._length = ids.shape[1]
        self.probabilities = text(ids, self._positions[:, : self._length], self._caches, seen)

    def say(self, tokens: Sequence[int]) -> None:
        """The next token of each answer."""
        place = self._positions[:, self._length : self._length + 1]
        self._length += 1
        self.probabilities = self._text(np.array(tokens)[:, None], place, self._caches)

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all answers but those in these rows."""
        self.visual, self.probabilities = self.visual[list(rows)], self.probabilities[list(rows)]
        for cache in self._caches:
            cache.keep(rows)


# --- the vision tower


@dataclass(frozen=True)
class _Seen:
    """What the vision tower makes of n strips: the grid of their visual tokens (rows, columns); those, shape
    (n, tokens, features); and as many features again for each of the first layers of the text half."""

    grid: tuple[int, int]
    visual: Array
    deep: list[Array]


class _Vision:
    """Patches, their positions, blocks, and mergers of neighbouring patches into visual tokens."""

    def __init__(self, config: Config, weights: Weights) -> None:
        self._patch, self._merge = config["patch_size"], config["spatial_merge_size"]
        self._embed = weights.linear("patch_embed.proj")
        self._places = weights["pos_embed.weight"]
        size = (
            config["hidden_size"] // config["num_heads"] // 2
        )  # of a head, half turns with the row, half with the column
        self._frequencies = frequencies(size, config["rope_parameters"]["rope_theta"])
        self._blocks = [_VisionBlock(config, weights.below(f"blocks.{n}")) for n in range(config["depth"])]
        self._merger = _Merger(weights.below("merger"), self._merge, merged_first=False)
        self._deep = {
            layer: _Merger(weights.below(f"deepstack_merger_list.{n}"), self._merge, merged_first=True)
            for n, layer in enumerate(config["deepstack_visual_indexes"])
        }

    def __call__(self, ink: npt.NDArray[np.uint8]) -> _Seen:
        """Look at strips of shape (n, height, width)."""
        rows, cols = ink.shape[1] // self._patch, ink.shape[2] // self._patch
        places = _block_order(rows, cols, self._merge)
        turn = turn_of((places[..., None] * self._frequencies).swapaxes(0, 1).reshape(rows * cols, -1))
        learnt = self._learnt(rows, cols, places)
        starts = range(0, len(ink), LOOKED_AT_ONCE)
        parts = [self._look(ink[at : at + LOOKED_AT_ONCE], learnt, turn) for at in starts]
        visual, *deep = (np.concatenate(one) for one in zip(*parts, strict=True))
        return _Seen((rows // self._merge, cols // self._merge), visual, deep)

    def _look(self, ink: npt.NDArray[np.uint8], learnt: Array, turn: Turn) -> list[Array]:
        """Visual tokens and deep features, shape (n, tokens, features) each."""
        patches = strips.to_patches(ink, self._patch, self._merge)
        x = self._embed(patches).reshape(len(ink), *learnt.shape) + learnt
        deep = []
        for number, block in enumerate(self._blocks):
            x = block(x, turn)
            if number in self._deep:
                deep.append(self._deep[number](x))
        return [self._merger(x), *deep]

    def _learnt(self, rows: int, cols: int, places: Ids) -> Array:
        """The learnt positions of a square grid, at `places` of one of `rows` and `cols` laid over it."""
        side = round(len(self._places) ** 0.5)
        grid = self._places.reshape(side, side, -1)
        along = [
            np.linspace(0, side - 1, count, dtype=np.float32)[place]
            for count, place in zip((rows, cols), places, strict=True)
        ]
        (row, down), (col, right) = ((at.astype(int), (at % 1)[:, None]) for at in along)
        below, behind = np.minimum(row + 1, side - 1), np.minimum(col + 1, side - 1)
        upper = grid[row, col] * (1 - right) + grid[row, behind] * right
        lower = grid[below, col] * (1 - right) + grid[below, behind] * right
        learnt: Array = upper * (1 - down) + lower * down
        return learnt


def _block_order(rows: int, cols: int, merge: int) -> Ids:
    """Row and column of each patch, block of merged ones after block: shape (2, rows * cols)."""
    places = np.indices((rows, cols)).reshape(2, rows // merge, merge, cols // merge, merge)
    return places.swapaxes(2, 3).reshape(2, -1)


class _VisionBlock:
    """Attention of all patches to all, and a feed-forward layer."""

    def __init__(self, config: Config, weights: Weights) -> None:
        self._heads = config["num_heads"]
        self._norms = [weights.layer_norm(name) for name in ("norm1", "norm2")]
        self._qkv, self._proj = weights.linear("attn.qkv"), weights.linear("attn.proj")
        self._up, self._down = weights.linear("mlp.linear_fc1"), weights.linear("mlp.linear_fc2")
        self._activation = ACTIVATIONS[config["hidden_act"]]

    def __call__(self, x: Array, turn: Turn) -> Array:
        n, length, _ = x.shape
        heads = self._qkv(self._norms[0](x)).reshape(n, length, 3, self._heads, -1)
        queries, keys, values = heads.transpose(2, 0, 3, 1, 4)
        x = x + self._proj(attend(rotate(queries, turn), rotate(keys, turn), values))
        x += self._down(self._activation(self._up(self._norms[1](x))))
        return x


class _Merger:
    """Blocks of merge x merge patches to one visual token each; norms stand before or behind the merging."""

    def __init__(self, weights: Weights, merge: int, merged_first: bool) -> None:
        self._count, self._merged_first = merge**2, merged_first
        self._norm = weights.layer_norm("norm")
        self._up, self._down = weights.linear("linear_fc1"), weights.linear("linear_fc2")

    def __call__(self, x: Array) -> Array:
        n, length, size = x.shape
        merged = (n, length // self._count, size * self._count)
        x = self._norm(x.reshape(merged)) if self._merged_first else self._norm(x).reshape(merged)
        return self._down(gelu(self._up(x)))


# --- the text half


class _Text:
    """Embedded tokens, decoder layers, and the head that tells the next token."""

    def __init__(self, whole: Config, weights: Weights) -> None:
        config, below = whole["text_config"], weights.below("model.language_model")
        self._embedding = below["embed_tokens.weight"]
        self._layers = [_TextLayer(config, below.below(f"layers.{n}")) for n in range(config["num_hidden_layers"])]
        self._norm = below.rms_norm("norm", config["rms_norm_eps"])
        self._head = Linear(self._embedding) if whole["tie_word_embeddings"] else weights.linear("lm_head")
        self._key_heads, self._size = config["num_key_value_heads"], config["head_dim"]
        self._rope = config["rope_parameters"]

    def caches(self, n: int, room: int) -> list[Cache]:
        """One a layer, for n answers of at most `room` tokens, prompt included."""
        return [Cache(n, self._key_heads, room, self._size) for _ in self._layers]

    def __call__(self, ids: Ids, places: Ids, caches: list[Cache], seen: _Seen | None = None) -> Array:
        """Probabilities of what follows `ids`, shape (n, t), at `places`, shape (3, t); `seen` are their images."""
        x, turn = self._embedding[ids], self._turn(places)
        images = np.flatnonzero(ids[0] == IMAGE)
        if seen is not None:
            x[:, images] = seen.visual
        deep = () if seen is None else seen.deep
        for layer, cache, features in itertools.zip_longest(self._layers, caches, deep[: len(self._layers)]):
            x = layer(x, turn, cache)
            if features is not None:
                x[:, images] += features
        return softmax(self._head(self._norm(x[:, -1])))

    def _turn(self, places: Ids) -> Turn:
        """Of features that turn with time, but for every third, which turn with the row or the column."""
        angles = places[..., None] * frequencies(self._size, self._rope["rope_theta"])
        turned = angles[0].copy()
        for axis in (1, 2):
            part = slice(axis, 3 * self._rope["mrope_section"][axis], 3)
            turned[:, part] = angles[axis][:, part]
        return turn_of(turned)


class _TextLayer:
    """Attention of each token to those before it, and a gated feed-forward layer."""

    def __init__(self, config: Config, weights: Weights) -> None:
        least = config["rms_norm_eps"]
        self._heads, self._key_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self._norms = [weights.rms_norm(name, least) for name in ("input_layernorm", "post_attention_layernorm")]
        self._qkv = weights.linear(*(f"self_attn.{name}_proj" for name in "qkv"))
        self._query_norm, self._key_norm = (weights.rms_norm(f"self_attn.{name}_norm", least) for name in "qk")
        self._proj = weights.linear("self_attn.o_proj")
        self._gate_up, self._down = weights.linear("mlp.gate_proj", "mlp.up_proj"), weights.linear("mlp.down_proj")
        self._activation = ACTIVATIONS[config["hidden_act"]]

    def __call__(self, x: Array, turn: Turn, cache: Cache) -> Array:
        n, length, _ = x.shape
        heads = self._qkv(self._norms[0](x)).reshape(n, length, self._heads + 2 * self._key_heads, -1).swapaxes(1, 2)
        queries, keys, values = np.split(heads, [self._heads, self._heads + self._key_heads], axis=1)
        keys, values = cache.add(rotate(self._key_norm(keys), turn), values)
        mask = np.triu(np.full((length, keys.shape[2]), -np.inf, np.float32), 1 + keys.shape[2] - length)
        x = x + self._proj(attend(rotate(self._query_norm(queries), turn), keys, values, mask))
        gate, up = np.split(self._gate_up(self._norms[1](x)), 2, axis=-1)
        x += self._down(self._activation(gate) * up)
        return x
