"""Loading a Hugging Face image-text-to-text model: by id and commit, from a folder, or a LoRA on top of either.

No code from a repository is run, only safetensors are read, and every part comes from one commit. The errors of
transformers and the hub become sentences that say what to do. Torch is imported when a model is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vlm.models.known_models import Setup, setup_of
from vlm.values.captioner import ModelError, ModelInfo

_SPEC = re.compile(r"^(?P<id>[^@]+)(?:@(?P<revision>[\w.\-/]+))?$")
ADAPTER, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

log = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Origin:
    """Where a model comes from: a hub id with a commit, branch or tag, or a folder; and a LoRA folder on top."""

    base: str
    revision: str | None = None
    adapter: Path | None = None

    @property
    def name(self) -> str:
        """What people call it. Of a folder the last part: a record names no path of a machine."""
        place = str(self.adapter or self.base)
        return Path(place).name if self.adapter or Path(place).is_dir() else place


@dataclass(frozen=True)
class Loaded:
    """A model ready to generate, its processor, what the record says of it, and how it is run."""

    model: Any
    processor: Any
    info: ModelInfo
    setup: Setup


def parse_source(spec: str) -> Origin:
    """'<owner>/<name>[@revision]' or a folder, which may hold a LoRA. Raises ModelError."""
    folder = Path(spec)
    if folder.is_dir():
        return _of_folder(folder)
    match = _SPEC.match(spec)
    if not match:
        raise ModelError(f"'{spec}' is not a model. Write hub:<owner>/<name>, or hub:<owner>/<name>@<revision>.")
    return Origin(match["id"], match["revision"])


def _of_folder(folder: Path) -> Origin:
    if not (folder / ADAPTER).is_file():
        return Origin(str(folder))
    if not (folder / ADAPTER_WEIGHTS).is_file():
        raise ModelError(f"The folder {folder} has {ADAPTER} but no {ADAPTER_WEIGHTS}; only safetensors are read.")
    facts = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
    base, revision = facts.get("base_model_name_or_path"), facts.get("revision")
    if not isinstance(base, str) or not base:
        raise ModelError(f"{folder / ADAPTER} does not say what its base model is (base_model_name_or_path).")
    return Origin(base, revision, folder)


def load(spec: str) -> Loaded:
    """The model of `parse_source(spec)`, on the GPU if there is one. Raises ModelError that says what to do."""
    source = parse_source(spec)
    return guarded(source.base if source.adapter else spec.partition("@")[0], lambda: _load(source))


def guarded(name: str, work: Callable[[], Result]) -> Result:
    """`work`, with the errors of transformers and the hub turned into sentences."""
    try:
        return work()
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
            f"machine that has some (locution models get {name}) and point HF_HOME at it. 'builtin' needs no download."
        )
    return f"Model '{name}' could not be loaded ({first}). Choose another model, or 'builtin'."


def _load(source: Origin) -> Loaded:
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    setup = setup_of(source.base)
    # Every part from one commit: a branch may move between two downloads.
    commit = commit_of(source.base, source.revision)
    shared: dict[str, Any] = {"revision": commit or source.revision, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(source.base, **shared)
    processor = load_processor(source.base, shared)
    gpu = torch.cuda.is_available()
    dtype = getattr(torch, setup.dtype) if gpu else torch.float32  # CPUs are slow in 16 bits
    where: dict[str, Any] = {"device_map": "auto"} if gpu else {}
    # Attention is transformers' own choice: scaled dot product wherever the architecture has it.
    model = AutoModelForImageTextToText.from_pretrained(
        source.base, config=config, use_safetensors=True, dtype=dtype, **shared, **where
    )
    if source.adapter:
        model = _with_adapter(model, source.adapter)
    revision = "+".join(filter(None, (str(commit or source.revision or "local"), _hash(source.adapter))))
    device = torch.cuda.get_device_name(0) if gpu else "cpu"
    log.info("hub:%s at %s on %s", source.name, revision, device)
    info = ModelInfo(f"hub:{source.name}", revision, device, prompted=True)
    return Loaded(model.eval(), processor, info, setup)


def commit_of(base: str, revision: str | None) -> str | None:
    """The commit a branch or tag of a repository stands for now, or in the cache; None for a folder, or if unknown."""
    from transformers.utils.hub import resolve_revision

    found = resolve_revision(base, revision)
    commit = getattr(found, "resolved", found)
    return str(commit) if commit and re.fullmatch(r"[0-9a-f]{40}", str(commit)) else None


def load_processor(base: str, shared: dict[str, Any]) -> Any:
    """The processor, checked, set to pad on the left. Raises ModelError for one that takes no pictures."""
    from transformers import AutoProcessor

    backend = {} if importlib.util.find_spec("torchvision") else {"backend": "pil"}
    processor = AutoProcessor.from_pretrained(base, **shared, **backend)
    _check_processor(base, processor)
    return processor


def _with_adapter(model: Any, folder: Path) -> Any:
    """The model with the LoRA merged in, so that reading costs no more than before."""
    from peft import PeftModel

    with peft_beside_transformers():
        return PeftModel.from_pretrained(model, str(folder), is_trainable=False).merge_and_unload()


@contextmanager
def peft_beside_transformers() -> Iterator[None]:
    """peft 0.21 still asks transformers 5 for an attribute under its old name, which warns at every model made."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)
        yield


def _hash(adapter: Path | None) -> str | None:
    if adapter is None:
        return None
    with (adapter / ADAPTER_WEIGHTS).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


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
