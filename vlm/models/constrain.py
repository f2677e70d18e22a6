"""Constrained decoding: of every next token only those are left that a JSON schema allows (extra 'constrained').

One `Grammar` a tokenizer (it takes about a second to make), one `Constraint` a generate call. Where the library is not
installed, or cannot take a tokenizer or a schema, decoding is free and the answer is read as it comes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from vlm.models.known_models import is_there

log = logging.getLogger(__name__)


class Grammar:
    """A tokenizer as llguidance knows it. Make it with `of`."""

    def __init__(self, tokenizer: Any, ends: Sequence[int]) -> None:
        self._tokenizer, self._ends = tokenizer, ends

    @classmethod
    def of(cls, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> Grammar | None:
        """For a fast tokenizer, the width of the logits and the end tokens; None, with a log line, if that fails."""
        if not is_there("llguidance"):
            log.info("llguidance is not installed (extra 'constrained'): answers are not constrained to the schema")
            return None
        from llguidance.hf import from_tokenizer

        try:
            return cls(from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=list(ends) or None), ends)
        except (ValueError, RuntimeError, TypeError) as error:
            log.warning("this tokenizer cannot be constrained (%s): answers come as they are", error)
            return None

    def constraint(self, schemas: Sequence[dict[str, Any]]) -> Constraint | None:
        """A logits processor for rows that are to follow these schemas; None, with a log line, if one is refused."""
        from llguidance import LLMatcher

        matchers = []
        for schema in schemas:
            # No optional whitespace: a model that may write some can do so to its token limit.
            grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), {"whitespace_flexible": False})
            matcher = LLMatcher(self._tokenizer, grammar)
            if matcher.is_error():
                log.warning("this schema cannot be followed (%s): answers come as they are", matcher.get_error())
                return None
            matchers.append(matcher)
        return Constraint(matchers, self._ends)


class Constraint:
    """A logits processor of transformers: row n follows matcher n. For one generate call."""

    def __init__(self, matchers: Sequence[Any], ends: Sequence[int]) -> None:
        self._matchers, self._ends, self._began = matchers, list(ends), False

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """`scores` (rows, vocabulary) with what may not come next set to minus infinity."""
        import torch

        if self._began:
            for matcher, token in zip(self._matchers, input_ids[:, -1].tolist(), strict=True):
                if not matcher.is_stopped():
                    matcher.consume_token(token)
        self._began = True
        width = scores.shape[1]
        barred = np.stack([self._barred(matcher, width) for matcher in self._matchers])
        return scores.masked_fill_(torch.from_numpy(barred).to(scores.device), float("-inf"))

    def _barred(self, matcher: Any, width: int) -> np.ndarray:
        """Truth values (width,): tokens that may not come next in this row."""
        if matcher.is_error():  # it has lost its way, which is no reason to lose the answer
            return np.zeros(width, bool)
        barred = np.ones(width, bool)
        if matcher.is_stopped():  # the answer is complete: all that is left to say is that it ends
            barred[self._ends] = False
        else:
            bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")[:width]
            barred[: len(bits)] = bits == 0
        return barred
