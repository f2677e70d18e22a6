"""IGV sessions: the XML of the desktop program and the JSON of igv.js.

Formats: https://igv.org/doc/desktop and https://igv.org/doc/igvjs. What has no counterpart here is listed in the
warnings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from renderer.formats.table import FORMATS, find_listed, written_as
from renderer.tracklists.entries import (
    ListedTrack,
    Notes,
    Places,
    TrackList,
    assembly_named,
    color_of,
    first_of,
    number,
    numbered_parts,
    parts_of,
    pixels,
    region_of,
    relative,
    rgb,
)
from renderer.tracklists.json_values import Fields, Json, facts, metadata, objects
from renderer.tracklists.xml_tree import Element, parse
from renderer.values.errors import FormatError
from renderer.values.track import Look

TYPES = {"signal": "wig", "links": "interact", "contacts": "hic"}
"""Types of igv.js by the kind of a format; a list of places on the genome is an annotation."""

OWN_TYPES = {"bam": "alignment", "vcf": "variant"}
"""Formats of igv.js that have a type of their own."""

MERGED = "merged"
MERGED_CLASS = "org.broad.igv.track.MergedTracks"
COVERAGE, JUNCTIONS = "_coverage", "_junctions"
"""What the ids of the tracks that IGV makes of alignments end in."""

TRACK_KEYS = frozenset(
    ("id", "name", "color", "autoscaleGroup", "autoScale", "height", "visible", "displayMode", "clazz")
)
RANGE_KEYS = frozenset(("minimum", "maximum", "type"))
DENSE = ("COLLAPSED", "SQUISHED")


def looks_like(data: Any) -> bool:
    """Whether parsed JSON is a session of igv.js."""
    return isinstance(data, dict) and "tracks" in data


def read_json(data: Mapping[str, Any], places: Places, notes: Notes) -> TrackList:
    """The tracks of an igv.js session. Raises FormatError naming the track."""
    session = Fields(data, places.name, "the session", notes)
    reference = session.inner("reference")
    genome = assembly_named(session.text("genome") or reference.text("id"), notes)
    reference.used |= {"name", "fastaURL", "indexURL", "cytobandURL", "tracks", "twoBitURL", "chromSizesURL"}
    locus = session.get("locus")
    region = region_of(str(locus[0] if isinstance(locus, list) and locus else locus or ""), notes)
    session.used |= {"version"}
    listed = objects(session.get("tracks"), places.name, "tracks")
    session.done()
    own = [_json_track(at, one, places, notes) for at, one in enumerate(listed, 1) if not _is_own(one, notes)]
    return TrackList(places.name, genome, region, tuple(track for track in own if track))


def _is_own(one: Json, notes: Notes) -> bool:
    """Tracks igv.js makes itself (the sequence, the ruler): no file is behind them."""
    own = one.get("type") in ("sequence", "ruler", "ideogram") and "url" not in one
    if own:
        notes.say(f"The track '{one['type']}' comes with igv.js, not from a file, and was left out.")
    return own


def _json_track(at: int, one: Json, places: Places, notes: Notes) -> ListedTrack | None:
    fields = Fields(one, places.name, f"track {at} ('{str(one.get('name', ''))[:40]}')", notes)
    kind = (fields.text("type") or "").lower()
    parts = objects(fields.get("tracks"), places.name, f"{fields.where}: tracks") if kind == MERGED else [one]
    files = [Fields(part, places.name, fields.where, notes) for part in parts]
    urls = [part.location("url") for part in files]
    if not urls or None in urls:
        notes.say(f"{fields.where} has no url and was left out.")
        return None
    first, *more = (places.resolve(url) for url in urls if url)
    hint = (files[0].text("format") or files[0].text("type") or "").lower()
    label = fields.text("name") or Path(first).name
    named = parts_of(label, [(part.text("name"), part.color("color")) for part in files])
    for part in files if kind == MERGED else ():
        part.used |= {"type", "format", "min", "max", "autoscale"}
        part.done()
    fields.used |= {"url", "format", "order"}
    look = _json_look(fields)
    assay, sample, strand = facts(fields.inner("metadata"))
    made = ListedTrack(
        label,
        first,
        find_listed("igv", hint),
        fields.color("color"),
        fields.text("autoscaleGroup"),
        look,
        assay,
        sample,
        strand,
        tuple(more),
        "overlay" if more else None,
        fields.text("description"),
        named,
    )
    fields.done()
    return made


def _json_look(fields: Fields) -> Look:
    low, high = fields.number("min"), fields.number("max")
    if fields.get("autoscale") is True and (low, high) != (None, None):
        fields.notes.ignore("min and max beside autoscale", fields.where)
        low = high = None
    _check_range(low, high, fields.name, fields.where)
    return Look(
        fields.pixels("height"),
        low,
        high,
        fields.get("logScale") is True,
        (fields.text("displayMode") or "").upper() in DENSE,
    )


def _check_range(low: float | None, high: float | None, name: str, where: str, line: int = 0) -> None:
    if low is not None and high is not None and low >= high:
        raise FormatError(name, f"{where}: the range is {low:g} to {high:g}", "The lower end comes first.", line)


def read_xml(text: str, places: Places, notes: Notes) -> TrackList:
    """The tracks of an IGV desktop session. Raises FormatError with the line."""
    root = parse(text, places.name)
    if root.tag not in ("Session", "Global"):
        raise FormatError(
            places.name, f"the document is a <{root.tag[:40]}>", "An IGV session is a <Session>.", root.line
        )
    notes.ignore_rest(
        root.attributes, ("genome", "locus", "version", "hasGeneTrack", "hasSequenceTrack"), f"line {root.line}"
    )
    resources = {one.attributes.get("path", ""): one for one in root.all("Resource")}
    elements = list(root.all("Track"))
    covered = {_key(file, resources) for one in elements if not _is_hidden(one) and (file := _file_of(one, COVERAGE))}
    tracks: list[ListedTrack] = []
    drawn: set[str] = set()
    for element in elements:
        parts = list(element.all("Track")) or [element]
        named = [_key(_file_of(part, COVERAGE) or part.attributes.get("id", ""), resources) for part in parts]
        drawn.update(named)
        why = _why_not(element, named, resources, covered)
        if why:
            notes.say(f"The track '{element.attributes.get('name', named[0])}' is {why} and was left out.")
            continue
        tracks.append(_xml_track(element, parts, [resources[name] for name in named], places, notes))
    rest = [one for path, one in resources.items() if path not in drawn]
    for one in rest:
        whole = Element("Track", {}, one.line)
        tracks.append(_xml_track(whole, [whole], [one], places, notes))
    for tag in ("Regions", "GeneList", "FilterTrack"):
        notes.ignore_rest([tag] if any(root.all(tag)) else [], (), "session")
    region = region_of(root.attributes.get("locus"), notes)
    assembly = assembly_named(root.attributes.get("genome"), notes)
    return TrackList(places.name, assembly, region, tuple(tracks))


def _key(name: str, resources: Mapping[str, Element]) -> str:
    """The resource that a track's id names: itself, or the only one of that file name, where the session was moved."""
    same = [path for path in resources if re.split(r"[\\/]", path)[-1] == re.split(r"[\\/]", name)[-1]]
    return same[0] if name not in resources and len(same) == 1 else name


def _is_hidden(element: Element) -> bool:
    return element.attributes.get("visible") == "false"


def _file_of(element: Element, ending: str) -> str | None:
    """The alignments that a coverage or junction track is made of: its id is theirs with an ending."""
    name = element.attributes.get("id", "")
    return name.removesuffix(ending) if name.endswith(ending) else None


def _why_not(
    element: Element, named: list[str], resources: Mapping[str, Element], covered: Container[str]
) -> str | None:
    """Why a track of a session is not drawn, if it is not."""
    if _is_hidden(element):
        return "hidden"
    if _key(_file_of(element, JUNCTIONS) or "", resources) in resources:
        return "made of spliced reads, which are drawn as their coverage only,"
    if not all(name in resources for name in named):
        return "no file of the session"
    reads = named[0] in covered and _file_of(element, COVERAGE) is None
    return "of alignments, whose coverage is drawn above," if reads else None


def _xml_track(
    element: Element, members: list[Element], files: list[Element], places: Places, notes: Notes
) -> ListedTrack:
    values, line = element.attributes, element.line
    notes.ignore_rest(values, TRACK_KEYS, f"line {line}")
    for file in files:
        if not file.attributes.get("path"):
            raise FormatError(places.name, "a resource has no path", "Every <Resource> names its file.", file.line)
        notes.ignore_rest(file.attributes, ("path", "type", "index", "name"), f"line {file.line}")
    first, *more = (places.resolve(file.attributes["path"], file.line) for file in files)
    own = [_xml_color(part, places.name) for part in members] if more else []
    kind = files[0].attributes.get("type") or Path(first.removesuffix(".gz")).suffix.lstrip(".")
    label = first_of(values, "name") or first_of(files[0].attributes, "name") or Path(first).name
    return ListedTrack(
        label,
        first,
        find_listed("igv", kind.lower()),
        _xml_color(element, places.name),
        first_of(values, "autoscaleGroup"),
        _xml_look(element, places.name, notes),
        more=tuple(more),
        combine="overlay" if more else None,
        parts=parts_of(label, [(first_of(one.attributes, "name"), c) for one, c in zip(members, own, strict=False)]),
    )


def _xml_color(element: Element, name: str) -> str | None:
    """Raises FormatError."""
    text = element.attributes.get("color")
    color = color_of(text) if text is not None else None
    if text is not None and color is None:
        raise FormatError(name, f"color is '{text[:40]}'", "Write it like 255,0,0.", element.line)
    return color


def _xml_look(element: Element, name: str, notes: Notes) -> Look:
    values, line = element.attributes, element.line
    height = pixels(values["height"], name, "height", line) if "height" in values else None
    dense = values.get("displayMode", "").upper() in DENSE
    drawn = next(element.all("DataRange"), None)
    if drawn is None:
        return Look(height, dense=dense)
    said = drawn.attributes
    notes.ignore_rest(said, RANGE_KEYS | {"baseline", "drawBaseline", "flipAxis"}, f"line {drawn.line}")
    log = said.get("type", "").upper() == "LOG"
    if values.get("autoScale") == "true":  # what is written is then only the range of the last view
        return Look(height, log=log, dense=dense)
    low, high = (number(said[key], name, key, drawn.line) if key in said else None for key in ("minimum", "maximum"))
    _check_range(low, high, name, "DataRange", drawn.line)
    return Look(height, low, high, log, dense)


def write_json(listing: TrackList, folder: Path, notes: Notes) -> str:
    """The text of an igv.js session, its local files named relative to `folder`."""
    session: Json = {"version": "3.0"}
    if listing.assembly:
        session["genome"] = listing.assembly
    if listing.region is not None:
        session["locus"] = str(listing.region)
    session["tracks"] = [_json_of(track, folder, notes) for track in _kept(listing, notes)]
    return json.dumps(session, indent=1, ensure_ascii=False) + "\n"


def _kept(listing: TrackList, notes: Notes) -> Iterator[ListedTrack]:
    """The tracks IGV can read, as far as it can say them."""
    for track in listing.tracks:
        if written_as("igv", track.format) is None:
            notes.say(f"'{track.label}' was left out: IGV takes no {track.format or 'unknown'} file.")
            continue
        if track.combine and track.combine != "overlay":
            notes.say(f"'{track.label}': IGV cannot say '{track.combine}'; its first file was written.")
            track = replace(track, more=(), combine=None)
        if track.look.shape == "square":
            notes.say(f"'{track.label}': IGV keeps no shape of a contact map.")
        yield track


def _json_of(track: ListedTrack, folder: Path, notes: Notes) -> Json:
    name, look = written_as("igv", track.format), track.look
    kind = OWN_TYPES.get(name or "") or TYPES.get(FORMATS[track.format or ""].kind, "annotation")
    said: Json = {
        "name": track.label,
        "type": kind,
        "format": name,
        "url": relative(track.location, folder),
        "description": track.description,
        "color": track.color,
        "autoscaleGroup": track.group,
        "min": look.vmin,
        "max": look.vmax,
        "height": look.height,
        "logScale": look.log or None,
        "displayMode": "COLLAPSED" if look.dense else None,
        "metadata": metadata(track) or None,
    }
    if kind == "wig" and (look.vmin, look.vmax) == (None, None) and not track.group:
        said["autoscale"] = True
    if track.more:
        files = (track.location, *track.more)
        said |= {
            "type": MERGED,
            "format": None,
            "url": None,
            "tracks": [
                {"name": part.label, "type": kind, "format": name, "url": relative(one, folder)}
                | ({"color": part.color} if part.color else {})
                for one, part in zip(files, numbered_parts(track), strict=True)
            ],
        }
    return {key: value for key, value in said.items() if value is not None}


def write_xml(listing: TrackList, folder: Path, notes: Notes) -> str:
    """The text of an IGV desktop session, its local files named relative to `folder`."""
    tracks = list(_kept(listing, notes))
    root = Element("Session", {"genome": listing.assembly or "", "version": "8"})
    if listing.region is not None:
        root.attributes["locus"] = str(listing.region)
    files = [
        (relative(one, folder), written_as("igv", t.format) or "") for t in tracks for one in (t.location, *t.more)
    ]
    resources = [Element("Resource", {"path": path, "type": kind}) for path, kind in dict.fromkeys(files)]
    panel = Element("Panel", {"name": "DataPanel"}, children=[_xml_of(track, folder, notes) for track in tracks])
    root.children = [Element("Resources", {}, children=resources), panel]
    return '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' + root.text()


def _xml_of(track: ListedTrack, folder: Path, notes: Notes) -> Element:
    if any(metadata(track)) or track.description:
        notes.say(f"'{track.label}': an IGV session has no place for assay, sample, strand and a longer label.")
    look, paths = track.look, [relative(one, folder) for one in (track.location, *track.more)]
    values = {"id": paths[0], "name": track.label, "visible": "true"}
    values |= {"color": rgb(track.color)} if track.color else {}
    values |= {"autoscaleGroup": track.group} if track.group else {}
    values |= {"height": str(look.height)} if look.height else {}
    values |= {"displayMode": "COLLAPSED"} if look.dense else {}
    children = (
        [
            Element("Track", {"id": path, "name": part.label} | ({"color": rgb(part.color)} if part.color else {}))
            for path, part in zip(paths, numbered_parts(track), strict=True)
        ]
        if track.more
        else []
    )
    if track.more:
        values |= {"clazz": MERGED_CLASS, "id": track.label}
    low, high = look.vmin, look.vmax
    fixed = low is not None and high is not None
    if not fixed and (low, high) != (None, None):
        notes.say(f"'{track.label}': an IGV session fixes both ends of a range or none.")
    values["autoScale"] = "false" if fixed else "true"
    if fixed or look.log:  # the program wants both ends, also of a range it scales itself
        ends = (low, high) if fixed else (0.0, 10.0)
        said = {"minimum": repr(ends[0]), "maximum": repr(ends[1]), "type": "LOG" if look.log else "LINEAR"}
        children.append(Element("DataRange", said))
    return Element("Track", values, children=children)
