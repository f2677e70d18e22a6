"""Open vision-language models whose setup is known: one table, with where each fact comes from.

Any other image-text-to-text model of the hub works too, with `USUAL` for what is not known of it. No model of this
table was run by us: the facts are their makers'. A field nobody published is None. Loads nothing heavy.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

log = logging.getLogger(__name__)

DEFAULT_HUB = "Qwen/Qwen3.5-4B"
"""What `auto` takes where there is a GPU: of the open models that fit one, the best at charts (CharXiv 70.8 %)."""

MOST_PIXELS = 1_200_000
"""A figure of four to eight tracks as drawn; with Qwen-VL about 1,500 tokens. Larger ones are shrunk to it."""

BYTES_A_PARAMETER = 2
"""In bfloat16; 32-bit floats, which CPUs want, take twice that."""

ROOM = 1.3
"""Memory a model takes beyond its weights, as a factor: pictures, keys and values of a batch."""

NO_THINKING = {"enable_thinking": False, "thinking": False}
"""What chat templates of models that think aloud call the switch, Qwen and Gemma the first, Granite and DeepSeek the
second. Every server and template is told: under which name a model is served says nothing, and templates leave alone
what they do not know."""

Dtype = Literal["bfloat16", "float32"]


@dataclass(frozen=True)
class Setup:
    """How a model is run. `pixels`: figures are shrunk to so many. `extras`: modules its processor
    needs beyond ours. On a CPU every model runs in 32-bit floats."""

    pixels: int = MOST_PIXELS
    dtype: Dtype = "bfloat16"
    extras: tuple[str, ...] = ()


USUAL = Setup()
"""For a model that is not in the table."""


@dataclass(frozen=True)
class Known:
    """One model. `parameters` in billions, `chart` its published score and of what, `source` where facts are from."""

    id: str
    parameters: float | None
    licence: str | None
    setup: Setup
    chart: str | None = None
    source: str = ""

    @property
    def gigabytes(self) -> float | None:
        """Memory to run it on a GPU, about."""
        return None if self.parameters is None else self.parameters * BYTES_A_PARAMETER * ROOM


_QWEN = Setup(extras=("torchvision",))
_LFM = Setup(extras=("torchvision",))
_SMOL = Setup(extras=("torchvision", "num2words"))
_APACHE, _LFM1 = "Apache-2.0", "LFM Open License 1.0"
_CARD, _IBM, _GOOGLE = "model card on the Hugging Face hub", "ibm.com/granite/docs", "ai.google.dev"

KNOWN: tuple[Known, ...] = (
    Known("Qwen/Qwen3.5-4B", 4, _APACHE, _QWEN, "CharXiv 70.8", _CARD),
    Known("Qwen/Qwen3.5-9B", 9, _APACHE, _QWEN, "CharXiv 73.0", _CARD),
    Known("Qwen/Qwen3.5-2B", 2, _APACHE, _QWEN, "CharXiv 58.8", _CARD),
    Known("Qwen/Qwen3.5-0.8B", 0.8, _APACHE, _QWEN, "CharXiv 41.3", _CARD),
    Known("Qwen/Qwen3-VL-8B-Instruct", 8, _APACHE, _QWEN, "CharXiv 46.4", _CARD),
    Known("Qwen/Qwen3-VL-4B-Instruct", 4, _APACHE, _QWEN, "CharXiv 39.7", _CARD),
    Known("Qwen/Qwen3-VL-2B-Instruct", 2, _APACHE, _QWEN, "CharXiv 26.8", _CARD),
    Known("ibm-granite/granite-vision-4.1-4b", 4, _APACHE, Setup(), None, _IBM),
    Known("LiquidAI/LFM2.5-VL-1.6B", 1.6, _LFM1, _LFM, None, _CARD),
    Known("LiquidAI/LFM2.5-VL-450M", 0.45, _LFM1, _LFM, "ChartQA 73.1", _CARD),
    Known("HuggingFaceTB/SmolVLM2-2.2B-Instruct", 2.2, _APACHE, _SMOL, None, _CARD),
    Known("HuggingFaceTB/SmolVLM2-256M-Video-Instruct", 0.256, None, _SMOL, None, "documentation of transformers"),
    Known("google/gemma-3-4b-it", 4, "Gemma Terms of Use", Setup(), None, _GOOGLE),
    Known("google/gemma-4-E2B-it", None, _APACHE, Setup(), None, _GOOGLE),
)
"""The default first, then by family. Sizes are those in the names."""


def find(name: str) -> Known | None:
    """The row of '<id>' or 'hub:<id>[@revision]', upper and lower case alike."""
    plain = name.removeprefix("hub:").partition("@")[0].casefold()
    return next((known for known in KNOWN if known.id.casefold() == plain), None)


def setup_of(name: str) -> Setup:
    """How to run the model of this id; USUAL for one that is not in the table."""
    known = find(name)
    return known.setup if known else USUAL


def missing(setup: Setup) -> list[str]:
    """Modules the model needs that are not installed here."""
    return [name for name in setup.extras if not is_there(name)]


def is_there(module: str) -> bool:
    """Whether a module could be imported; nothing is."""
    return importlib.util.find_spec(module) is not None


@dataclass(frozen=True)
class Choice:
    """What `auto` comes to, and why."""

    name: str
    reason: str


def choose(gpus: Iterable[str] | None = None) -> Choice:
    """The model `auto` stands for: the hub's default where there is a GPU that can run it, else 'builtin'. Logs why."""
    found = list(_gpus() if gpus is None else gpus)
    absent = missing(setup_of(DEFAULT_HUB))
    if not found:
        choice = Choice("builtin", "there is no GPU")
    elif absent:
        choice = Choice(
            "builtin", f"there is a GPU ({found[0]}), but {' and '.join(absent)} is not installed (extra 'gpu')"
        )
    else:
        choice = Choice(f"hub:{DEFAULT_HUB}", f"there is a GPU ({found[0]})")
    log.info("model auto: %s, because %s", choice.name, choice.reason)
    return choice


def _gpus() -> list[str]:
    import torch

    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
