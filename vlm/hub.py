"""Any Hugging Face image-text-to-text model as a captioner, on a GPU or (slowly) on a CPU.

Knows transformers and nothing of any one model: the processor's own chat template, greedy decoding, left padding.
No code from a repository is run, only safetensors are read, and every part comes from one commit. Torch and
transformers are imported when a model is loaded.
"""

from __future__ import annotations

import importlib.util
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from vlm.captioner import Figure, ModelError, ModelInfo, RawReading
from vlm.join import join_claims
from vlm.prompts import build_prompt, parse_answer

MOST_PIXELS = 1_200_000
"""A figure of four to eight tracks as drawn; with Qwen-VL about 1,500 tokens. Larger ones are shrunk to it."""

MOST_TOKENS = 1_600
"""Eight sentences with thirty claims take about 1,200; a model that writes more repeats itself."""

AT_ONCE = 8
"""Figures of one generate call to begin with; halved whenever memory does not suffice."""

_SPEC = re.compile(r"^(?P<id>[^@]+)(?:@(?P<revision>[\w.\-/]+))?$")
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""How torch says it where it raises a plain RuntimeError."""

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Generated:
    """What the model wrote of one figure; `cut` means that it was stopped at MOST_TOKENS."""

    text: str
    cut: bool


class Hub:
    """The captioner called 'hub:<id>'. Make it with `Hub.load`."""

    def __init__(self, model: Any, processor: Any, info: ModelInfo) -> None:
        self.model, self.processor, self._info = model, processor, info
        self._at_once = AT_ONCE

    @classmethod
    def load(cls, spec: str) -> Hub:
        """Load '<Hugging Face id>[@revision]' or the path of a folder. Raises ModelError that says what to do."""
        match = _SPEC.match(spec)
        if not match:
            raise ModelError(f"'{spec}' is not a model. Write hub:<owner>/<name>, or hub:<owner>/<name>@<revision>.")
        name, revision = (spec, None) if Path(spec).is_dir() else (match["id"], match["revision"])
        return _gate(name, lambda: _load(cls, name, revision))

    @property
    def info(self) -> ModelInfo:
        """Name, commit and device."""
        return self._info

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """Read figures in batches as large as memory allows; one that does not fit even alone gets an error."""
        written: list[Generated | RawReading] = []
        start = 0
        while start < len(figures):
            part = figures[start : start + self._at_once]
            done = halving(self.generate, part, _too_large)
            if len(part) > 1 and done.largest < len(part):
                self._at_once = max(1, done.largest)
            written += done.results
            start += len(part)
        return [
            one if isinstance(one, RawReading) else _reading(one, figure)
            for one, figure in zip(written, figures, strict=True)
        ]

    def generate(self, figures: Sequence[Figure]) -> list[Generated | RawReading]:
        """What the model writes of each figure, in one forward batch."""
        import torch

        inputs = self.inputs(figures)
        with torch.inference_mode():
            output = self.model.generate(
                **inputs, max_new_tokens=MOST_TOKENS, do_sample=False, num_beams=1, pad_token_id=self._pad()
            )
        new = output[:, inputs["input_ids"].shape[1] :]
        texts = self.processor.tokenizer.batch_decode(new, skip_special_tokens=True)
        ends = self._end_tokens()
        return [
            Generated(text, len(row) >= MOST_TOKENS and int(row[-1]) not in ends)
            for text, row in zip(texts, new, strict=True)
        ]

    def inputs(self, figures: Sequence[Figure]) -> Any:
        """The model's inputs for these figures: picture first, prompt after it, padded on the left."""
        conversations = [[{"role": "user", "content": self._content(figure)}] for figure in figures]
        batch = self.processor.apply_chat_template(
            conversations,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
            **_template_options(self.processor),
        )
        return batch.to(self.model.device, dtype=self.model.dtype)

    def _content(self, figure: Figure) -> list[dict[str, Any]]:
        prompt = _without(build_prompt(figure), self.processor.tokenizer.all_special_tokens)
        return [{"type": "image", "image": _picture(figure.png)}, {"type": "text", "text": prompt}]

    def _end_tokens(self) -> set[int]:
        ends = self.model.generation_config.eos_token_id
        return {ends} if isinstance(ends, int) else set(ends or ())

    def _pad(self) -> int | None:
        tokenizer = self.processor.tokenizer
        pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        return None if pad is None else int(pad)


def _template_options(processor: Any) -> dict[str, bool]:
    """Models that think aloud are told not to; the templates of the others take no such option."""
    template = str(getattr(processor, "chat_template", None) or processor.tokenizer.chat_template)
    return {"enable_thinking": False} if "enable_thinking" in template else {}


def _reading(written: Generated, figure: Figure) -> RawReading:
    """The claims of an answer, with what follows from them and the annotation."""
    raw = parse_answer(written.text, figure, cut=written.cut)
    if raw.error:
        return raw
    said = {(claim.kind, claim.tracks, str(claim.value)) for claim in raw.claims}
    joined = [c for c in join_claims(raw.claims, figure) if (c.kind, c.tracks, str(c.value)) not in said]
    return RawReading((*raw.claims, *joined), raw.text, None, raw.warnings)


def _too_large(figure: Figure) -> Generated | RawReading:
    return RawReading((), error=f"There was not enough memory to read {figure.png.name}, even alone.")


# --- loading


def _gate(name: str, load: Callable[[], Hub]) -> Hub:
    """`load`, with the errors of transformers and the hub turned into sentences."""
    try:
        return load()
    except ImportError as exc:
        missing = exc.name or ("torchvision" if "torchvision" in str(exc) else "a library")
        raise ModelError(
            f"Model '{name}' needs {missing}, which is not installed here. Install it into this environment "
            f"(torchvision comes with the extra 'gpu'), or use 'builtin'."
        ) from exc
    except (OSError, ValueError, KeyError, RuntimeError) as exc:
        raise ModelError(_what_to_do(name, exc)) from exc


def _what_to_do(name: str, exc: Exception) -> str:
    first = next((line.strip() for line in str(exc).splitlines() if line.strip()), type(exc).__name__)
    text = str(exc)
    if "trust_remote_code" in text:
        return f"Model '{name}' wants to run code of its own, which Locution does not allow. Choose another model."
    if "Unrecognized" in text or "model type" in text:
        return f"Model '{name}' is not an image-text-to-text model that this transformers release knows ({first})."
    if isinstance(exc, OSError):
        return (
            f"Model '{name}' could not be loaded ({first}). Check the name; without network, download it first on a "
            "machine that has some (hf download) and point HF_HOME at it. 'builtin' needs no download."
        )
    return f"Model '{name}' could not be loaded ({first}). Choose another model, or 'builtin'."


def _load(cls: type[Hub], name: str, revision: str | None) -> Hub:
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor

    config = AutoConfig.from_pretrained(name, revision=revision, trust_remote_code=False)
    # Every part from the commit the configuration came from: a branch may move between two downloads.
    commit = getattr(config, "_commit_hash", None)
    shared: dict[str, Any] = {"revision": commit or revision, "trust_remote_code": False}
    backend = {} if importlib.util.find_spec("torchvision") else {"backend": "pil"}
    processor = AutoProcessor.from_pretrained(name, **shared, **backend)
    _check_processor(name, processor)
    gpu = torch.cuda.is_available()
    where: dict[str, Any] = {"dtype": torch.bfloat16, "device_map": "auto"} if gpu else {"dtype": torch.float32}
    model = AutoModelForImageTextToText.from_pretrained(name, config=config, use_safetensors=True, **shared, **where)
    device = torch.cuda.get_device_name(0) if gpu else "cpu"
    log.info("hub:%s at %s on %s", name, commit or revision or "a local folder", device)
    public = Path(name).name if Path(name).is_dir() else name
    return cls(model.eval(), processor, ModelInfo(f"hub:{public}", str(commit or revision or "local"), device))


def _check_processor(name: str, processor: Any) -> None:
    tokenizer = getattr(processor, "tokenizer", None)
    if tokenizer is None or getattr(processor, "image_processor", None) is None:
        raise ModelError(
            f"Model '{name}' does not take a picture and text together. Choose an image-text-to-text model."
        )
    if not (getattr(processor, "chat_template", None) or getattr(tokenizer, "chat_template", None)):
        raise ModelError(f"Model '{name}' has no chat template: it was not trained to follow instructions.")
    tokenizer.padding_side = "left"  # right padding spoils the shorter rows of a batch
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token


# --- pictures, text, memory


def _picture(path: Path) -> Image.Image:
    """The figure in RGB, shrunk to MOST_PIXELS. A PIL image, because transformers opens any path or URL it is given."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    scale = (MOST_PIXELS / (picture.width * picture.height)) ** 0.5
    if scale >= 1:
        return picture
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _without(text: str, tokens: Iterable[str]) -> str:
    """The text without this model's special tokens, whatever they look like; a plain word is no such token."""
    marked = [token for token in tokens if len(token) > 1 and not token.isalnum()]
    while any(token in text for token in marked):
        for token in marked:
            text = text.replace(token, "")
    return text


@dataclass(frozen=True)
class _Halved:
    """Results in order, and the largest batch that fitted (0: none did)."""

    results: list[Any]
    largest: int


def halving(
    run: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item], give_up: Callable[[Item], Result]
) -> _Halved:
    """`run` over items; where memory runs out, over each half. A single item that does not fit gets `give_up`."""
    try:
        return _Halved(run(items), len(items))
    except (MemoryError, RuntimeError) as exc:
        if not _is_memory(exc):
            raise
    # Outside the handler, so that the failed batch's tensors are no longer held by the traceback.
    _free_memory()
    if len(items) == 1:
        return _Halved([give_up(items[0])], 0)
    log.warning("A batch of %d did not fit into memory; halving it.", len(items))
    middle = len(items) // 2
    one, two = (halving(run, part, give_up) for part in (items[:middle], items[middle:]))
    return _Halved([*one.results, *two.results], max(one.largest, two.largest))


def _is_memory(exc: Exception) -> bool:
    return isinstance(exc, MemoryError) or any(words in str(exc).lower() for words in _NO_MEMORY)


def _free_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
