"""Models on this machine: what is in the cache of the Hugging Face hub, what would run here, and how to fetch one.

The cache is the hub's own (HF_HOME), so that what was fetched by other programs is found too. Weights are never read
here, and nothing is fetched but by `fetch`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm.models.hub_load import guarded, parse_source
from vlm.models.known_models import BYTES_A_PARAMETER, ROOM, Known, Setup, missing
from vlm.values.captioner import ModelError

WANTED = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.jinja", "*.txt", "*.model", "LICENSE*"]
"""Files of a repository that are fetched: never pickles, code, or the same weights in other formats."""

UNWANTED = ["*.gguf", "onnx/*", "*/onnx/*", "original/*", "*.py"]

CPU_LARGEST = 1.0
"""Billions of parameters above which a model on a CPU takes minutes a figure: it runs, but nobody would wait."""


@dataclass(frozen=True)
class Machine:
    """What there is to run a model on: GPUs with their memory, and the memory of the machine, in GB."""

    gpus: tuple[tuple[str, float], ...]
    memory: float

    def describe(self) -> str:
        """One line for a person."""
        if not self.gpus:
            return f"no GPU, {self.memory:.0f} GB of memory"
        return ", ".join(f"{name} ({memory:.0f} GB)" for name, memory in self.gpus)


@dataclass(frozen=True)
class Cached:
    """A revision in the cache, with its size. `complete`: it has weights, and a configuration."""

    revision: str
    gigabytes: float
    complete: bool


def this_machine() -> Machine:
    """GPUs as torch sees them, and the memory of the machine. Imports torch."""
    import torch

    found = [torch.cuda.get_device_properties(number) for number in range(torch.cuda.device_count())]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Machine(tuple((one.name, one.total_memory / 1e9) for one in found), memory)


def cached() -> dict[str, list[Cached]]:
    """The models in the cache by id, every revision of each."""
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        found = scan_cache_dir()
    except CacheNotFound:
        return {}
    return {repo.repo_id: [_cached(one) for one in repo.revisions] for repo in found.repos if repo.repo_type == "model"}


def _cached(revision: Any) -> Cached:
    names = {file.file_name for file in revision.files}
    weights = any(name.endswith(".safetensors") for name in names)
    return Cached(revision.commit_hash, revision.size_on_disk / 1e9, weights and "config.json" in names)


def obstacle(parameters: float | None, setup: Setup, machine: Machine) -> str | None:
    """Why a model of so many billions of parameters would not run here, or None."""
    absent = missing(setup)
    if absent:
        return f"needs {' and '.join(absent)} (extra 'gpu')"
    if parameters is None:
        return None
    if machine.gpus:
        needed, there = parameters * BYTES_A_PARAMETER * ROOM, sum(memory for _, memory in machine.gpus)
        return None if needed <= there else f"needs about {needed:.1f} GB of GPU memory, there is {there:.0f} GB"
    needed = 2 * parameters * BYTES_A_PARAMETER * ROOM
    if needed > machine.memory:
        return f"needs about {needed:.0f} GB of memory on a CPU, there is {machine.memory:.0f} GB"
    return None if parameters <= CPU_LARGEST else "too slow without a GPU: minutes a figure"


def fetch(spec: str, tell: Callable[[str], None] = lambda _: None) -> Cached:
    """Fetch '<id>[@revision]' into the cache, at one commit. Raises ModelError, also where nothing may be fetched."""
    from huggingface_hub import constants, snapshot_download

    source = parse_source(spec.removeprefix("hub:"))
    if Path(source.base).is_dir():
        raise ModelError(f"'{source.base}' is a folder; there is nothing to fetch.")
    if constants.HF_HUB_OFFLINE:
        raise ModelError(
            f"Model '{source.base}' cannot be fetched: HF_HUB_OFFLINE is set. Unset it, or fetch on "
            "another machine and copy its HF_HOME."
        )
    tell(f"fetching {source.base} at {source.revision or 'main'}")
    folder = guarded(
        source.base,
        lambda: snapshot_download(
            source.base, revision=source.revision, allow_patterns=WANTED, ignore_patterns=UNWANTED
        ),
    )
    return folder_facts(Path(str(folder)))


def folder_facts(folder: Path) -> Cached:
    """A snapshot folder of the cache: its name is the commit. Raises ModelError if it has no safetensors."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    if not any(file.suffix == ".safetensors" for file in files):
        raise ModelError(f"The repository at {folder.name} has no safetensors: its weights are not read here.")
    return Cached(folder.name, sum(file.stat().st_size for file in files) / 1e9, True)


@dataclass(frozen=True)
class Report:
    """What `check` found of one model. `trouble` says why it would not run here; empty if it would."""

    name: str
    facts: Mapping[str, str]
    trouble: tuple[str, ...]


def check(spec: str, machine: Machine, known: Known | None, setup: Setup) -> Report:
    """Whether a model would run here, without its weights: its configuration and processor are loaded from the cache or
    folder (or fetched, if one may), and sizes are compared. Never raises for the model."""
    source = parse_source(spec.removeprefix("hub:"))
    trouble = [text] if (text := obstacle(known.parameters if known else None, setup, machine)) else []
    facts = {
        "machine": machine.describe(),
        "licence": (known.licence if known else None) or "not known here: see its card",
    }
    there = cached().get(source.base, [])
    if Path(source.base).is_dir():
        facts["weights"] = "a folder on this machine"
    else:
        complete = [one for one in there if one.complete]
        facts["weights"] = ", ".join(f"{c.revision[:12]} ({c.gigabytes:.1f} GB)" for c in complete) or "not fetched"
    try:
        facts["class"] = guarded(source.base, lambda: _architecture(source.base, source.revision))
    except ModelError as error:
        trouble.append(str(error))
    return Report(source.name, facts, tuple(trouble))


def _architecture(base: str, revision: str | None) -> str:
    """The model's class, once its configuration and processor have been loaded. Raises what transformers raises."""
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING

    from vlm.models.hub_load import load_processor

    shared: dict[str, Any] = {"revision": revision, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(base, **shared)
    if type(config) not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        raise ModelError(f"Model '{base}' is a {config.model_type}: it does not take pictures and answer in text.")
    load_processor(base, shared)
    return str(MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING[type(config)].__name__)
