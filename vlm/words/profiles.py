"""What supported claims say of each signal track, gathered for prose: places, counts, domains, with claim ids.

Positions and numbers are the measured ones of the verdicts, so that sentences made from several claims, each true
within its tolerance, agree with each other and with the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from renderer.values.region import Region
from vlm.claims.registry import points
from vlm.values.claim import Judged

STATES = ("no_data", "flat", "noisy")

SHARP_SHARE = 0.03
"""A peak narrower than this share of the window (30 px of 1000) is called sharp."""


@dataclass(frozen=True)
class Spot:
    """One measured peak that claims speak of. `ids` are the claims that place it, `gene_ids` those on its genes.

    `tops` is its highest base in file units, where that is known, and `top_at` where that is. `tss` and `inside` are
    names of genes; `anonymous` is 'tss' or 'gene' for one that has an accession only; `intergenic`: it lies in no gene
    and at no start site, between the genes `flanks`, if both sides have one. `offset` is how far along the first gene
    of `tss` its highest base lies from the start (bp), `strand` that gene's. `on_exon`: it lies on an exon of `inside`.
    `aside`: the gene near whose start it is, though not at it, and how far along that its highest base lies (bp).
    """

    summit: int
    start: int
    end: int
    height: float
    tops: tuple[float, ...] = ()
    top_at: int | None = None
    ids: tuple[int, ...] = ()
    tss: tuple[str, ...] = ()
    internal: bool = False
    inside: tuple[str, ...] = ()
    anonymous: str | None = None
    gene_ids: tuple[int, ...] = ()
    intergenic: bool = False
    flanks: tuple[str, ...] = ()
    offset: int | None = None
    strand: str = "."
    on_exon: bool = False
    aside: tuple[str, int] | None = None

    @property
    def at(self) -> int:
        """Where it is said to be: at its highest base, as its height is that of it."""
        return self.summit if self.top_at is None else self.top_at

    def is_sharp(self, region: Region) -> bool:
        """Whether it looks like a spike in this window."""
        return self.end - self.start <= SHARP_SHARE * region.span


@dataclass(frozen=True)
class Stretch:
    """One measured broad domain and the claims on it."""

    start: int
    end: int
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Over:
    """A gene along which the track's signal runs in a telling way, with the claim that says so."""

    gene: str
    strand: str
    start: int
    end: int
    id: int
    means: tuple[float, float] | None = None

    def holds(self, spot: Spot) -> bool:
        """Whether a peak lies in the gene."""
        return self.start <= spot.summit < self.end


@dataclass(frozen=True)
class Share:
    """A stretch, of a gene or none, that holds this `share` of a track's signal, with the claim that says so."""

    start: int
    end: int
    gene: str | None
    share: float
    fold: float | None
    id: int


@dataclass
class Profile:
    """Everything that holds of one signal track. Spots and domains are by position, claims by id.

    `exons` are the genes whose exons the signal follows, `strand` those it lies on the strand of; `covers` has the
    claims that a domain (by its start) covers a gene (by its name). `above`: how many times the strongest peak is as
    high as the rest (None: more than can be told). `held`: where most of the signal lies. `reach`: how high its file
    comes, of a track that is next to nil here. `agrees`: the strongest peak is so by its bases too, not as drawn only.
    `alone`: what is not counted is little beside the peaks; `highest`: none of it has a higher base than one of them.
    """

    track: int
    state: str | None = None
    state_ids: list[int] = field(default_factory=list)
    spots: dict[int, Spot] = field(default_factory=dict)
    best: int | None = None
    count: int | None = None
    count_ids: list[int] = field(default_factory=list)
    low_ids: list[int] = field(default_factory=list)
    domains: dict[int, Stretch] = field(default_factory=dict)
    exons: list[Over] = field(default_factory=list)
    strand: list[Over] = field(default_factory=list)
    covers: dict[tuple[int, str], int] = field(default_factory=dict)
    above: tuple[float | None, int] | None = None
    held: Share | None = None
    reach: tuple[float, int] | None = None
    agrees: bool = True
    alone: bool = True
    highest: bool = True

    @property
    def main(self) -> Spot | None:
        """The strongest peak, or the one there is."""
        if self.best is not None:
            return self.spots[self.best]
        return next(iter(self.spots.values())) if len(self.spots) == 1 and self.count in (None, 1) else None

    @property
    def others(self) -> list[Spot]:
        """The other peaks, the tallest first."""
        rest = [spot for spot in self.spots.values() if spot is not self.main]
        return sorted(rest, key=lambda spot: (-spot.height, spot.summit))

    @property
    def sole(self) -> bool:
        """Whether there is just one clear peak, and little beside it."""
        return self.count == 1 and self.alone and self.main is not None

    @property
    def stretches(self) -> list[Stretch]:
        """The broad domains, left to right."""
        return sorted(self.domains.values(), key=lambda one: one.start)


def gaps_told(judged: Sequence[Judged]) -> dict[int, list[tuple[int, int]]]:
    """The stretches [start, end) that tracks have no data for, by track, as supported claims tell them."""
    gaps: dict[int, list[tuple[int, int]]] = {}
    for _, one in supported(judged):
        if one.claim.kind == "no_data_over":
            gaps.setdefault(one.claim.tracks[0], []).append((int(one.measured["start"]), int(one.measured["end"])))
    return gaps


def gather(judged: Sequence[Judged]) -> dict[int, Profile]:
    """Profiles of the signal tracks that supported claims speak of, top down. Ids are positions in `judged`, from 1."""
    profiles: dict[int, Profile] = {}
    for number, one in supported(judged):
        add = _ADDERS.get(one.claim.kind)
        if add:
            track = one.claim.tracks[0]
            add(profiles.setdefault(track, Profile(track)), number, one)
    return dict(sorted(profiles.items()))


def supported(judged: Sequence[Judged]) -> Iterator[tuple[int, Judged]]:
    """(id, claim) of what holds."""
    return ((number, one) for number, one in enumerate(judged, 1) if one.verdict == "supported")


@dataclass(frozen=True)
class Top:
    """The highest base of a track's window: its height (file units), where it is, and the claim that says so."""

    height: float
    at: int | None
    id: int


def tops(judged: Sequence[Judged]) -> dict[int, Top]:
    """The highest base of the window of each track of which a supported claim tells it."""
    found = ((number, one) for number, one in supported(judged) if one.claim.kind == "value")
    return {
        one.claim.tracks[0]: Top(abs(float(one.measured["maximum"])), one.measured.get("summit"), number)
        for number, one in found
        if one.measured["place"] == "window"
    }


def _add_spot(profile: Profile, number: int, one: Judged) -> None:
    facts, claim = one.measured, one.claim
    summit = int(facts["summit"])
    spot = profile.spots.get(summit)
    spot = spot or Spot(
        summit, int(facts["start"]), int(facts["end"]), float(facts["height"]), _tops(facts), facts.get("top_at")
    )
    if points(claim) == "summit":
        spot = replace(spot, ids=(*spot.ids, number))
        if claim.kind == "strongest_peak":
            profile.best = summit
            profile.agrees = bool(facts.get("agrees", True))
    else:
        spot = _add_gene(replace(spot, gene_ids=(*spot.gene_ids, number)), one)
    profile.spots[summit] = spot


def _tops(facts: Mapping[str, Any]) -> tuple[float, ...]:
    top = facts.get("top")
    return () if top is None else (abs(float(top)),)


def _add_gene(spot: Spot, one: Judged) -> Spot:
    facts, at_tss = one.measured, one.claim.kind == "peak_at_tss"
    if one.claim.kind == "intergenic_peak":
        sides = facts.get("left"), facts.get("right")
        return replace(spot, intergenic=True, flanks=tuple(map(str, sides)) if all(sides) else ())
    gene = str(facts["gene"])
    if not facts["named"]:
        return replace(spot, anonymous="tss" if at_tss else "gene")
    if not at_tss:
        return replace(spot, inside=(*spot.inside, gene), on_exon=spot.on_exon or bool(facts.get("on_exon")))
    if not facts.get("at_start", True):
        aside = (gene, int(facts["offset"])) if facts["outermost"] and facts.get("offset") is not None else None
        return replace(spot, aside=min(filter(None, (spot.aside, aside)), key=lambda one: abs(one[1]), default=None))
    # The gene's own start is worth more than an internal one of another isoform.
    internal = not facts["outermost"] and (spot.internal or not spot.tss)
    if not spot.tss:
        spot = replace(spot, offset=facts.get("offset"), strand=str(facts.get("strand", ".")))
    return replace(spot, tss=tuple(dict.fromkeys((*spot.tss, gene))), internal=internal)


def _add_domain(profile: Profile, number: int, one: Judged) -> None:
    start, end = int(one.measured["start"]), int(one.measured["end"])
    known = profile.domains.get(start)
    profile.domains[start] = Stretch(start, end, (*(known.ids if known else ()), number))


def _add_state(profile: Profile, number: int, one: Judged) -> None:
    if one.claim.kind == "peak_count":
        profile.count = int(one.measured["count"])
        profile.alone = bool(one.measured.get("alone", True))
        profile.highest = bool(one.measured.get("highest", True))
        profile.count_ids.append(number)
    elif one.claim.kind == "flat" and one.claim.value == "elsewhere":
        profile.low_ids.append(number)
    elif one.claim.kind in STATES:
        profile.state = one.claim.kind
        profile.state_ids.append(number)


def _add_cover(profile: Profile, number: int, one: Judged) -> None:
    profile.covers[int(one.measured["start"]), str(one.measured["gene"])] = number


def _add_over(profile: Profile, number: int, one: Judged) -> None:
    facts, claim = one.measured, one.claim
    if facts["named"]:
        means = (float(facts["exons"]), float(facts["introns"])) if claim.kind == "follows_exons" else None
        over = Over(str(facts["gene"]), str(facts["strand"]), claim.start, claim.end, number, means)
        (profile.exons if claim.kind == "follows_exons" else profile.strand).append(over)


def _add_standing(profile: Profile, number: int, one: Judged) -> None:
    facts = one.measured
    if one.claim.kind == "stands_above":
        profile.above = facts["fold"], number
    elif one.claim.kind == "low_in_file":
        profile.reach = abs(float(facts["file_maximum"])), number
    else:
        gene = None if facts["gene"] is None else str(facts["gene"])
        profile.held = Share(int(facts["start"]), int(facts["end"]), gene, facts["share"], facts["fold"], number)


_ADDERS: dict[str, Callable[[Profile, int, Judged], None]] = {
    **dict.fromkeys(("peak", "strongest_peak", "peak_at_tss", "peak_in_gene", "intergenic_peak"), _add_spot),
    **dict.fromkeys((*STATES, "peak_count"), _add_state),
    **dict.fromkeys(("stands_above", "low_in_file", "holds_share"), _add_standing),
    "broad_domain": _add_domain,
    "covers_gene": _add_cover,
    "follows_exons": _add_over,
    "on_strand": _add_over,
}
"""What each kind of claim adds to the profile of its first track."""
