"""UCSC track hubs, read: hub.txt, genomes.txt and trackDb.txt, or the three in one file (useOneFile).

Format: https://genome.ucsc.edu/goldenPath/help/trackDb/trackDbHub.html. Settings are inherited from composite and
multiWig containers as there. What has no counterpart here is listed in the warnings.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from renderer.assays.labels import strand_named
from renderer.formats.table import find_listed
from renderer.tracklists.entries import (
    ListedTrack,
    Notes,
    Places,
    TrackList,
    color_of,
    first_of,
    number,
    parts_of,
    pixels,
    read_text,
)
from renderer.values.errors import FormatError
from renderer.values.track import Look

USED = frozenset(
    (
        "track",
        "type",
        "bigDataUrl",
        "shortLabel",
        "longLabel",
        "color",
        "parent",
        "superTrack",
        "compositeTrack",
        "container",
        "aggregate",
        "autoScale",
        "viewLimits",
        "maxHeightPixels",
        "visibility",
        "negateValues",
        "transformFunc",
        "metadata",
        "drawMode",
        "priority",
        "include",
    )
)
OVERLAYS = ("transparentOverlay", "solidOverlay")
MOST_INCLUDES = 5
"""Files that include files that include files: deeper than this is a circle."""

MOST_PARENTS = 5
HUB_KEYS = ("hub", "shortLabel", "longLabel", "genomesFile", "email", "useOneFile", "descriptionUrl")
GENOME_KEYS = ("genome", "trackDb")


@dataclass
class Stanza:
    """Lines up to the next blank one: setting -> text, and the line it stands on (1-based) in `file`."""

    file: Places
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def place(self, setting: str = "") -> int:
        """The line of a setting, or where the stanza begins."""
        return self.lines.get(setting) or min(self.lines.values(), default=0)


def looks_like(text: str) -> bool:
    """Whether a text begins like a hub.txt, genomes.txt or trackDb.txt."""
    lines = (line.split() for line in text.splitlines())
    first = next((words for words in lines if words and not words[0].startswith("#")), [])
    return len(first) >= 2 and first[0] in ("hub", "genome", "track", "include")


def read(text: str, places: Places, notes: Notes, assembly: str | None) -> TrackList:
    """The tracks of one genome. Raises FormatError, also where the hub has several genomes and none is named."""
    stanzas = list(_stanzas(text, places, notes))
    head = stanzas.pop(0) if stanzas and "hub" in stanzas[0].values else None
    title = first_of(head.values, "longLabel", "shortLabel", "hub") if head else None
    if head:
        notes.ignore_rest(head.values, HUB_KEYS, f"line {head.place()}")
        if "genomesFile" in head.values:
            stanzas += _stanzas_of(head.values["genomesFile"], head, "genomesFile", notes)
    genomes = [stanza for stanza in stanzas if "genome" in stanza.values]
    tracks = [stanza for stanza in stanzas if "genome" not in stanza.values]
    if genomes:
        chosen = _choose(genomes, assembly, places)
        for setting in (one for one in chosen.values if one not in GENOME_KEYS):
            notes.ignore(setting, f"{chosen.file.name}, line {chosen.place(setting)}")
        assembly = chosen.values["genome"]
        if "trackDb" in chosen.values:
            tracks += _stanzas_of(chosen.values["trackDb"], chosen, "trackDb", notes)
    return TrackList(title or places.name, assembly, None, tuple(_tracks(_included(tracks, notes), notes)))


def _stanzas(text: str, places: Places, notes: Notes) -> Iterator[Stanza]:
    """The stanzas of a file. Of a setting that is said twice the last one counts, as for the browser."""
    stanza = Stanza(places)
    pending, start = "", 0
    for line_number, raw in enumerate([*text.splitlines(), ""], 1):
        line = raw.strip()
        if line.startswith("#"):
            continue
        start = start or line_number
        if line.endswith("\\"):
            pending += line[:-1] + " "
            continue
        words = (pending + line).split(None, 1)
        if words:
            if len(words) < 2 and words[0] not in ("email", "longLabel", "shortLabel"):
                raise FormatError(
                    places.name, f"'{words[0][:60]}' has no value", "A line is a setting and its value.", start
                )
            if words[0] in stanza.values:
                notes.say(f"{places.name}, line {start}: '{words[0][:60]}' is said twice; the last one counts.")
            stanza.values[words[0]] = words[1].strip() if len(words) > 1 else ""
            stanza.lines[words[0]] = start
        elif stanza.values:
            yield stanza
            stanza = Stanza(places)
        pending, start = "", 0


def _stanzas_of(location: str, stanza: Stanza, setting: str, notes: Notes) -> list[Stanza]:
    """The stanzas of another file that a setting names, which must be a local one."""
    line = stanza.place(setting)
    found = stanza.file.resolve(location, line)
    if "://" in found:
        raise FormatError(stanza.file.name, f"{setting} is {found}", "Download that file, and name it here.", line)
    path = Path(found)
    return list(_stanzas(read_text(path), stanza.file.inner(path), notes))


def _included(stanzas: Sequence[Stanza], notes: Notes, depth: int = 0) -> Iterator[Stanza]:
    for stanza in stanzas:
        if "include" not in stanza.values:
            yield stanza
            continue
        if depth >= MOST_INCLUDES:
            raise FormatError(
                stanza.file.name,
                f"{MOST_INCLUDES} files include one another",
                "Put the tracks into one file.",
                stanza.place("include"),
            )
        rest = {name: value for name, value in stanza.values.items() if name != "include"}
        yield from _included(_stanzas_of(stanza.values["include"], stanza, "include", notes), notes, depth + 1)
        if rest:
            yield Stanza(stanza.file, rest, stanza.lines)


def _choose(genomes: Sequence[Stanza], assembly: str | None, places: Places) -> Stanza:
    names = [stanza.values["genome"] for stanza in genomes]
    if assembly is None and len(genomes) == 1:
        return genomes[0]
    for name, stanza in zip(names, genomes, strict=True):
        if name == assembly:
            return stanza
    wanted = f"there is no genome {assembly}" if assembly else f"there are {len(names)} genomes"
    raise FormatError(places.name, wanted, f"Name one of {', '.join(names[:10])}.")


def _tracks(stanzas: Iterator[Stanza], notes: Notes) -> list[ListedTrack]:
    named: dict[str, Stanza] = {}
    for stanza in stanzas:
        if "track" not in stanza.values:
            raise FormatError(
                stanza.file.name,
                f"'{next(iter(stanza.values))}' stands before any track",
                "A track begins with a line 'track <name>'.",
                stanza.place(),
            )
        name = stanza.values["track"]
        if name in named:
            notes.say(
                f"{stanza.file.name}, line {stanza.place('track')}: there is a track {name[:60]} already; this one was "
                "left out."
            )
            continue
        named[name] = stanza
        for setting in stanza.values:
            if setting not in USED:
                notes.ignore(setting, f"{stanza.file.name}, line {stanza.place(setting)}")
    found: list[tuple[float, ListedTrack]] = []
    for name, stanza in named.items():
        parents = _parents(stanza, named)
        if _hidden(stanza, parents):
            notes.say(f"The track {name} is hidden in the hub and was left out.")
        elif stanza.values.get("aggregate", "none") not in ("none", *OVERLAYS):
            notes.say(f"'aggregate {stanza.values['aggregate']}' of {name} is not drawn: its tracks stand apart.")
        elif _overlaid(stanza):
            inner = [part for part in named.values() if _parent(part) == name and "bigDataUrl" in part.values]
            parts = [part for part in inner if not _hidden(part, ())]
            found += [(_priority(stanza), _overlay(stanza, parts, parents, notes))] if parts else []
        elif "bigDataUrl" in stanza.values and not any(_overlaid(one) for one in parents):
            found.append((_priority(stanza), _track(stanza, parents, notes)))
        elif "bigDataUrl" not in stanza.values and not _contains(stanza, named):
            notes.say(f"The track {name} has no bigDataUrl and was left out.")
    found.sort(key=lambda pair: pair[0])  # keeps the order of the file where priorities are equal, or not given
    return [track for _, track in found]


def _parent(stanza: Stanza) -> str | None:
    said = stanza.values.get("parent") or stanza.values.get("superTrack", "on")
    words = said.split()
    return words[0] if words and words[0] != "on" else None


def _parents(stanza: Stanza, named: dict[str, Stanza]) -> list[Stanza]:
    """The containers of a track, innermost first. Raises FormatError for one that is not there, or a circle."""
    parents: list[Stanza] = []
    while (name := _parent([stanza, *parents][-1])) is not None:
        line = stanza.place("parent")
        if name not in named:
            raise FormatError(
                stanza.file.name, f"the parent {name} is not in the hub", "Name a track of the hub.", line
            )
        if len(parents) >= MOST_PARENTS:
            raise FormatError(stanza.file.name, f"more than {MOST_PARENTS} parents", "Remove the circle.", line)
        parents.append(named[name])
    return parents


def _overlaid(stanza: Stanza) -> bool:
    return stanza.values.get("container") == "multiWig" and stanza.values.get("aggregate") in OVERLAYS


def _contains(stanza: Stanza, named: dict[str, Stanza]) -> bool:
    return any(_parent(other) == stanza.values["track"] for other in named.values())


def _hidden(stanza: Stanza, parents: Sequence[Stanza]) -> bool:
    off = (stanza.values.get("parent") or "").split()[1:2] == ["off"]
    return off or any(one.values.get("visibility") in ("hide", "0") for one in (stanza, *parents))


def _priority(stanza: Stanza) -> float:
    said = stanza.values.get("priority", "0")
    return number(said, stanza.file.name, "priority", stanza.place("priority"))


def _setting(name: str, stanza: Stanza, parents: Sequence[Stanza]) -> tuple[str | None, Stanza]:
    """A setting of a track, or inherited from its containers (super tracks hand nothing down), and whose it is."""
    for one in (stanza, *(parent for parent in parents if "superTrack" not in parent.values)):
        if name in one.values:
            return one.values[name], one
    return None, stanza


def _label(stanza: Stanza) -> str:
    return first_of(stanza.values, "shortLabel", "track") or "track"


def _description(stanza: Stanza) -> str | None:
    long = first_of(stanza.values, "longLabel")
    return None if long == _label(stanza) else long


def _track(stanza: Stanza, parents: Sequence[Stanza], notes: Notes) -> ListedTrack:
    kind = (_setting("type", stanza, parents)[0] or "").split()[:1]
    format_ = find_listed("ucsc", kind[0]) if kind else None
    if format_ is None:
        notes.say(f"The type of {_label(stanza)} is {' '.join(kind) or 'not given'}: its content will decide.")
    facts = _metadata(stanza)
    scale = _setting("autoScale", stanza, parents)[0]
    group = _label(parents[0]) if scale == "group" and parents else None
    titles = [_label(one) for one in parents if not _overlaid(one)]
    heading = next((title for title in titles if title != group), None)
    negated = _setting("negateValues", stanza, parents)[0] == "on"
    location = stanza.file.resolve(stanza.values["bigDataUrl"], stanza.place("bigDataUrl"))
    return ListedTrack(
        _label(stanza),
        location,
        format_,
        _color(stanza, parents, notes),
        group,
        replace(_look(stanza, parents, notes), heading=heading),
        facts.get("assay"),
        facts.get("sample"),
        facts.get("strand") or ("-" if negated else None),
        description=_description(stanza),
    )


def _overlay(stanza: Stanza, parts: Sequence[Stanza], parents: Sequence[Stanza], notes: Notes) -> ListedTrack:
    """A multiWig container drawn over one another: one track of several files."""
    whole = _track(
        Stanza(
            stanza.file, {"type": "bigWig", **stanza.values, "bigDataUrl": parts[0].values["bigDataUrl"]}, stanza.lines
        ),
        parents,
        notes,
    )
    for part in parts:
        if "viewLimits" in part.values:
            notes.ignore("viewLimits of one part of an overlay", f"line {part.place('viewLimits')}")
    named = parts_of(whole.label, [(_label(part), _color(part, (), notes)) for part in parts])
    first, *more = (part.file.resolve(part.values["bigDataUrl"], part.place("bigDataUrl")) for part in parts)
    return replace(whole, location=first, more=tuple(more), combine="overlay" if more else None, parts=named)


def _metadata(stanza: Stanza) -> dict[str, str]:
    try:
        words = shlex.split(stanza.values.get("metadata", ""))
    except ValueError as exc:
        raise FormatError(
            stanza.file.name,
            f"metadata cannot be read ({exc})",
            "Write it key=value key='some value'.",
            stanza.place("metadata"),
        ) from exc
    said = {name.lower(): value for name, sep, value in (word.partition("=") for word in words) if sep}
    pairs = {
        "assay": first_of(said, "assay", "antibody", "target", "experiment"),
        "sample": first_of(said, "sample", "cell", "biosample", "tissue"),
        "strand": strand_named(said.get("strand")),
    }
    return {name: value for name, value in pairs.items() if value}


def _color(stanza: Stanza, parents: Sequence[Stanza], notes: Notes) -> str | None:
    text, owner = _setting("color", stanza, parents)
    color = color_of(text) if text else None
    if text and color is None:
        raise FormatError(owner.file.name, f"color is '{text[:60]}'", "Write it like 255,0,0.", owner.place("color"))
    return color


def _look(stanza: Stanza, parents: Sequence[Stanza], notes: Notes) -> Look:
    name = stanza.file.name
    height, owner = _setting("maxHeightPixels", stanza, parents)
    tall = None
    if height:
        parts = height.split(":")
        tall = pixels(parts[1] if len(parts) > 1 else parts[0], name, "maxHeightPixels", owner.place("maxHeightPixels"))
    low, high = _limits(stanza, parents, notes)
    log = (_setting("transformFunc", stanza, parents)[0] or "NONE").upper() == "LOG"
    dense = _setting("visibility", stanza, parents)[0] in ("dense", "1")
    square = _setting("drawMode", stanza, parents)[0] == "square"
    return Look(tall, low, high, log, dense, "square" if square else "triangle")


def _limits(stanza: Stanza, parents: Sequence[Stanza], notes: Notes) -> tuple[float | None, float | None]:
    """The fixed range: viewLimits, else the range of the type; automatic scaling, where on, overrides both."""
    text, owner = _setting("viewLimits", stanza, parents)
    if (_setting("autoScale", stanza, parents)[0] or "off") != "off":
        if text:
            notes.ignore("viewLimits beside autoScale", f"line {owner.place('viewLimits')}")
        return None, None
    if text:
        parts = text.split(":")
    else:
        said, owner = _setting("type", stanza, parents)
        words = (said or "").split()
        parts = words[1:3] if words[:1] == ["bigWig"] else []
    if not parts:
        return None, None
    line = owner.place("viewLimits" if text else "type")
    if len(parts) != 2:
        raise FormatError(owner.file.name, f"the range is '{text}'", "Write viewLimits like 0:30.", line)
    low, high = (number(part, owner.file.name, "an end of the range", line) for part in parts)
    if low >= high:
        raise FormatError(owner.file.name, f"the range is {low:g} to {high:g}", "The lower end comes first.", line)
    return low, high
