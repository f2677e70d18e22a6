"""A prompted model's own sentences, each with its verdict: what of its words may be printed, and what is kept.

A sentence is as right as its claims, and no righter than its names and numbers. One that makes no claim is an
opinion: it stays in the record and is never printed as fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vlm.prompted.mentions import language_of, strange, unbacked
from vlm.values.captioner import Figure, Said
from vlm.values.claim import Judged
from vlm.values.record import RecordSaid
from vlm.words import languages

SentenceVerdict = Literal["supported", "contradicted", "cannot_tell", "opinion"]


@dataclass(frozen=True)
class Checked:
    """A sentence with its verdict, why, the ids of its claims and its language (None: another, or a mixture)."""

    text: str
    verdict: SentenceVerdict
    reason: str | None
    claims: tuple[int, ...]
    language: str | None

    def to_json(self) -> RecordSaid:
        """An entry of "said" in a reading record."""
        return {
            "text": self.text,
            "verdict": self.verdict,
            "reason": self.reason,
            "claims": list(self.claims),
            "language": self.language,
        }


def check_sentences(said: Sequence[Said], judged: Sequence[Judged], figure: Figure) -> list[Checked]:
    """The verdicts on sentences, in their order. Claim ids are positions in `judged`, from 1."""
    return [_check(one, judged, figure) for one in said]


def _check(said: Said, judged: Sequence[Judged], figure: Figure) -> Checked:
    own = [(number, one) for number, one in enumerate(judged, 1) if one.claim in said.claims]
    verdict, reason = _verdict(said, own, figure)
    return Checked(said.text, verdict, reason, tuple(n for n, _ in own), language_of(said.text, figure))


def _verdict(said: Said, own: Sequence[tuple[int, Judged]], figure: Figure) -> tuple[SentenceVerdict, str | None]:
    if stranger := strange(said.text, figure):
        return "contradicted", stranger
    if not own:
        return "opinion", "it makes no claim that can be checked"
    for verdict, words in (("contradicted", "does not hold"), ("cannot_tell", "cannot be told")):
        if wrong := next((number for number, one in own if one.verdict == verdict), None):
            return verdict, f"claim {wrong} {words}"  # type: ignore[return-value]
    loose = unbacked(said.text, said.claims, figure)
    return ("cannot_tell", loose) if loose else ("supported", None)


def own_words(checked: Sequence[Checked], code: str) -> str | None:
    """The caption in the model's words: its supported sentences in that language; None if there are none."""
    good = [one.text for one in checked if one.verdict == "supported" and one.language == code]
    return languages.named(code).between.join(good) or None
