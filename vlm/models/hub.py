"""Any Hugging Face image-text-to-text model as a captioner, on a GPU or (slowly) on a CPU.

Knows transformers and nothing of any one model: the processor's own chat template, greedy decoding, left padding.
Loading is `vlm.models.hub_load`'s, batches are `vlm.models.hub_batch`'s, the answer's grammar is
`vlm.models.constrain`'s.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from vlm.claims.join import join_claims
from vlm.models.constrain import Grammar
from vlm.models.hub_batch import Batches, Deadline, free_share, halving
from vlm.models.hub_load import Loaded, load
from vlm.models.known_models import NO_THINKING, USUAL, Setup
from vlm.models.remote_answer import STILL_THINKING, without_thought
from vlm.prompted.answer import parse_answer
from vlm.prompted.prompts import build_prompt
from vlm.prompted.schema import MOST_TOKENS, answer_schema
from vlm.values.captioner import CANCELLED, Figure, ModelInfo, RawReading

AT_ONCE = 8
"""Figures of one generate call to begin with; halved whenever memory does not suffice."""

MOST_SECONDS = 300.0
"""Of one generate call. A batch is two of them, and two more where answers broke off: within a worker's hard limit."""

PIXELS_A_TOKEN = 784
"""Of a picture, with Qwen-VL; good enough to tell long prompts from short ones with any model."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Generated:
    """What the model wrote of one figure. `cut`: it was stopped before it was done, by its token limit or by `stopped`
    ('time', 'cancel')."""

    text: str
    cut: bool
    stopped: str | None = None


class Hub:
    """The captioner called 'hub:<id>'. Make it with `Hub.load`.

    `cancelled` is asked between tokens; once it says so, what is not read yet gets an error. Set it before `read`.
    """

    def __init__(self, model: Any, processor: Any, info: ModelInfo, setup: Setup = USUAL) -> None:
        self.model, self.processor, self._info, self.setup = model, processor, info, setup
        self.cancelled: Callable[[], bool] = lambda: False
        self.seconds = MOST_SECONDS
        self._batches = Batches(AT_ONCE)
        self._grammar = Grammar.of(processor.tokenizer, _width(model), sorted(self.end_tokens())) if model else None

    @classmethod
    def load(cls, spec: str) -> Hub:
        """Load '<Hugging Face id>[@revision]' or the path of a folder. Raises ModelError that says what to do."""
        loaded: Loaded = load(spec)
        return cls(loaded.model, loaded.processor, loaded.info, loaded.setup)

    @property
    def info(self) -> ModelInfo:
        """Name, commit and device."""
        return self._info

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """Read figures in batches as large as memory allows; one that does not fit even alone gets an error.

        An answer that the token limit cut off is asked for once more, shorter.
        """
        readings = self._read(figures)
        cut = [n for n, (written, _) in enumerate(readings) if _broke_off(written) and not figures[n].ask.short]
        shorter = [replace(figures[n], ask=replace(figures[n].ask, short=True)) for n in cut]
        final = [raw for _, raw in readings]
        for n, (written, raw) in zip(cut, self._read(shorter), strict=True):
            if raw.error is None and not _broke_off(written):
                final[n] = replace(raw, warnings=(*raw.warnings, "A first answer broke off; this is a shorter one."))
        return final

    def _read(self, figures: Sequence[Figure]) -> list[tuple[Generated | RawReading, RawReading]]:
        """What was written of each figure, and what that says. A batch's pictures and prompts are made ready while the
        model writes of the one before."""
        written: dict[int, Generated | RawReading] = {}
        batches = self._batches.of(figures, [self._length(figure) for figure in figures])
        places = next(batches, None)
        with ThreadPoolExecutor(1) as ahead:
            ready = ahead.submit(self.inputs, [figures[n] for n in places]) if places else None
            while places and ready:
                part, inputs = [figures[n] for n in places], _ready(ready)
                following = next(batches, None)
                ready = ahead.submit(self.inputs, [figures[n] for n in following]) if following else None
                done = halving(partial(self._generate_whole, inputs, len(part)), part, _too_large)
                self._batches.note(len(part), done.largest, free_share())
                written |= zip(places, done.results, strict=True)
                places = following
        return [(written[n], _reading(written[n], figure)) for n, figure in enumerate(figures)]

    def _generate_whole(self, inputs: Any, count: int, figures: Sequence[Figure]) -> list[Generated | RawReading]:
        """Of a whole batch of `count` with what was made ready for it; of a part of it, anew."""
        return self.generate(figures, inputs if len(figures) == count else None)

    def generate(self, figures: Sequence[Figure], inputs: Any = None) -> list[Generated | RawReading]:
        """What the model writes of each figure, in one forward batch; `inputs` are theirs, where they are made."""
        import torch

        deadline = Deadline(self.seconds, self.cancelled)
        if deadline.is_over():
            return [Generated("", True, deadline.reason) for _ in figures]
        inputs = self.inputs(figures) if inputs is None else inputs
        inputs = self.on_device(inputs)
        constraint = self._grammar.constraint([answer_schema(figure) for figure in figures]) if self._grammar else None
        with torch.inference_mode():
            output = self.model.generate(
                **inputs,
                max_new_tokens=MOST_TOKENS,
                do_sample=False,
                num_beams=1,
                pad_token_id=self._pad(),
                stopping_criteria=_stopping(deadline),
                logits_processor=_processors(constraint),
            )
        new = output[:, inputs["input_ids"].shape[1] :]
        texts = self.processor.tokenizer.batch_decode(new, skip_special_tokens=True)
        ends = self.end_tokens()
        cut = [not ends.intersection(row) for row in new.tolist()]
        return [
            Generated(text, is_cut, deadline.reason if is_cut else None)
            for text, is_cut in zip(texts, cut, strict=True)
        ]

    def inputs(self, figures: Sequence[Figure]) -> Any:
        """The model's inputs for these figures, in the main memory: picture first, prompt after it, padded left."""
        conversations = [[{"role": "user", "content": self.content(figure)}] for figure in figures]
        return self.processor.apply_chat_template(
            conversations,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
            **template_options(self.processor),
        )

    def on_device(self, inputs: Any) -> Any:
        """The same inputs where the model is, in its precision."""
        return inputs.to(self.model.device, dtype=self.model.dtype)

    def content(self, figure: Figure) -> list[dict[str, Any]]:
        """One turn of the conversation: the picture, shrunk to the model's cap, and the prompt."""
        picture = fit_picture(figure.png, self.setup.pixels)
        return [{"type": "image", "image": picture}, {"type": "text", "text": self._prompt(figure)}]

    def _prompt(self, figure: Figure) -> str:
        return _without(build_prompt(figure), self.processor.tokenizer.all_special_tokens)

    def _length(self, figure: Figure) -> int:
        """About how many tokens the figure and its prompt take."""
        words = len(self.processor.tokenizer(self._prompt(figure), add_special_tokens=False)["input_ids"])
        return words + min(self.setup.pixels, figure.layout.width * figure.layout.height) // PIXELS_A_TOKEN

    def end_tokens(self) -> set[int]:
        """The tokens with which the model ends an answer."""
        ends = self.model.generation_config.eos_token_id
        return {ends} if isinstance(ends, int) else set(ends or ())

    def _pad(self) -> int | None:
        tokenizer = self.processor.tokenizer
        pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        return None if pad is None else int(pad)


def _ready(made: Future[Any]) -> Any:
    """What was made ready; None where memory did not suffice, for `halving` to find out with less."""
    try:
        return made.result()
    except (MemoryError, RuntimeError):
        return None


def _width(model: Any) -> int:
    """The number of tokens the model can write: its config's, which may be more than the tokenizer's."""
    return int(model.config.get_text_config().vocab_size)


def _stopping(deadline: Deadline) -> Any:
    from transformers import StoppingCriteriaList

    return StoppingCriteriaList([deadline])


def _processors(constraint: Any) -> Any:
    from transformers import LogitsProcessorList

    return LogitsProcessorList([constraint] if constraint else [])


def template_options(processor: Any) -> dict[str, bool]:
    """Models that think aloud are told not to, by the name their template has for it."""
    template = str(getattr(processor, "chat_template", None) or processor.tokenizer.chat_template)
    return {name: value for name, value in NO_THINKING.items() if re.search(rf"\b{name}\b", template)}


def _broke_off(written: Generated | RawReading) -> bool:
    """Whether the token limit cut the answer off; to one that ran out of time the same would happen again."""
    return isinstance(written, Generated) and written.cut and written.stopped is None


def _reading(written: Generated | RawReading, figure: Figure) -> RawReading:
    """The claims of an answer, with what follows from them and the annotation."""
    if isinstance(written, RawReading):
        return written
    text, thinking = without_thought(written.text)
    if thinking and written.cut and not written.stopped:
        return RawReading((), error=STILL_THINKING)
    raw = parse_answer(text, figure, cut=written.cut)
    if written.stopped and raw.error:
        return replace(raw, error=_STOPPED[written.stopped])
    return with_joined(raw, figure)


def with_joined(raw: RawReading, figure: Figure) -> RawReading:
    """The claims of an answer with what follows from them and the annotation, each once; a screenshot has none."""
    if raw.error or figure.ask.screenshot:
        return raw
    said = {(claim.kind, claim.tracks, str(claim.value)) for claim in raw.claims}
    joined = [c for c in join_claims(raw.claims, figure) if (c.kind, c.tracks, str(c.value)) not in said]
    return replace(raw, claims=(*raw.claims, *joined))


_STOPPED = {
    "time": "The model took longer than a batch may take.",
    "cancel": CANCELLED,
}


def _too_large(figure: Figure) -> Generated | RawReading:
    return RawReading((), error=f"There was not enough memory to read {figure.png.name}, even alone.")


# --- pictures and text


def fit_picture(path: Path, pixels: int) -> Image.Image:
    """The figure in RGB, shrunk to so many pixels. A PIL image: transformers opens any path or URL it is given."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    scale = (pixels / (picture.width * picture.height)) ** 0.5
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
