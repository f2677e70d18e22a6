"""How strict the verdicts are: every true claim is also offered in false versions, which must be contradicted.

Versions are made by the shape of a claim's value and its tracks; a kind for which those will not do makes its own
(`Kind.altered`). As in MuSciClaims (arXiv 2506.04585), counted are precision, recall and F1 of "contradicted": what is
true must not be, what is false must be, and "cannot tell" of it is a miss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from renderer.values.evidence import ContactEvidence, Evidence, GeneEvidence, IntervalEvidence, SignalEvidence
from vlm.claims.altered import CLEAR, WAYS, Altered, called, counted, moved, scaled, swapped
from vlm.claims.checks import Case
from vlm.claims.ground import TSS_REACH_MOST
from vlm.claims.kind import Kind
from vlm.claims.registry import find
from vlm.claims.stating import state
from vlm.claims.verify import judge
from vlm.values.captioner import Figure
from vlm.values.claim import VERDICTS, Claim, Judged

_OTHER_STRAND = {"+": "-", "-": "+"}


@dataclass
class Strictness:
    """Running counts: (kind, way, verdict), where the way of what is true is "true". `missed` are false versions that
    were not contradicted, with their way and verdict."""

    verdicts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    missed: list[tuple[str, Judged]] = field(default_factory=list)

    def add(self, figure: Figure, judged: Sequence[Judged]) -> None:
        """Count what the measurements of a figure state, what a model said of it that holds, and false versions of the
        supported ones of both, each once."""
        assert figure.evidence is not None
        stated = [judge(claim, figure.evidence, figure.scene) for claim in state(figure)]
        true = {_key(one.claim): one for one in [*stated, *(one for one in judged if one.verdict == "supported")]}
        for one in true.values():
            self.verdicts[one.claim.kind, "true", one.verdict] += 1
            for way, claim in perturbed(one.claim, figure) if one.verdict == "supported" else ():
                false = judge(claim, figure.evidence, figure.scene)
                self.verdicts[claim.kind, way, false.verdict] += 1
                if false.verdict != "contradicted":
                    self.missed.append((way, false))

    def report(self) -> dict[str, Any]:
        """Of all, by kind, and by way: how many were true and false, and how "contradicted" fits."""
        kinds = sorted({kind for kind, _, _ in self.verdicts})
        told = {kind: self._scores([kind], WAYS) for kind in kinds}
        ways = {way: self._scores(kinds, [way]) for way in WAYS}
        return self._scores(kinds, WAYS) | {"kinds": told, "ways": ways}

    def _scores(self, kinds: Sequence[str], ways: Sequence[str]) -> dict[str, Any]:
        true, false = (
            {verdict: sum(self.verdicts[kind, way, verdict] for kind in kinds for way in of) for verdict in VERDICTS}
            for of in (["true"], ways)
        )
        hits, alarms, offered = false["contradicted"], true["contradicted"], sum(false.values())
        return {
            "true": sum(true.values()),
            "false": offered,
            "false_cannot_tell": false["cannot_tell"],
            "false_supported": false["supported"],
            "precision": round(hits / (hits + alarms), 4) if hits + alarms else None,
            "recall": round(hits / offered, 4) if offered else None,
            "f1": round(2 * hits / (offered + hits + alarms), 4) if offered else None,
        }


def _key(claim: Claim) -> tuple[Any, ...]:
    return claim.kind, claim.tracks, claim.start, claim.end, repr(claim.value)


def perturbed(claim: Claim, figure: Figure) -> list[Altered]:
    """False versions of a supported claim, each with the way it was made; none where none can be made."""
    kind = find(claim.kind)
    if kind is None or figure.evidence is None:
        return []
    case = Case(claim, figure.evidence, figure.scene)
    return list(kind.altered(case) if kind.altered else _by_shape(kind, case))


def _by_shape(kind: Kind, case: Case) -> Iterator[Altered]:
    value = case.claim.value
    if len(kind.tracks) == 2 and kind.tracks[0] == kind.tracks[1] and not kind.symmetric:
        yield from swapped(case)
    if kind.points == "state" and value is None:
        yield from _other_track(case)
    if kind.value.gene:
        yield from called(case, _genes_away(case))
    if kind.points == "gene" and isinstance(value, dict):
        yield from _of_gene(case)
    things = None if kind.of_window else _things(kind, case)
    if things is not None:
        yield from moved(case, things, CLEAR * _resolution(case))
    if isinstance(value, int) and not isinstance(value, bool):
        yield from counted(case)
    yield from scaled(case)


def _other_track(case: Case) -> Iterator[Altered]:
    """A track that is in another state, and not near this one."""
    for number, found in case.evidence.tracks.items():
        if isinstance(found, SignalEvidence) and case.claim.kind not in (found.state, *found.near):
            yield "swapped", replace(case.claim, tracks=(number,))
            return


def _genes_away(case: Case) -> list[str]:
    """Genes in view that lie further off than any that the claim could be of, the nearest first."""
    claim, beside = case.claim, TSS_REACH_MOST + CLEAR * case.slack
    spans = {name: _spans(case.evidence, name) for name in _names(case.evidence)}
    away = {
        name: min(max(start - claim.end, claim.start - end) for start, end in found) for name, found in spans.items()
    }
    return sorted((name for name in away if away[name] > beside), key=lambda name: away[name])


def _of_gene(case: Case) -> Iterator[Altered]:
    """Another gene's name, and the other strand."""
    value = case.claim.value
    for _, other in called(case, _genes_away(case)):
        yield "swapped", replace(other, value=value | {"name": other.value})
    if value.get("strand") in _OTHER_STRAND:
        yield "reversed", replace(case.claim, value=value | {"strand": _OTHER_STRAND[value["strand"]]})


def _names(evidence: Evidence) -> list[str]:
    return sorted({gene.name for track in evidence.gene_tracks().values() for gene in track.genes})


def _spans(evidence: Evidence, name: str) -> list[tuple[int, int]]:
    tracks = evidence.gene_tracks().values()
    return [(gene.start, gene.end) for track in tracks for gene in track.genes if gene.name == name]


def _things(kind: Kind, case: Case) -> list[tuple[int, int]] | None:
    """What of its kind the claim's tracks hold; None for a kind that would be as true elsewhere."""
    claim, found = case.claim, case.track()
    of = kind.rests_on | {kind.points}
    name = claim.value.get("name") if isinstance(claim.value, dict) else claim.value
    if isinstance(found, SignalEvidence) and of & {"summit", "stretch"}:
        peaks = [(one.start, one.end) for one in found.peaks] if "summit" in of else []
        return peaks + [(one.start, one.end) for one in found.domains]
    if isinstance(found, IntervalEvidence):
        return [(one.start, one.end) for one in found.spans]
    if isinstance(found, ContactEvidence):
        return [(one.position, one.position + 1) for one in found.boundaries]
    if isinstance(found, GeneEvidence) or kind.value.gene:
        return _spans(case.evidence, str(name))
    return None


def _resolution(case: Case) -> int:
    found = case.track()
    return found.resolution if isinstance(found, ContactEvidence) else 0
