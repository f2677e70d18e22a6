"""The parts of a transformer in numpy: linear maps, norms, activations, rotary positions, attention with a cache.

Arrays are 32-bit floats; the last axis holds features. Knows no model: `forward` puts these together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Turn = tuple[Array, Array]
"""Cosine and sine of each position's angles: shape (positions, head size) each."""


@dataclass(frozen=True)
class Linear:
    """x @ weight.T + bias; `weight` has shape (out, in)."""

    weight: Array
    bias: Array | None = None

    def __call__(self, x: Array) -> Array:
        y: Array = x.reshape(-1, x.shape[-1]) @ self.weight.T
        if self.bias is not None:
            y += self.bias
        return y.reshape(*x.shape[:-1], -1)


@dataclass(frozen=True)
class LayerNorm:
    """Features at mean 0 and variance 1, then scaled and moved."""

    weight: Array
    bias: Array
    least: float = 1e-6

    def __call__(self, x: Array) -> Array:
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt(_mean_square(x) + np.float32(self.least))
        x *= self.weight
        x += self.bias
        return x


@dataclass(frozen=True)
class RmsNorm:
    """Features at mean square 1, then scaled."""

    weight: Array
    least: float

    def __call__(self, x: Array) -> Array:
        scaled: Array = x / np.sqrt(_mean_square(x) + np.float32(self.least)) * self.weight
        return scaled


def _mean_square(x: Array) -> Array:
    mean: Array = np.einsum("...i,...i->...", x, x)[..., None] / np.float32(x.shape[-1])
    return mean


class Weights:
    """The tensors of a model by their dotted names, or those below one of them. Raises KeyError for one it lacks."""

    def __init__(self, tensors: Mapping[str, npt.NDArray[np.floating]], prefix: str = "") -> None:
        self._tensors, self._prefix = tensors, prefix

    def below(self, name: str) -> Weights:
        """Those whose names begin with this one."""
        return Weights(self._tensors, f"{self._prefix}{name}.")

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._tensors

    def __getitem__(self, name: str) -> Array:
        return np.ascontiguousarray(self._tensors[self._prefix + name], dtype=np.float32)

    def linear(self, *names: str) -> Linear:
        """A linear map; of several names those maps side by side, since one product is faster than three."""
        weights = [self[f"{name}.weight"] for name in names]
        biases = [self[f"{name}.bias"] for name in names if f"{name}.bias" in self]
        weight = np.concatenate([one.reshape(len(one), -1) for one in weights])
        return Linear(weight, np.concatenate(biases) if biases else None)

    def layer_norm(self, name: str) -> LayerNorm:
        """A norm with scale and offset."""
        return LayerNorm(self[f"{name}.weight"], self[f"{name}.bias"])

    def rms_norm(self, name: str, least: float) -> RmsNorm:
        """A norm with scale."""
        return RmsNorm(self[f"{name}.weight"], least)


# --- activations


def softmax(x: Array) -> Array:
    """Shares of the last axis."""
    x = np.exp(x - x.max(-1, keepdims=True))
    x /= x.sum(-1, keepdims=True)
    return x


def silu(x: Array) -> Array:
    """x times its logistic."""
    product: Array = x / (1 + np.exp(-x))
    return product


def gelu_tanh(x: Array) -> Array:
    """GELU by its approximation with tanh."""
    inner = x * x
    inner *= np.float32(0.044715)
    inner += 1
    inner *= x
    inner *= np.float32(np.sqrt(2 / np.pi))
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner


def gelu(x: Array) -> Array:
    """GELU: x times the share of a normal distribution below x."""
    return np.float32(0.5) * x * (1 + _erf(x * np.float32(np.sqrt(0.5))))


_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


def _erf(x: Array) -> Array:
    """The error function to 1.5e-7: Abramowitz and Stegun, 7.1.26."""
    size = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * size)
    sum_ = np.zeros_like(t)
    for term in _ERF:
        sum_ = (sum_ + np.float32(term)) * t
    tail: Array = np.copysign(1 - sum_ * np.exp(-size * size), x)
    return tail


ACTIVATIONS = {"silu": silu, "gelu_pytorch_tanh": gelu_tanh, "gelu": gelu}
"""By their names in a config."""


# --- attention


def frequencies(size: int, base: float) -> Array:
    """Angles a step of a rotary position turns by, for `size` features: shape (size / 2,)."""
    return np.asarray(1 / base ** (np.arange(0, size, 2, dtype=np.float32) / np.float32(size)), np.float32)


def turn_of(angles: npt.NDArray[np.floating]) -> Turn:
    """Of angles for half the features, shape (positions, head size / 2)."""
    both: Array = np.concatenate([angles, angles], -1).astype(np.float32)
    return np.cos(both), np.sin(both)


def rotate(x: Array, turn: Turn) -> Array:
    """Heads, shape (n, heads, positions, head size), turned by their positions."""
    half = x.shape[-1] // 2
    turned: Array = np.concatenate([-x[..., half:], x[..., :half]], -1)
    turned *= turn[1]
    turned += x * turn[0]
    return turned


def attend(queries: Array, keys: Array, values: Array, mask: Array | None = None) -> Array:
    """Attention of (n, heads, t, size) to keys and values of (n, key heads, s, size): shape (n, t, heads * size).

    Each key head serves as many query heads, in order; `mask`, shape (t, s), is added to the scores.
    """
    n, heads, length, size = queries.shape
    grouped = queries.reshape(n, keys.shape[1], heads // keys.shape[1], length, size)
    scores = grouped @ keys[:, :, None].swapaxes(-1, -2) * np.float32(size**-0.5)
    seen = softmax(scores if mask is None else scores + mask) @ values[:, :, None]
    return seen.reshape(n, heads, length, size).swapaxes(1, 2).reshape(n, length, heads * size)


class Cache:
    """Keys and values of one layer, for n rows of at most `room` positions."""

    def __init__(self, n: int, heads: int, room: int, size: int) -> None:
        self._kept = np.empty((2, n, heads, room, size), np.float32)
        self._length = 0

    def add(self, keys: Array, values: Array) -> tuple[Array, Array]:
        """Put further positions behind those that are there; returns all keys and values."""
        begin, self._length = self._length, self._length + keys.shape[2]
        self._kept[0, :, :, begin : self._length] = keys
        self._kept[1, :, :, begin : self._length] = values
        return self._kept[0, :, :, : self._length], self._kept[1, :, :, : self._length]

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all rows but these."""
        self._kept = self._kept[:, list(rows)]
