"""Sentences on how polymerase runs along genes: where inside one it steps up, and how far past their ends it goes on.

Gets supported claims, so whatever is said here holds; every number is the measured one of its claim.
"""

from __future__ import annotations

from collections.abc import Sequence

from vlm.values.claim import Judged
from vlm.words.clauses.clause import Series
from vlm.words.clauses.nascent import Past, PastEnds, StepsUp
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_STEPS, RANK_INTO, RANK_PAST = -3, 1.2, 2.2
"""That a gene is transcribed from a place inside it says more than that it is on its strand; that it is past its end
more where another gene lies there."""

MOST_ENDS, MOST_STEPS = 2, 1
"""Ends of genes, and genes that are stepped up in, that are told."""


def tell_nascent(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Where transcription steps up, then past which ends it goes on: past those that it runs into another gene from
    first, then where it goes on at the highest level."""
    steps = [pair for pair in supported(judged) if pair[1].claim.kind == "steps_up"][:MOST_STEPS]
    told = []
    if steps:
        clause = Series(tuple(_steps(one, setting) for _, one in steps))
        told.append(sentence(clause, [number for number, _ in steps], RANK_STEPS))
    past = [pair for pair in supported(judged) if pair[1].claim.kind == "past_end"]
    past.sort(
        key=lambda pair: (not pair[1].measured["into"], -float(pair[1].measured["mean"]) * pair[1].measured["bp"])
    )
    apart = {(one.claim.tracks[0], one.claim.start): (number, one) for number, one in reversed(past)}
    shown = [pair for pair in past if pair in apart.values()][:MOST_ENDS]
    if shown:
        shown.sort(key=lambda pair: pair[1].claim.tracks)
        ends = PastEnds(tuple(_past(one, setting) for _, one in shown))
        rank = RANK_INTO if any(one.measured["into"] for _, one in shown) else RANK_PAST
        told.append(sentence(ends, [number for number, _ in shown], rank, Role.EVENT))
    return told


def _past(one: Judged, setting: Setting) -> Past:
    m = one.measured
    who = setting.labels.of([one.claim.tracks[0]])
    return Past(who, str(m["gene"]), int(m["bp"]), float(m["mean"]), float(m["body"]), tuple(map(str, m["into"])))


def _steps(one: Judged, setting: Setting) -> StepsUp:
    m = one.measured
    return StepsUp(
        setting.labels.of([one.claim.tracks[0]]),
        str(m["gene"]),
        int(m["at"]),
        m["top"],
        float(m["before"]),
        float(m["after"]),
        m["fold"],
        m["at_start"],
        m["tss_bp"],
    )
