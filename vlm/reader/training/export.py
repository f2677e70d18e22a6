"""From a checkpoint to the weights that ship: fp16 safetensors, config, and card.json with the revision and scores."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from vlm.reader import model as architecture


def export(checkpoint: Path, folder: Path, facts: dict[str, Any]) -> str:
    """Write the weights of `checkpoint` into `folder`; returns the revision, a hash of the weights."""
    state = torch.load(checkpoint, weights_only=True)
    model = architecture.new_model()
    model.load_state_dict(state["model"])
    model.half().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)  # decoding is ours, under a grammar
    (folder / "model.safetensors").chmod(0o644)
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]
    card = {"revision": digest, "steps": state["step"], "hours": round(state["spent"] / 3600, 2), **facts}
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return digest
