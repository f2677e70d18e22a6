"""Training in two stages: the vision tower learns to regress drawn heights, then the whole model learns to say claims
(and goes on with the heights beside it). A run that starts from exported weights needs no first stage.

Resumable: the checkpoint holds weights, optimiser, random state and the time spent; the learning rate follows the
share of the time budget that is used, so a run fits the hours there are.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vlm.reader import model as architecture
from vlm.reader import strips, tokens
from vlm.reader.training.data import Batch, Shards

BATCH = 32
HALVES = any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
"""Whether this processor multiplies in bfloat16; one that only imitates it takes eight times as long as in float32."""

RATE = 1.5e-3
"""Learning rate at its highest, from random weights; cosine to a twentieth of it. Half of it to go on from trained
ones."""

VISION_RATE = 0.4
"""Share of the rate for the vision tower once it has learned the heights."""

WARM_UP = 0.02
DENSE_SHARE = 0.10
"""Share of the time budget for the first stage."""

CHECKPOINT_SECONDS = 120.0
NEIGHBOUR = 0.08
"""Target probability of the location bins beside the right one: nearly right is better than wrong."""

DENSE_WEIGHT = 2.0
"""Weight of the height regression beside the claims: it keeps the vision tower exact, at hardly any cost."""


class Trainer:
    """One training run in `folder` (checkpoint.pt, log.jsonl). `start` are exported weights to go on from."""

    def __init__(
        self, shards: Shards, folder: Path, minutes: float, seed: int = 0, start: Path | None = None, rate: float = RATE
    ) -> None:
        torch.manual_seed(seed)
        self.shards, self.folder, self.budget = shards, folder, minutes * 60
        self.rng = np.random.default_rng(seed)
        self.rate = rate
        self.dense_share = DENSE_SHARE if start is None else 0.0
        self.model = architecture.new_model()
        if start is not None:
            architecture.load_grown(self.model, start)
        self.dense = nn.Linear(architecture.HIDDEN, tokens.LOCATIONS * 2 // strips.TOKENS)
        vision = [*self.model.model.visual.parameters(), *self.dense.parameters()]
        seen = {id(parameter) for parameter in vision}
        text = [parameter for parameter in self.model.parameters() if id(parameter) not in seen]
        self.optimizer = torch.optim.AdamW(
            [{"params": vision, "part": "vision"}, {"params": text, "part": "text"}],
            lr=rate,
            weight_decay=0.02,
            betas=(0.9, 0.98),
        )
        self.spent, self.step = 0.0, 0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "checkpoint.pt").exists():
            self._load()

    def run(self, report: Callable[[dict[str, Any]], None]) -> None:
        """Train until the budget is used; `report` gets {"step", "stage", "loss", "progress"} each step."""
        saved = time.monotonic()
        while self.spent < self.budget:
            started = time.monotonic()
            entry = self.train_step()
            self.spent += time.monotonic() - started
            self.step += 1
            report(entry)
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self.save()
                self.shards.refresh()
                saved = time.monotonic()
        self.save()

    def train_step(self) -> dict[str, Any]:
        """One batch: {"step", "stage", "loss", "progress"}."""
        progress = self.spent / self.budget
        stage = "dense" if progress < self.dense_share else "claims"
        self._set_rates(progress, stage)
        batch = self.shards.batch(self.rng, BATCH)
        self.model.train()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALVES):
            loss = self._dense_loss(batch) if stage == "dense" else self._claims_and_heights(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return {"step": self.step, "stage": stage, "loss": loss.item(), "progress": progress}

    def _dense_loss(self, batch: Batch) -> torch.Tensor:
        features = architecture.visual_features(self.model, batch.ink)
        return self._height_loss(features, batch)

    def _claims_and_heights(self, batch: Batch) -> torch.Tensor:
        """Both losses from one pass of the vision tower."""
        seen: list[torch.Tensor] = []
        visual = self.model.model.visual
        hook = visual.register_forward_hook(lambda module, given, out: seen.append(out.pooler_output))
        try:
            loss = claims_loss(self.model, batch)
        finally:
            hook.remove()
        features = seen[0].view(len(batch.ink), strips.TOKENS, architecture.HIDDEN)
        return loss + DENSE_WEIGHT * self._height_loss(features, batch)

    def _height_loss(self, features: torch.Tensor, batch: Batch) -> torch.Tensor:
        """Mean absolute error of the drawn heights, over the strips that are signals."""
        rows, cols = 2, tokens.LOCATIONS // 8  # merged tokens: 2 rows x 16 columns, 8 bins a column
        heights = self.dense(features).view(len(batch.ink), rows, cols, 8).sum(dim=1).view(len(batch.ink), -1).float()
        target = torch.from_numpy(batch.heights)
        known = torch.isfinite(target)
        loss: torch.Tensor = ((heights - target.nan_to_num()).abs() * known).sum() / known.sum().clamp(min=1)
        return loss

    def _set_rates(self, progress: float, stage: str) -> None:
        share = self.dense_share
        inside = progress / share if stage == "dense" else (progress - share) / (1 - share)
        warm = min(1.0, inside / WARM_UP) if WARM_UP else 1.0
        rate = self.rate * warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, inside))))
        for group in self.optimizer.param_groups:
            group["lr"] = rate * (VISION_RATE if stage == "claims" and group["part"] == "vision" else 1.0)

    def save(self) -> None:
        """Write the checkpoint (atomically)."""
        partial = self.folder / "checkpoint.part"
        torch.save(
            {
                "model": self.model.state_dict(),
                "dense": self.dense.state_dict(),
                "step": self.step,
                "optimizer": self.optimizer.state_dict(),
                "spent": self.spent,
                "rng": json.dumps(self.rng.bit_generator.state),
            },
            partial,
        )
        partial.rename(self.folder / "checkpoint.pt")

    def _load(self) -> None:
        state = torch.load(self.folder / "checkpoint.pt", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.dense.load_state_dict(state["dense"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.spent, self.step = state["spent"], state["step"]
        self.rng.bit_generator.state = json.loads(state["rng"])


def claims_loss(model: Any, batch: Batch) -> torch.Tensor:
    """Cross-entropy of the answers' tokens, location bins softened towards their neighbours."""
    text = architecture.text_inputs(batch.answers)
    inputs = architecture.pixel_inputs(batch.ink) | text
    logits = model(**inputs).logits[:, len(architecture.PROMPT) : -1]
    target = text["input_ids"][:, len(architecture.PROMPT) + 1 :]
    log_probability = functional.log_softmax(logits.float(), dim=-1)
    return -(_soft_target(target) * log_probability).sum(dim=-1)[target != tokens.PAD].mean()


def _soft_target(target: torch.Tensor) -> torch.Tensor:
    """Target distribution, shape (n, length, vocabulary)."""
    one_hot = functional.one_hot(target, len(tokens.VOCABULARY)).float()
    bins = one_hot[..., tokens.L0 : tokens.L0 + tokens.LOCATIONS]
    left = functional.pad(bins[..., 1:], (0, 1))
    right = functional.pad(bins[..., :-1], (1, 0))
    soft = bins * (1 - 2 * NEIGHBOUR) + NEIGHBOUR * (left + right)
    soft = soft + bins * (bins.sum(-1, keepdim=True) - soft.sum(-1, keepdim=True))  # at the window's edges
    one_hot[..., tokens.L0 : tokens.L0 + tokens.LOCATIONS] = soft
    return one_hot
