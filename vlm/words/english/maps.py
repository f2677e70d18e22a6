"""English: the clauses on rows that are no filled signal: links, contact maps, boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.clauses import maps as c
from vlm.words.clauses.clause import Statement
from vlm.words.english.compared import FAMILIES, listed, number
from vlm.words.language import Entry, Language, fold, length, quantity


def _median(claim: Statement) -> str:
    said = claim.told("median")
    return f"median length {length(int(said))}" if isinstance(said, int | float) else "lengths"


def _some(count: int, total: int) -> str:
    """'both', 'all three', 'two of three', 'the one'."""
    if count < total:
        return f"{number(count)} of {number(total)}"
    return {1: "the one", 2: "both"}.get(total, f"all {number(total)}")


_PLURAL = re.compile(r"[a-z]s(?:\s*\([^()]*\))*$")
"""A label that names what its row holds: 'MACS3 CTCF peaks', 'BEAF peaks (Kc)'."""


class Maps(Language):
    """English clauses on links, contact maps and boxes."""

    # --- links

    def links(self, row: p.Links) -> str:
        """'HiCCUPS loop', 'RAD21 ChIA-PET link'."""
        return f"{row.name} {row.noun}".strip()

    def _some(self, count: int, row: p.Links) -> str:
        """'three HiCCUPS loops'."""
        return f"{number(count)} {self(row)}{'s' * (count != 1)}"

    def linked(self, one: c.Linked) -> str:
        (first, second), *more = [[self.at(end) for end in pair] for pair in one.pairs]
        if one.total > len(one.pairs):
            return f"{self(one.who)}s join {number(one.total)} pairs of places, at most from {first} to {second}"
        joins = f"join{'s' * (one.number == 1)} {first} to {second}"
        return f"{self._some(one.number, one.who)} {joins}" + "".join(f" and {a} to {b}" for a, b in more)

    def anchored(self, one: c.Anchored) -> str:
        """'the two highest CTCF peaks (37.253 Mb, 119; 37.374 Mb, 60) lie at both anchors of one HiCCUPS loop
        (37.250–37.260 to 37.370–37.380 Mb), which encloses NCF4 and CSF2RB'."""
        first, *more = (self._some(count, row) for row, count in one.who)
        links = listed([f"{first} ({self._feet(one.anchors)})", *more])
        within = f"within {length(one.reach, 3)} of" if one.reach else "at"
        genes = f", {'which encloses' if not more else 'which enclose'} {listed(one.genes)}" if one.genes else ""
        peaks = "; ".join(self._told(peak) for peak in one.peaks)
        high = "the two highest peaks of" if one.strongest else "peaks of"
        return f"{high} {self(one.signal)} ({peaks}) lie {within} both anchors of {links}{genes}"

    def _told(self, peak: p.Place) -> str:
        height = "".join(f", {quantity(height)}" for height in peak.heights)
        return f"{self.at(peak.at or 0)}{height}"

    def _feet(self, anchors: c.Anchors) -> str:
        """'37.250–37.260 to 37.370–37.380 Mb': the unit once."""
        first, second = (self.span(*foot) for foot in anchors)
        *_, unit = second.rpartition(" ")
        return f"{first.removesuffix(f' {unit}')} to {second}"

    def same_stretch(self, one: c.SameStretch) -> str:
        return f"the same stretch is marked from end to end in {self(one.who)}"

    def lone_anchor(self, one: c.LoneAnchor) -> str:
        """'a second HiCCUPS loop from the peak at 37.253 Mb ends at 37.300–37.310 Mb, at the TSS of CSF2RB, where CTCF
        reaches only 3'."""
        near = ""
        if one.tss:
            near = f", {f'{length(one.tss_bp, 3)} from' if one.tss_bp else 'at'} the TSS of {one.tss}"
        which = f"{'a second' if one.again else 'one'} {self(one.who)} from the peak at {self.at(one.peak.at or 0)}"
        return (
            f"{which} ends at {self.span(*one.bare)}{near}, where {self(one.signal)} reaches only {quantity(one.most)}"
        )

    def hub(self, one: c.Hub) -> str:
        genes = f", among others from {listed(one.genes)}" if one.genes else ""
        inside = "all" if one.inside == one.number else number(one.inside)
        where = f"({inside} of them wholly in the window)"
        return f"{self._some(one.number, one.who)} converge on {self.at(one.at)} {where}{self._beside_peak(one)}{genes}"

    def _beside_peak(self, one: c.Hub) -> str:
        if not one.peak or not one.signal:
            return ""
        away = f"{length(one.reach, 3)} from" if one.reach else "at"
        return f", {away} a peak of {self(one.signal)} ({self._told(one.peak)})"

    def encloses(self, one: c.Encloses) -> str:
        return f"one {self(one.who)} ({self._feet(one.anchors)}) encloses {listed(one.genes)}"

    def leaving(self, one: c.Leaving) -> str:
        """'all five RAD21 ChIA-PET links leave the window, so that they join nothing in it'."""
        said = listed([self._leave(*row) for row in one.rows])
        verb = f"leave{'s' * (one.total == 1)} the window"
        return f"{said} {verb} and join{'s' * (one.total == 1)} nothing in it" if one.all else f"{said} {verb}"

    def _leave(self, row: p.Links, leave: int, inside: int) -> str:
        if inside:
            return f"{number(leave)} of {self._some(leave + inside, row)}"
        return {1: f"the one {self(row)}", 2: f"both {self(row)}s"}.get(leave) or f"all {self._some(leave, row)}"

    def states_change(self, one: c.StatesChange) -> str:
        """'chromatin changes at these anchors: in ChromHMM, active states cover 55 % between them, but 9 % and 0 % of
        the left and right flank; ...'."""
        at = f"the ends of the loop over {self.span(*one.span)}" if one.span else "these anchors"
        return f"chromatin changes at {at}: in {self(one.who)}, {'; '.join(self.each(one.families))}"

    def family_shares(self, one: c.FamilyShares) -> str:
        sides, shares = zip(*one.outside, strict=True)
        told = [f"{100 * share:.0f} %" for share in shares]
        one_share = len(sides) == 2 and len({*told}) == 1
        outside = f"{told[0]} of either flank" if one_share else f"{listed(told)} of the {listed(sides)} flank"
        cover = "covers" if one.family == "heterochromatin" else "cover"
        return f"{FAMILIES[one.family]} {cover} {100 * one.inside:.0f} % between them, but {outside}"

    # --- contact maps

    def boundaries(self, one: c.Boundaries) -> str:
        noun = "a domain boundary" if one.total == 1 else "domain boundaries"
        if one.total > len(one.at):
            noun = f"{number(one.total)} domain boundaries, the strongest"
        near = f"{self(one.who)} shows {noun} near {listed([self.at(position) for position in one.at])}"
        if not one.across:
            return near
        across, beside = self._range(one.across), self._range(one.beside)
        return f"{near}, where contacts across ({across} a pair of bins) are below those as far apart nearby ({beside})"

    def _range(self, values: tuple[float, ...]) -> str:
        """'9.40–17.1', or '12' of one."""
        ends = dict.fromkeys(quantity(value) for value in (min(values), max(values)))
        return "–".join(ends)

    def minima(self, one: c.Minima) -> str:
        """'TAD separation score has minima near 3.028 Mb (0.134) and 3.069 Mb (0.148), as domain boundaries do; near
        3.028 Mb it is lowest in all eight columns'."""
        places = listed([f"{self.at(at)} ({quantity(score)})" for at, score in one.at])
        has = "have" if one.who.many else "has"
        many = "a minimum" if one.total == 1 else "minima"
        if one.total > len(one.at):
            many = f"{number(one.total)} minima, the lowest"
        said = f"{self(one.who)} {has} {many} near {places}, as domain boundaries do"
        if one.lowest is None:
            return said
        return f"{said}; near {self.at(one.lowest)} it is lowest in all {number(one.sizes)} columns"

    def edges_at(self, one: c.EdgesAt) -> str:
        """'both ends of the active stretch in TAD classification (3.618–3.658 Mb) lie within 299 bp of intervals in
        CTCF peaks and Cp190 peaks'."""
        name = f"{one.name} stretch" if one.name else "stretch"
        return f"both ends of the {name} in {self(one.who)} ({self.span(*one.span)}) lie {self._sites(one)}"

    def boundaries_at(self, one: c.BoundariesAt) -> str:
        """'all four lie within 508 bp of intervals in BEAF peaks'."""
        return f"{_some(one.number, one.total)} lie {self._sites(one)}"

    def _sites(self, one: c.EdgesAt | c.BoundariesAt) -> str:
        near = f"within {length(one.reach, 3)} of" if one.reach else "at"
        return f"{near} intervals in {self(one.sites)}"

    def boundary_differs(self, one: c.BoundaryDiffers) -> str:
        """'the domain boundary near 6.12 Mb in A (2.7-fold fewer contacts cross it) is not seen in B (1.1-fold)'."""
        (_, first, second), *more = one.at
        places = listed([self.at(at) for at, _, _ in one.at])
        if more:
            firsts, seconds = ([f"{fold(pair[way])}-fold" for pair in one.at] for way in (1, 2))
            fewer = f"{listed(firsts)} fewer contacts cross them"
            return (
                f"the domain boundaries near {places} in {self(one.who)} ({fewer}) are not seen in {self(one.other)} "
                f"({listed(seconds)})"
            )
        fewer = f"{fold(first)}-fold fewer contacts cross it"
        other = f"{self(one.other)} ({fold(second)}-fold)"
        return f"the domain boundary near {places} in {self(one.who)} ({fewer}) is not seen in {other}"

    def dots(self, one: c.Dots) -> str:
        if not one.pairs:
            return f"no corner dot stands out at {length(one.bin)}"
        joined = [f"{self.at(a)} and {self.at(b)} ({fold(times)}-fold)" for a, b, times in one.pairs]
        links = f", as {listed([f'one {self(row)}' for row in one.links])} does" if one.links else ""
        many = "s join" if len(joined) > 1 else " joins"
        over = "over their surroundings" if len(joined) > 1 else "over its surroundings"
        first = f"{'a ' if len(joined) == 1 else ''}corner dot{many} {listed(joined)} {over}"
        return f"{first}{links}"

    # --- boxes

    def marked(self, one: c.Marked) -> str:
        spans = listed([self.span(*span) for span in one.spans])
        return f"in {self(one.who)}, {spans} {'is' if len(one.spans) == 1 else 'are'} marked"

    def whole_window(self, one: c.WholeWindow) -> str:
        if one.outer:
            return f"the whole window lies in one interval of {self(one.who)} ({self.span(*one.outer)})"
        return f"{self(one.who)} {'span' if one.who.many else 'spans'} the window"

    def hold_peaks(self, one: c.HoldPeaks) -> str:
        held = [f"{_some(inside, peaks)} peak{'s' * (peaks > 1)} of {self(who)}" for who, inside, peaks in one.signals]
        return f"intervals of {self(one.who)} hold {listed(held)}"

    def no_links(self, one: c.NoLinks) -> str:
        return f"{self(one.who)} {'have' if one.who.many else 'has'} no link here"

    def intervals(self, one: c.Intervals) -> str:
        """'the window holds five BEAF peaks and eight Cp190 peaks'; where a label is no plural, or there is one of it,
        'there are three intervals in A and one in B'."""
        if all(row.count != 1 and _PLURAL.search(self(row.who)) for row in one.rows):
            return f"the window holds {listed([f'{number(row.count)} {self(row)}' for row in one.rows])}"
        first, *others = one.rows
        many = "are" if first.count != 1 else "is"
        row = f"{number(first.count)} interval{'s' * (first.count != 1)} in {self(first)}"
        return f"there {many} {listed([row, *(f'{number(row.count)} in {self(row)}' for row in others)])}"

    def interval_row(self, one: c.IntervalRow) -> str:
        """'HUVEC Arrowhead domains (median 550 kb, the longest 82.44–85.87 Mb)'."""
        longest = f", the longest {self.span(*one.longest)}" if one.longest else ""
        return f"{self(one.who)}{f' (median {length(one.median, 3)}{longest})' if one.median else ''}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "lone_anchor": lambda en, claim: (
            f"{claim.track}: of a link between {listed([en.at(end) for end in claim.ends])}, one end lies at a peak of "
            f"{claim.other}"
        ),
        "link_hub": lambda en, claim: f"{claim.track}: {claim.value} links end near {en.at(claim.middle)}",
        "interval_length": lambda en, claim: f"{claim.track}: {_median(claim)}",
        "peak_in_interval": lambda en, claim: (
            f"{claim.track}: {claim.value} peaks of {claim.other} lie in its intervals"
        ),
        "corner_dot": lambda en, claim: (
            f"{claim.track}: no corner dot"
            if claim.value is None
            else f"{claim.track}: a corner dot between {listed([en.at(end) for end in claim.ends])}"
        ),
        "edges_at": "{track}: both ends of {span} lie at intervals of {other}",
        "boundaries_at": "{track}: {value} boundaries lie at intervals of {other}",
        "boundary_differs": "{track}: a domain boundary near {near} that {other} lacks",
        "states_change": lambda en, claim: (
            f"{claim.track}: more of {FAMILIES.get(claim.told('family'), 'a state')} {claim.told('side') or 'beside'} "
            f"the loop over {en.span(claim.start, claim.end)}"
        ),
    }
