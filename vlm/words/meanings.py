"""Biological readings in a caption: an entry of the table, and the sentence or two that end it.

Gets readings that hold, so it decides only what is most telling: what becomes of genes first, then the chromatin
beside them, then elements away from genes. Every sentence says 'consistent with'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from renderer.assays.labels import sample_of
from renderer.values.track import Scene
from vlm.claims.rows.link import same_link
from vlm.rules.readings import MOST, READINGS, holds
from vlm.values.claim import Judged
from vlm.words.clauses.clause import AtGenes, Chromatin, Consistent, Elements, Link, ReadingEntry, Unshown
from vlm.words.places import Sentence, sentence

MOST_SENTENCES = 2
MOST_NAMED = 3
"""Genes of one item, and items of one sentence, that are named."""

MOST_UNSHOWN = 2
"""Cautions of one sentence."""

RANK_READING = 0

OF_GENES = ("active_promoter", "bivalent_promoter", "paused_polymerase", "transcribed_gene", "divergent_antisense")
"""Readings of a gene."""

HEARD = "transcribed_gene"
"""The one that names the marks it is told from."""

DOMAINS = ("polycomb_domain", "heterochromatin", "zinc_finger_chromatin")
APART = (
    "promoter_enhancer_loop",
    "promoter_promoter_loop",
    "loop_between",
    "insulator",
    "boundary_at_ctcf",
    "enhancer_like",
    "poised_enhancer",
    "bidirectional_enhancer",
    "h3k27ac_cluster",
    "distal_acetylation",
    "ctcf_site",
    "open_chromatin",
)
"""Readings away from genes, the most telling first."""

PLAIN = ("ctcf_site", "open_chromatin")
"""Readings that say no more than the peak, so that their number is no finding."""

HIDDEN_BY: Mapping[str, tuple[str, ...]] = {
    "open_chromatin": ("active_promoter", "enhancer_like", "ctcf_site", "insulator", "bivalent_promoter"),
    "ctcf_site": ("insulator", "boundary_at_ctcf"),
    "distal_acetylation": ("h3k27ac_cluster",),
}
"""Where those are read, these need no words of their own."""


@dataclass(frozen=True)
class _Told:
    """One reading and its id."""

    id: int
    judged: Judged

    @property
    def kind(self) -> str:
        return self.judged.claim.kind

    @property
    def gene(self) -> str:
        return str(self.judged.claim.value)

    def meets(self, other: _Told) -> bool:
        """Whether two readings overlap."""
        one, two = self.judged.claim, other.judged.claim
        return one.start < two.end and two.start < one.end


C = TypeVar("C", AtGenes, Chromatin, Elements)
_Item = tuple[C, tuple[_Told, ...]]
"""A part of a sentence and the readings it tells."""


def reading_entry(one: Judged) -> ReadingEntry:
    """A reading for the table of claims."""
    claim = one.claim
    of = str(claim.value) if claim.kind in OF_GENES else (claim.start, claim.end)
    return ReadingEntry(claim.kind, of, tuple(str(mark) for mark in one.measured.get("marks", ())))


def observations(judged: Sequence[Judged]) -> list[Judged]:
    """The claims without the readings at their end, so that ids stay right."""
    first = next((i for i, one in enumerate(judged) if one.claim.kind in READINGS), len(judged))
    return list(judged[:first])


def tell_readings(judged: Sequence[Judged], scene: Scene, worth: set[str]) -> list[Sentence]:
    """The most telling readings in at most two sentences. `worth` are the names of genes a caption would use."""
    told = [
        _Told(number, one)
        for number, one in enumerate(judged, 1)
        if one.claim.kind in READINGS and one.verdict == "supported" and holds(one, judged)
    ]
    told = [one for one in told if one.kind not in OF_GENES or one.gene in worth or not worth]
    samples = list(dict.fromkeys(one.judged.measured.get("sample") for one in told))
    several = len({sample_of(track) for track in scene.tracks if track.kind != "genes"}) > 1
    found: list[list[Sentence]] = []
    for sample in samples:
        mine = [one for one in told if one.judged.measured.get("sample") == sample]
        whose = (sample or ("" if len(samples) > 1 else None)) if several else None
        found.append(_tell_sample(mine, whose, bool(worth)))
    most = max(1, MOST_SENTENCES // max(1, len(found)))
    return [one for sentences in found for one in sentences[:most]][:MOST_SENTENCES]


def bare(clause: Consistent) -> Consistent:
    """A reading without what it rests on and how far its places are, for a caption that must be short; what it does not
    show stays."""
    genes = tuple(AtGenes(one.kinds, one.genes, one.total, at=one.at) for one in clause.genes)
    elements = tuple(replace(one, nearest=None, length=0, peaks=0, apart=None) for one in clause.elements)
    return replace(clause, genes=genes, elements=elements)


def _tell_sample(told: Sequence[_Told], sample: str | None, named: bool) -> list[Sentence]:
    genes, domains = _gene_items(told, named), _domain_items(told)[:MOST_NAMED]
    apart = [item for kind in APART for item in _apart_item(kind, told)][:MOST_NAMED]
    found: list[Sentence] = []
    plain = set(_unshown(genes)) <= {"transcription"}  # another caution would seem to be on what comes last
    if plain and (genes or domains) and apart and len(genes) + len(domains) + len(apart) <= MOST_NAMED:
        limits = tuple(dict.fromkeys((*_unshown(genes), *_unshown(apart))))[:MOST_UNSHOWN]
        link, unheard = _link(genes, domains), _unheard(genes)
        one = Consistent(_clauses(genes), _clauses(domains), link, _clauses(apart), sample, False, limits, unheard)
        return [sentence(one, [*_ids(genes), *_ids(domains), *_ids(apart)], RANK_READING)]
    if genes or domains:
        link = _link(genes, domains)
        unshown = _unshown(genes[:MOST_NAMED])
        near = Consistent(
            _clauses(genes[:MOST_NAMED]),
            _clauses(domains),
            link,
            sample=sample,
            unshown=unshown,
            unheard=_unheard(genes[:MOST_NAMED]),
        )
        found.append(sentence(near, [*_ids(genes[:MOST_NAMED]), *_ids(domains)], RANK_READING))
    if apart:
        beyond = Consistent(elements=_clauses(apart), sample=sample, again=bool(found), unshown=_unshown(apart))
        found.append(sentence(beyond, _ids(apart), RANK_READING))
    return found


def _unshown(items: Sequence[_Item[C]]) -> tuple[Unshown, ...]:
    """What these readings do not show, although a reader may take it from them."""
    told = [one for _, readings in items for one in readings]
    kinds = {one.kind for one in told}
    heard = any(one.judged.measured.get("transcription") != "no" for one in told if one.kind == "active_promoter")
    cases: tuple[tuple[Unshown, bool], ...] = (
        ("transcription", "active_promoter" in kinds and not heard),
        ("alleles", "bivalent_promoter" in kinds),
        ("effect", bool({"promoter_enhancer_loop", "promoter_promoter_loop"} & kinds)),
        ("target", bool({"enhancer_like", "distal_acetylation", "bidirectional_enhancer"} & kinds)),
        ("insulation", "insulator" in kinds),
    )
    return tuple(name for name, holds_here in cases if holds_here)[:MOST_UNSHOWN]


def _clauses(items: Sequence[_Item[C]]) -> tuple[C, ...]:
    return tuple(clause for clause, _ in items)


def _ids(items: Sequence[_Item[C]]) -> list[int]:
    return [one.id for _, told in items for one in told]


def _link(genes: Sequence[_Item[AtGenes]], domains: Sequence[_Item[Chromatin]]) -> Link:
    """How the domains follow the genes: beside them, with those they meet, or round a bivalent promoter."""
    told = [one for _, readings in genes for one in readings]
    if not any(one.meets(other) for one in told for _, readings in domains for other in readings):
        return "beside"
    return "within" if len(domains) == 1 and {one.kind for one in told} == {"bivalent_promoter"} else "with"


def _gene_items(told: Sequence[_Told], named: bool) -> list[_Item[AtGenes]]:
    """Genes of which the same is read are told together, those of which most is read first."""
    kinds: dict[str, list[_Told]] = {}
    for kind in OF_GENES:
        for one in told:
            if one.kind == kind:
                kinds.setdefault(one.gene, []).append(one)
    groups: dict[tuple[str, ...], list[str]] = {}
    for gene, readings in kinds.items():
        groups.setdefault(tuple(one.kind for one in readings), []).append(gene)
    ordered = sorted(groups.items(), key=lambda group: -len(group[0]))
    return [
        (_at_genes(signs, genes, named, kinds), tuple(one for gene in genes for one in kinds[gene]))
        for signs, genes in ordered
    ]


def _at_genes(
    signs: tuple[str, ...], genes: Sequence[str], named: bool, told: Mapping[str, Sequence[_Told]]
) -> AtGenes:
    shown = genes[: MOST_NAMED - 1] if len(genes) > MOST_NAMED else genes
    heard = {tuple(one.judged.measured["marks"]) for gene in genes for one in told[gene] if one.kind == HEARD}
    by = next(iter(heard)) if len(heard) == 1 else ()
    promoters, paused = ([f for gene in genes for f in _facts(told[gene], kind)] for kind in OF_GENES[:3:2])
    each = len(shown) == len(genes) and named
    points = sorted({int(told[gene][0].judged.measured["point"]) for gene in genes})
    return AtGenes(
        signs,
        tuple(shown if named else ()),
        len(genes),
        tuple(dict.fromkeys(mark for facts in promoters for mark in facts["at_tss"])),
        max((facts["tss_bp"] for facts in promoters), default=0),
        tuple(facts["pausing_index"] for facts in paused if each),
        max((facts["start_bp"] for facts in paused), default=0),
        by,
        () if named or len(genes) > MOST_NAMED else tuple(points),
    )


def _facts(told: Sequence[_Told], kind: str) -> list[Mapping[str, Any]]:
    return [one.judged.measured for one in told if one.kind == kind]


def _unheard(items: Sequence[_Item[AtGenes]]) -> tuple[str, ...]:
    """Named genes with an active promoter whose transcription was measured and is low."""
    told = [one for clause, readings in items for one in readings if one.gene in clause.genes]
    return tuple(one.gene for one in told if one.judged.measured.get("transcription") == "low")


def _domain_items(told: Sequence[_Told]) -> list[_Item[Chromatin]]:
    """Each kind of domain with the genes it covers, or has the starts of, or its few stretches."""
    items: list[_Item[Chromatin]] = []
    for kind in DOMAINS:
        mine = tuple(one for one in told if one.kind == kind)
        if mine:
            items.append((_chromatin(kind, mine), mine))
    return items


def _chromatin(kind: str, mine: Sequence[_Told]) -> Chromatin:
    genes, starts = _told_genes(mine, "genes"), _told_genes(mine, "starts")
    if genes and len(genes) <= MOST_NAMED:
        return Chromatin(kind, over=genes)
    if starts and not genes and len(starts) <= MOST_NAMED:
        return Chromatin(kind, starts=starts)
    if len(mine) > MOST_NAMED:
        return Chromatin(kind)
    spans = sorted(((one.judged.claim.start, one.judged.claim.end) for one in mine), key=lambda span: span[0])
    return Chromatin(kind, spans=tuple(spans))


def _told_genes(told: Sequence[_Told], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(gene for one in told for gene in one.judged.measured.get(key, ())))


def _apart_item(kind: str, told: Sequence[_Told]) -> list[_Item[Elements]]:
    """The elements of one kind, placed if they are few; nothing if there is none."""
    mine = tuple(one for one in told if one.kind == kind)
    covers = [one for one in told if one.kind in HIDDEN_BY.get(kind, ())]
    mine = tuple(one for one in mine if not any(one.meets(other) for other in covers))
    if not mine:
        return []
    facts = [one.judged.measured for one in mine]
    joins = "anchors" in facts[0]
    number = _loops(facts) if joins else len(mine)
    if number > MOST_NAMED and kind in PLAIN:
        return []
    if number > MOST_NAMED or (joins and number > 1):
        return [(Elements(kind, number, many=number >= MOST), mine)]
    if joins:
        one, two = ((start + end) / 2 for start, end in facts[0]["anchors"])
        return [(Elements(kind, 1, anchors=(one, two), promoters=tuple(facts[0].get("promoters", ()))), mine)]
    at = tuple(sorted(int(fact["point"]) for fact in facts))
    return [(_element(kind, at, facts[0]) if len(mine) == 1 else Elements(kind, len(mine), at=at), mine)]


def _loops(facts: Sequence[Mapping[str, Any]]) -> int:
    """How many loops there are."""
    known: list[Sequence[Sequence[int]]] = []
    for fact in facts:
        anchors = fact["anchors"]
        if not any(same_link(anchors, other) for other in known):
            known.append(anchors)
    return len(known)


def _element(kind: str, at: tuple[int, ...], facts: Mapping[str, Any]) -> Elements:
    """One element, with its numbers."""
    return Elements(
        kind,
        1,
        at=at,
        nearest=facts.get("nearest_tss_bp"),
        peaks=facts.get("peaks", 0),
        length=facts.get("length_bp", 0),
        apart=facts.get("ctcf_bp"),
        bin=facts.get("bin_bp", 0),
    )
