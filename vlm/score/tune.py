"""Fine-tuning a hub model on scenes that label themselves: the picture and the prompt in, what was measured out.

A LoRA (peft, extra 'tune') is trained on the JSON answer a perfect reader would give, in the prompt's own format. It
needs no annotator, can be stopped and run again, and is used as hub:<folder>. What the model then says is verified like
anything else: tuning makes it right more often, never trusted.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vlm.claims.registry import find
from vlm.claims.stating import state
from vlm.claims.verify import judge_all
from vlm.models.hub import Hub
from vlm.models.hub_load import ADAPTER, commit_of, parse_source, peft_beside_transformers
from vlm.models.known_models import is_there
from vlm.prompted.answer import write_claim
from vlm.prompted.labels import clean
from vlm.prompted.schema import MOST_CLAIMS_EACH, MOST_SENTENCES, MOST_TEXT, gene_names, sayable
from vlm.prompted.sentences import check_sentences
from vlm.values.captioner import Figure, ModelError, Said
from vlm.values.claim import Claim, Judged
from vlm.words.caption import compose

IGNORED = -100
"""The label of tokens that are not learnt: the prompt is given, only the answer is the model's to write."""

CHECKPOINT, STATE, OPTIMIZER, LOG = "checkpoint", "state.json", "optimizer.pt", "log.jsonl"


@dataclass(frozen=True)
class Plan:
    """How to train. One figure a forward pass (`gather` of them a step), because figures fill a GPU's memory.

    `rank` of 16 and a `rate` of 1e-4 are usual for LoRA on models of this size; `keep` is steps between checkpoints.
    """

    steps: int = 200
    rank: int = 16
    rate: float = 1e-4
    gather: int = 8
    keep: int = 25
    seed: int = 0


@dataclass(frozen=True)
class Example:
    """A figure as the model gets it, and the answer it should give."""

    figure: Figure
    target: str


def example_of(figure: Figure, language: str = "en") -> Example | None:
    """The example of a figure with evidence; None where nothing can be said of it."""
    target = target_of(figure, language)
    shown = replace(figure, evidence=None, ask=replace(figure.ask, language=language))
    return Example(shown, target) if target else None


def target_of(figure: Figure, language: str = "en") -> str | None:
    """The answer of a perfect reader as JSON: those sentences of the measured caption that, with the claims a model can
    make, would pass the check its own sentences have to pass."""
    assert figure.evidence is not None
    judged = _seen(judge_all(state(figure), figure.evidence, figure.scene))
    prose = compose(judged, figure.scene, figure.genes)
    said = [
        Said(text, _known([judged[n - 1].claim for n in sentence.claims], figure))
        for sentence, text in zip(prose.sentences, prose.told(language), strict=True)
    ]
    again = judge_all([claim for one in said for claim in one.claims], figure.evidence, figure.scene)
    good = [
        {"text": one.text, "claims": [write_claim(claim, figure.layout) for claim in one.claims]}
        for one, checked in zip(said, check_sentences(said, again, figure), strict=True)
        if one.claims and checked.verdict == "supported" and len(one.text) <= MOST_TEXT
    ]
    if not good:
        return None
    return json.dumps({"sentences": good[:MOST_SENTENCES]}, ensure_ascii=False, separators=(",", ":"))


def _seen(judged: Sequence[Judged]) -> list[Judged]:
    """What a picture shows: without what is measured beside it, and without heights to the last base."""
    kinds = ((find(one.claim.kind), one) for one in judged)
    seen = [one for kind, one in kinds if kind is None or not kind.beside]
    return [replace(one, measured={key: told for key, told in one.measured.items() if key != "top"}) for one in seen]


def _known(claims: Sequence[Claim], figure: Figure) -> tuple[Claim, ...]:
    """Claims as the schema has them; none if one is on a gene the prompt does not list: no one could know its name."""
    kinds, genes = sayable(figure), gene_names(figure)
    known = [(claim, kinds[claim.kind]) for claim in claims if claim.kind in kinds]
    if any(kind.value.gene and clean(str(claim.value)) not in genes for claim, kind in known):
        return ()
    said = [claim if kind.value.schema else replace(claim, value=None) for claim, kind in known]
    return tuple(said[:MOST_CLAIMS_EACH])


def split(examples: Sequence[Example], share: float = 0.1) -> tuple[list[Example], list[Example]]:
    """Examples to learn from, and every tenth or so to see whether it helped; none is held out of fewer than ten."""
    every = max(2, round(1 / share))
    if len(examples) < every:
        return list(examples), []
    return [e for n, e in enumerate(examples) if n % every], [e for n, e in enumerate(examples) if not n % every]


class Tuner:
    """Trains a LoRA in `folder`; goes on where it was stopped. Raises ModelError for what cannot be tuned."""

    def __init__(self, base: str, folder: Path, plan: Plan) -> None:
        if not is_there("peft"):
            raise ModelError("Tuning needs peft, which is not installed here. Install the extra 'tune'.")
        self.folder, self.plan, self.step = folder, plan, 0
        self.source = parse_source(base.removeprefix("hub:"))
        if self.source.adapter:
            raise ModelError(
                f"'{base}' is a LoRA already. Tune its base ({self.source.base}), or go on in its own folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        self.hub = Hub.load(base.removeprefix("hub:"))
        self._load()

    def run(self, examples: Sequence[Example], tell: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        """Train to the end of the plan, then write the LoRA into the folder. `tell` gets every step's entry."""
        if not examples:
            raise ModelError("There is nothing to learn from: no scene has anything to say.")
        self.model.train()
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            while self.step < self.plan.steps:
                entry = {"step": self.step + 1, "loss": self._step(self._drawn(examples))}
                self.step += 1
                log.write(json.dumps(entry) + "\n")
                tell(entry)
                if self.step % self.plan.keep == 0 or self.step == self.plan.steps:
                    self._keep()
        self._save(self.folder)

    def loss(self, examples: Sequence[Example]) -> float | None:
        """The mean loss a token of the answers, without learning from them; None of no examples."""
        import torch

        if not examples:
            return None
        self.model.eval()
        with torch.inference_mode():
            found = [float(self._forward(example)) for example in examples]
        return sum(found) / len(found)

    # --- one step

    def _drawn(self, examples: Sequence[Example]) -> Iterator[Example]:
        """The examples of this step: epoch after epoch, each in an order of its own, so that a stop loses no place."""
        for place in range(self.step * self.plan.gather, (self.step + 1) * self.plan.gather):
            epoch, number = divmod(place, len(examples))
            order = list(range(len(examples)))
            random.Random(f"{self.plan.seed}:{epoch}").shuffle(order)
            yield examples[order[number]]

    def _step(self, examples: Iterator[Example]) -> float:
        import torch

        total = 0.0
        for example in examples:
            loss = self._forward(example) / self.plan.gather
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self._parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return round(total, 5)

    def _forward(self, example: Example) -> Any:
        """The loss of one answer: the prompt's tokens do not count, the answer's and an end token do."""
        inputs, prompt = self._filled(example)
        labels = inputs["input_ids"].clone()
        labels[:, :prompt] = IGNORED
        return self.model(**inputs, labels=labels).loss

    def _filled(self, example: Example) -> tuple[Any, int]:
        """The inputs of a prompt with its answer behind it, as generation leaves them, and where that begins."""
        import torch

        inputs = self.hub.on_device(self.hub.inputs([example.figure]))
        answer = self._answer(example.target).to(inputs["input_ids"].device)
        length = inputs["input_ids"].shape[1]
        for name, tensor in list(inputs.items()):
            if name != "input_ids" and tensor.shape == (1, length):  # a mask or a type of each token
                filler = torch.ones_like(answer) if name == "attention_mask" else torch.zeros_like(answer)
                inputs[name] = torch.cat([tensor, filler.to(tensor.dtype)], dim=1)
        inputs["input_ids"] = torch.cat([inputs["input_ids"], answer], dim=1)
        return inputs, length

    def _answer(self, target: str) -> Any:
        """Token ids (1, n) of an answer as generation would write it, its end token last."""
        import torch

        tokenizer = self.hub.processor.tokenizer
        ends = self.hub.end_tokens()
        end = tokenizer.eos_token_id if tokenizer.eos_token_id in ends or not ends else min(ends)
        return torch.tensor([[*tokenizer(target, add_special_tokens=False)["input_ids"], end]])

    # --- the LoRA and its checkpoints

    def _load(self) -> None:
        """A new LoRA on the base, or the one of the last checkpoint."""
        import torch
        from peft import LoraConfig, PeftModel, get_peft_model

        place, old = self.folder / CHECKPOINT, self.folder / f"{CHECKPOINT}.old"
        if old.exists() and not place.exists():  # stopped while one was put in the other's place
            old.rename(place)
        if (place / STATE).is_file():
            state = json.loads((place / STATE).read_text(encoding="utf-8"))
            self._check_same(state)
            self.step = int(state["step"])
            with peft_beside_transformers():
                self.model = PeftModel.from_pretrained(self.hub.model, str(place), is_trainable=True)
        else:
            torch.manual_seed(self.plan.seed)
            config = LoraConfig(
                r=self.plan.rank,
                lora_alpha=2 * self.plan.rank,
                target_modules="all-linear",
                base_model_name_or_path=self.source.base,
            )
            with peft_beside_transformers():
                self.model = get_peft_model(self.hub.model, config)
        self.model.peft_config["default"].revision = commit_of(self.source.base, self.source.revision)
        self.optimizer = torch.optim.AdamW(self._parameters(), lr=self.plan.rate)
        if self.step:
            self.optimizer.load_state_dict(torch.load(place / OPTIMIZER, weights_only=True))

    def _check_same(self, state: dict[str, Any]) -> None:
        mine = self._state()
        other = [name for name in ("base", "revision", "rank", "seed", "gather") if state.get(name) != mine[name]]
        if other:
            raise ModelError(
                f"{self.folder} holds a run with another {other[0]} ({state.get(other[0])}, not {mine[other[0]]}). "
                "Go on with the same, or choose another folder."
            )

    def _state(self) -> dict[str, Any]:
        commit = commit_of(self.source.base, self.source.revision)
        return {"base": self.source.base, "revision": commit, "step": self.step, **asdict(self.plan)}

    def _parameters(self) -> list[Any]:
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    def _keep(self) -> None:
        """Write a checkpoint beside the last one, then put it in its place: a stop in between loses neither."""
        import torch

        partial, place = self.folder / f"{CHECKPOINT}.partial", self.folder / CHECKPOINT
        shutil.rmtree(partial, ignore_errors=True)
        self._save(partial)
        torch.save(self.optimizer.state_dict(), partial / OPTIMIZER)
        (partial / STATE).write_text(json.dumps(self._state()), encoding="utf-8")
        old = self.folder / f"{CHECKPOINT}.old"
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.rename(old)
        partial.rename(place)
        shutil.rmtree(old, ignore_errors=True)

    def _save(self, folder: Path) -> None:
        self.model.save_pretrained(str(folder), safe_serialization=True)
        if not (folder / ADAPTER).is_file():
            raise ModelError(f"peft wrote no {ADAPTER} into {folder}.")
