"""What a set of tracks compares, guessed from their fields and labels: conditions, their replicates, their order.

Knows names and numbers in labels, no signal: whether conditions differ is measured elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from renderer.assays.labels import NONE, Label, read_track, sample_of, strand_of, unnumbered, unstranded
from renderer.assays.names import NAMES, assays_of, is_control
from renderer.values.design import Condition, Contrast, Design, Replicates
from renderer.values.track import Track

FACTORS = ("genotype", "treatment", "time", "dose", "sample", "condition")
"""What conditions may differ in, in the order in which contrasts are told; `condition` is what no word names."""

BASELINES = frozenset({"", "0", "wt", "wild type", "control", "untreated", "vehicle", "dmso", "etoh", "mock"})
"""Levels that others are set against (small letters); a label that says nothing of a factor others name is one."""

UNSAID = {"genotype": "wild type", "treatment": "untreated", "dose": "0"}
"""What a label that says nothing of a factor stands for, where its peers name one; else it goes by its own words."""

_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0, "E": 24.0}
_MOLAR = {"p": 1e-6, "n": 1e-3, "u": 1.0, "µ": 1.0, "μ": 1.0, "m": 1e3}
_NUMBER = re.compile(r"(?P<lead>E)?(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>\S*)")
_TOKEN = re.compile(r"[A-Za-z0-9+.]+")


@dataclass(frozen=True)
class _Sampled:
    """A signal track with what its label and fields say of it."""

    track: Track
    label: Label
    assay: str
    levels: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str | None]:
        """Tracks of one key may be compared: one assay, one strand."""
        return self.assay, self.label.strand


_UNIT = re.compile(
    r"(?<![A-Za-z0-9])(?:[cbr]pm|[rf]pkm|tpm|log2\w*|l2fc|ln|z-?scores?|-?log10\w*|p-?val\w*|q-?val\w*|raw|counts?"
    r"|fold[-_ ]?(?:change|enrichment)|fc)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Words of a label that name the unit of its values."""


def scale_kind(track: Track) -> str | None:
    """Assay, unit and source of a signal, as far as fields and label tell: signals of one kind are drawn on one scale.
    None where no assay is named: nothing says that such signals are alike."""
    assay = _assay(track)
    if not assay:
        return None
    named = sorted({one.casefold() for one in _UNIT.findall(f"{track.assay or ''} {track.label}")})
    unit = [*named, *([track.combine] if track.combine in ("subtract", "ratio", "log2ratio") else [])]
    return " ".join([assay.casefold(), *unit, *([f"of {track.source}"] if track.source else [])])


def guess_design(tracks: Iterable[Track]) -> Design:
    """The contrasts of a set of tracks; none where labels tell no conditions."""
    drawn = [track for track in tracks if track.kind == "signal" and track.note is None]
    peers: dict[tuple[str, str | None], list[_Sampled]] = {}
    for track in drawn:
        if not is_control(track):
            one = _sampled(track)
            peers.setdefault(one.key, []).append(one)
    found = [contrast for key, members in peers.items() for contrast in _contrasts(key, members)]
    sets = tuple(one for key, members in peers.items() for one in _replicates(key, members))
    return Design((*found, *_strands(drawn), *_controls(drawn)), sets)


@dataclass(frozen=True)
class Described:
    """A signal track as its design has it: `condition` names the levels of all factors but the sample, '' for none;
    `level` is the number of an ordered one."""

    track: Track
    assay: str
    sample: str
    condition: str
    replicate: str
    level: float | None


def describe_tracks(tracks: Iterable[Track]) -> list[Described]:
    """What is known or guessed of each signal track, in order: what `guess_design` goes by."""
    drawn = [_sampled(track) for track in tracks if track.kind == "signal" and track.note is None]
    peers: dict[tuple[str, str | None], list[_Sampled]] = {}
    for one in drawn:
        if not is_control(one.track):
            peers.setdefault(one.key, []).append(one)
    named = {one.track.number: one for members in peers.values() for one in _named_apart(members)}
    return [_described(named.get(one.track.number, one)) for one in drawn]


def _described(one: _Sampled) -> Described:
    said = [one.levels[factor] for factor in FACTORS if factor != "sample" and one.levels.get(factor)]
    numbers = (_number(one.levels.get(factor, ""), factor) for factor in ("time", "dose") if one.levels.get(factor))
    level = one.track.level if one.track.level is not None else next(numbers, None)
    assay, sample = one.track.assay or one.assay, one.levels.get("sample", "")
    return Described(one.track, assay, sample, ", ".join(said), _replicate(one), level)


def _sampled(track: Track) -> _Sampled:
    said = read_track(track)
    levels = dict(said.levels)
    if sample_of(track) or said.sample:
        levels["sample"] = said.sample or ""
    return _Sampled(track, said, _assay(track), levels)


def _assay(track: Track) -> str:
    """The assays a track names, or what its field says where that names none that is known."""
    names = assays_of(track)
    return "/".join(row.name for row in names) or (track.assay or "").strip()


def _contrasts(key: tuple[str, str | None], members: Sequence[_Sampled]) -> list[Contrast]:
    members = _named_apart(members)
    found = []
    for factor in FACTORS:
        if len({_level(one, factor) for one in members}) < 2:
            continue
        alike: dict[tuple[tuple[str, str], ...], list[_Sampled]] = {}
        for one in members:
            alike.setdefault(_others(one, factor), []).append(one)
        for group in alike.values():
            conditions = _conditions(group, factor)
            if len(conditions) > 1:
                found.append(Contrast(factor, *key, conditions))
    return found


def _replicates(key: tuple[str, str | None], members: Sequence[_Sampled]) -> list[Replicates]:
    """Members alike in all levels that are stated to be of one condition, or numbered as replicates: tracks that only
    happen to be called alike are none."""
    alike: dict[tuple[tuple[str, str], ...], list[_Sampled]] = {}
    for one in _named_apart(members):
        alike.setdefault(_others(one, ""), []).append(one)
    found = []
    for group in alike.values():
        numbers = [_replicate(one) for one in group]
        told = all(numbers) and len(set(numbers)) == len(numbers)
        stated = all(one.track.condition for one in group)
        if len(group) > 1 and (told or stated) and NONE not in numbers:
            levels = group[0].levels
            named = [levels[factor] for factor in FACTORS if factor != "sample" and levels.get(factor)]
            name = ", ".join(named) or levels.get("sample", "") or _own_words(group[0])
            found.append(Replicates(*key, name, tuple(one.track.number for one in group)))
    return found


def _replicate(one: _Sampled) -> str:
    return one.track.replicate or str(one.label.replicate or "")


def _named_apart(members: Sequence[_Sampled]) -> list[_Sampled]:
    """Members with a `condition` where their labels differ by words that are no known level and no replicate's."""
    same: dict[tuple[tuple[str, str], ...], list[_Sampled]] = {}
    for one in members:
        same.setdefault(tuple(sorted(one.levels.items())), []).append(one)
    named = []
    for group in same.values():
        own = [set(_words(one)) for one in group]
        shared = set.intersection(*own)
        for one in group:
            if one.track.condition is not None:
                named.append(one)
                continue
            left = [word for word in _words(one) if word not in shared]
            kept = {**one.levels, "condition": " ".join(left)} if left else one.levels
            named.append(_Sampled(one.track, one.label, one.assay, kept))
    order = {one.track.number: at for at, one in enumerate(members)}
    return sorted(named, key=lambda one: order[one.track.number])


def _words(one: _Sampled) -> list[str]:
    """The words of a label that could name a condition: not the number of a replicate."""
    words = _TOKEN.findall(one.label.stem.replace("_", " "))
    kept = [word for word in words if not re.fullmatch(r"(?i)(?:bio|tech)?rep(?:licate)?\d*|r?\d|#\d", word)]
    kept = [word for word in kept if word.casefold() != (one.track.replicate or "").casefold()]
    return [word for word in kept if word.casefold() not in str(one.levels.get("sample", "")).casefold().split()]


def _level(one: _Sampled, factor: str) -> str:
    return one.levels.get(factor, "").casefold()


def _others(one: _Sampled, factor: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, _level(one, name)) for name in FACTORS if name != factor)


def _conditions(group: Sequence[_Sampled], factor: str) -> tuple[Condition, ...]:
    by_level: dict[str, list[_Sampled]] = {}
    for one in group:
        by_level.setdefault(_level(one, factor), []).append(one)
    stated = [_stated_level(members) for members in by_level.values()]
    known = None not in stated and len(set(stated)) == len(stated)  # a level of another factor orders nothing here
    found = [
        Condition(
            _name(members[0], factor),
            tuple(one.track.number for one in members),
            level if known else _number(members[0].levels.get(factor, ""), factor),
        )
        for members, level in zip(by_level.values(), stated, strict=True)
    ]
    if all(one.level is not None for one in found):
        return tuple(sorted(found, key=lambda one: one.level or 0.0))
    return tuple(sorted(found, key=lambda one: one.name.casefold() not in BASELINES))


def _stated_level(members: Sequence[_Sampled]) -> float | None:
    """The level that is stated of all members, if one is."""
    levels = {one.track.level for one in members}
    return levels.pop() if len(levels) == 1 else None


def _name(one: _Sampled, factor: str) -> str:
    """The level, what stands for an unsaid one, or else the track's own words without its assay and number."""
    return one.levels.get(factor, "") or UNSAID.get(factor) or _own_words(one) or "untreated"


def _own_words(one: _Sampled) -> str:
    return re.sub(r"\s*#?\d+$", "", unnumbered(" ".join(NAMES.sub(" ", one.label.stem).split())))


def _number(level: str, factor: str) -> float | None:
    """A time in hours or a dose in one unit; None for what has no order."""
    if factor not in ("time", "dose"):
        return None
    match = _NUMBER.fullmatch(level.strip())
    if match is None:
        return 0.0 if factor == "dose" and level.casefold() in BASELINES else None
    value, unit = float(match["value"]), match["lead"] or match["unit"]
    if factor == "time":
        return value * _HOURS[unit] if unit in _HOURS else None
    return value * (_MOLAR.get(unit[0], 1.0) if len(unit) > 1 and unit[0] in _MOLAR else 1.0)


def _strands(drawn: Sequence[Track]) -> list[Contrast]:
    """The two strands of one library against each other: nothing is more comparable."""
    found = []
    for at, one in enumerate(drawn):
        for other in drawn[at + 1 :]:
            alike = (one.sample, one.assay) == (other.sample, other.assay)
            signs = {strand_of(one): one, strand_of(other): other}
            if alike and set(signs) == {"+", "-"} and unstranded(one.label) == unstranded(other.label):
                sides = tuple(Condition(sign, (signs[sign].number,)) for sign in ("+", "-"))
                found.append(Contrast("strand", _sampled(one).assay, None, sides))
    return found


def _controls(drawn: Sequence[Track]) -> list[Contrast]:
    """Each ChIP-like track against the one control of its sample."""
    controls = [track for track in drawn if is_control(track)]
    found = []
    for track in drawn:
        rows = assays_of(track)
        if is_control(track) or not rows or not any(row.factor or row.least_domain for row in rows):
            continue
        own = [one for one in controls if sample_of(one) == sample_of(track)]
        if len(own) == 1:
            sides = Condition(track.label, (track.number,)), Condition(own[0].label, (own[0].number,))
            found.append(Contrast("control", rows[0].name, None, sides))
    return found
