"""A second chance for a prompted model: what of its first answer did not hold is named, and it looks again.

It is told which of its own statements were wrong, never what was measured. Whatever it says then is judged like the
first answer, and nothing of the first is lost: what did not hold stays in the record, struck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from renderer.values.evidence import Evidence
from vlm.claims.verify import judge_all
from vlm.prompted.ask import quoted
from vlm.prompted.labels import clean
from vlm.prompted.sentences import check_sentences
from vlm.values.captioner import Figure, RawReading
from vlm.words.caption import statement
from vlm.words.english.language import English

MOST_WRONG = 12
"""Wrong statements a model is told of; one that makes more is not helped by a longer list."""

Again = Callable[[list[Figure]], list[RawReading]]


def repair(
    figures: Sequence[Figure], shown: Sequence[Figure], first: Sequence[RawReading], again: Again
) -> list[RawReading]:
    """Readings in which every figure with wrong statements was asked about once more.

    `figures` carry the measurements, `shown` are the same as the model gets them, `again` reads those.
    """
    wrong = [wrong_statements(figure, raw) for figure, raw in zip(figures, first, strict=True)]
    due = [number for number, statements in enumerate(wrong) if statements]
    if not due:
        return list(first)
    asked = [replace(shown[n], ask=replace(shown[n].ask, wrong=wrong[n])) for n in due]
    second = dict(zip(due, again(asked), strict=True))
    return [merge(raw, second[n]) if n in second else raw for n, raw in enumerate(first)]


def wrong_statements(figure: Figure, raw: RawReading) -> tuple[str, ...]:
    """What did not hold of a first answer, in the words of its claims and sentences; no measured number."""
    judged = judge_all(raw.claims, figure.evidence or Evidence(figure.region, {}), figure.scene)
    scene, english = quoted(figure.scene), English(figure.region)
    claims = [english.entry(statement(one.claim, scene)) for one in judged if one.verdict == "contradicted"]
    made_up = [
        f"'{clean(one.text)}' ({one.reason})"
        for one in check_sentences(raw.sentences, judged, figure)
        if one.verdict == "contradicted" and not any(judged[n - 1].verdict == "contradicted" for n in one.claims)
    ]
    return tuple(dict.fromkeys([*map(clean, claims), *made_up]))[:MOST_WRONG]


def merge(first: RawReading, second: RawReading) -> RawReading:
    """Both answers as one: the second's sentences lead, no claim is lost. A second that failed leaves the first."""
    if second.error is not None and not second.claims:
        return replace(first, asked=2, warnings=(*first.warnings, f"Asked again: {second.error}"))
    claims = [*second.claims, *(claim for claim in first.claims if claim not in second.claims)]
    known = {said.text for said in second.sentences}
    sentences = [*second.sentences, *(said for said in first.sentences if said.text not in known)]
    return replace(
        second, claims=tuple(claims), sentences=tuple(sentences), asked=2, warnings=(*first.warnings, *second.warnings)
    )
