"""WashU Epigenome Browser: a datahub (a JSON list of tracks) and, for reading, a session that holds one.

Format: https://epigenomegateway.readthedocs.io (datahub). What has no counterpart here is listed in the warnings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from renderer.formats.table import find_listed, written_as
from renderer.tracklists.entries import (
    ListedTrack,
    Notes,
    Places,
    TrackList,
    assembly_named,
    numbered_parts,
    parts_of,
    region_of,
    relative,
)
from renderer.tracklists.json_values import Fields, Json, facts, metadata, objects
from renderer.values.errors import FormatError
from renderer.values.track import Look

OVERLAY = "matplot"
OWN = ("geneannotation", "ruler", "genomealign", "rmskv2", "native_track")
"""Tracks the browser makes itself: there is no file behind them."""

NO_TRACKS = ("metadata", "coordinate_override", "genesets", "run_genesetview")
"""Entries of old datahubs that say something of the hub."""

SESSION_KEYS = ("genomeName", "viewRegion", "viewInterval", "regionSets", "metadataTerms")


def looks_like(data: Any) -> bool:
    """Whether parsed JSON is a datahub or a session of this browser."""
    return isinstance(data, list) or (isinstance(data, dict) and any(key in data for key in SESSION_KEYS))


def read(data: Any, places: Places, notes: Notes) -> TrackList:
    """The tracks of a datahub. Raises FormatError naming the track."""
    region, assembly, listed = None, None, data
    if isinstance(data, dict):
        session = Fields(data, places.name, "the session", notes)
        listed, assembly = session.get("tracks"), assembly_named(session.text("genomeName"), notes)
        region = region_of(session.text("viewRegion"), notes)
        session.done()
    tracks: list[ListedTrack] = []
    for at, one in enumerate(objects(listed, places.name, "the datahub"), 1):
        called = str(one.get("name", one.get("label", "")))[:40]
        fields = Fields(one, places.name, f"track {at} ('{called}')" if called else f"track {at}", notes)
        if one.get("type") == "coordinate_override":  # 'chr1,100000,1900000', as the old browser wrote places
            chrom, *ends = str(fields.get("coord")).split(",")
            region = region or region_of(f"{chrom}:{'-'.join(ends)}", notes)
        assembly = assembly or fields.text("genome")
        track = _track(fields, places)
        if track is not None:
            tracks.append(track)
    return TrackList(places.name, assembly, region, tuple(tracks))


def _track(fields: Fields, places: Places) -> ListedTrack | None:
    kind = (fields.text("type") or "").lower()
    label = fields.text("name", "label") or kind or "track"
    if kind in OWN:
        fields.notes.say(f"{fields.where}: '{kind}' comes with the browser, not from a file, and was left out.")
        return None
    if kind in NO_TRACKS:
        return None
    if fields.text("mode") == "hide":
        fields.notes.say(f"{fields.where} is hidden in the hub and was left out.")
        return None
    parts = fields.get("tracks") if kind == OVERLAY else None
    listed = objects(parts, places.name, f"{fields.where}: tracks") if parts is not None else []
    files = [Fields(part, places.name, fields.where, fields.notes) for part in listed]
    urls = [one.location("url") for one in files or [fields]]
    if None in urls:
        fields.notes.say(f"{fields.where} has no url and was left out.")
        return None
    locations = [places.resolve(url) for url in urls if url]
    looks = [part.inner("options") for part in files]
    named = [(part.text("name", "label"), look.color("color")) for part, look in zip(files, looks, strict=True)]
    for part in files:
        part.used |= {"type"}
        part.done()
    format_ = find_listed("washu", (files[0].text("type") or "").lower() if files else kind)
    if format_ is None:
        fields.notes.say(f"{fields.where}: the type '{kind}' is not known: its content will decide.")
    options = fields.inner("options")
    color, group, look = options.color("color"), options.text("group"), _look(options, fields)
    color = color or fields.color("colorpositive")
    assay, sample, strand = facts(fields.inner("metadata"))
    options.done()
    fields.used |= {"showOnHubLoad", "genome", "label"}
    fields.done()
    return ListedTrack(
        label,
        locations[0],
        format_,
        color,
        group,
        look,
        assay,
        sample,
        strand,
        tuple(locations[1:]),
        "overlay" if len(locations) > 1 else None,
        parts=parts_of(label, named),
    )


def _look(options: Fields, old: Fields) -> Look:
    """How a track is drawn: as its options say, else as old datahubs do, beside the name of the file."""
    low, high = options.number("yMin"), options.number("yMax")
    fixed = old.inner("fixedscale")
    if "fixedscale" in old.data:
        low, high = fixed.number("min"), fixed.number("max")
    elif options.text("yScale") != "fixed" and (low, high) != (None, None):
        options.notes.ignore('yMin and yMax without "yScale": "fixed"', options.where)
        low = high = None
    if low is not None and high is not None and low >= high:
        raise FormatError(options.name, f"{options.where}: yMin is {low:g} and yMax {high:g}", "The lower comes first.")
    mode = (options.text("displayMode") or "").lower()
    if mode not in ("", "density", "full", "square", "heatmap", "auto"):
        options.notes.say(f"{options.where}: the display mode '{mode}' is not used.")
    return Look(
        options.pixels("height") or old.pixels("height"),
        low,
        high,
        dense=mode == "density",
        shape="square" if mode == "square" else "triangle",
    )


def write(listing: TrackList, folder: Path, notes: Notes) -> str:
    """The text of a datahub, its local files named relative to `folder`."""
    if listing.region is not None:
        notes.say("A WashU datahub has no place for the locus.")
    return json.dumps(list(_written(listing, folder, notes)), indent=1, ensure_ascii=False) + "\n"


def _written(listing: TrackList, folder: Path, notes: Notes) -> Iterator[Json]:
    for track in listing.tracks:
        kind = written_as("washu", track.format)
        if kind is None:
            notes.say(f"'{track.label}' was left out: this browser takes no {track.format or 'unknown'} file.")
            continue
        if track.combine and track.combine != "overlay":
            notes.say(f"'{track.label}': a datahub cannot say '{track.combine}'; its first file was written.")
        if track.description:
            notes.say(f"'{track.label}': a datahub has no longer label.")
        whole: Json = {
            "type": kind,
            "name": track.label,
            "url": relative(track.location, folder),
            "showOnHubLoad": True,
            "options": _options(track, notes),
        }
        if track.more and track.combine == "overlay":
            parts = [
                {"type": kind, "name": part.label, "url": relative(one, folder)}
                | ({"options": {"color": part.color}} if part.color else {})
                for one, part in zip((track.location, *track.more), numbered_parts(track), strict=True)
            ]
            whole = {key: value for key, value in whole.items() if key != "url"} | {"type": OVERLAY, "tracks": parts}
        yield (
            whole
            | ({"metadata": said} if (said := metadata(track)) else {})
            | ({"genome": listing.assembly} if listing.assembly else {})
        )


def _options(track: ListedTrack, notes: Notes) -> Json:
    look = track.look
    values = {"color": track.color, "height": look.height, "group": track.group, "yMin": look.vmin, "yMax": look.vmax}
    if look.vmin is not None or look.vmax is not None:
        values["yScale"] = "fixed"
    if look.dense or look.shape == "square":
        values["displayMode"] = "density" if look.dense else "square"
    if look.log:
        notes.say(f"'{track.label}': a datahub has no logarithmic scale.")
    return {name: value for name, value in values.items() if value is not None}
