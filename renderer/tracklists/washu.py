"""WashU Epigenome Browser: a datahub (a JSON list of tracks) and, for reading, a session that holds one.

Format: https://epigenomegateway.readthedocs.io (datahub). What has no counterpart here is listed in the warnings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from renderer.formats.table import find_listed, written_as
from renderer.tracklists.entries import ListedTrack, Notes, Places, TrackList, region_of, relative
from renderer.tracklists.json_values import Fields, Json, facts, metadata, objects
from renderer.values.errors import FormatError
from renderer.values.track import Look

OVERLAY = "matplot"
OWN = ("geneannotation", "ruler", "genomealign", "rmskv2")
"""Tracks the browser makes itself: there is no file behind them."""

SESSION_KEYS = ("genomeName", "viewRegion", "viewInterval", "regionSets", "metadataTerms")


def looks_like(data: Any) -> bool:
    """Whether parsed JSON is a datahub or a session of this browser."""
    return isinstance(data, list) or (isinstance(data, dict) and any(key in data for key in SESSION_KEYS))


def read(data: Any, places: Places, notes: Notes) -> TrackList:
    """The tracks of a datahub. Raises FormatError naming the track."""
    region, assembly, listed = None, None, data
    if isinstance(data, dict):
        session = Fields(data, places.name, "the session", notes)
        listed, assembly = session.get("tracks"), session.text("genomeName")
        region = region_of(session.text("viewRegion"), notes)
        session.done()
    tracks: list[ListedTrack] = []
    for at, one in enumerate(objects(listed, places.name, "the datahub"), 1):
        fields = Fields(one, places.name, f"track {at} ('{str(one.get('name', one.get('label', '')))[:40]}')", notes)
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
    parts = fields.get("tracks") if kind == OVERLAY else None
    listed = objects(parts, places.name, f"{fields.where}: tracks") if parts is not None else []
    files = [Fields(part, places.name, fields.where, fields.notes) for part in listed]
    locations = [_location(one, places) for one in files or [fields]]
    for part in files:
        part.used |= {"type", "name", "label"}
        part.done()
    format_ = find_listed("washu", (files[0].text("type") or "").lower() if files else kind)
    if format_ is None:
        fields.notes.say(f"{fields.where}: the type '{kind}' is not known: its content will decide.")
    options = fields.inner("options")
    color, group, look = options.color("color"), options.text("group"), _look(options)
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
    )


def _location(fields: Fields, places: Places) -> str:
    url = fields.location("url")
    if url is None:
        raise FormatError(places.name, f"{fields.where} has no url", "Every track names its file as 'url'.")
    return places.resolve(url)


def _look(options: Fields) -> Look:
    low, high = options.number("yMin"), options.number("yMax")
    if options.text("yScale") != "fixed" and (low, high) != (None, None):
        options.notes.ignore('yMin and yMax without "yScale": "fixed"', options.where)
        low = high = None
    if low is not None and high is not None and low >= high:
        raise FormatError(options.name, f"{options.where}: yMin is {low:g} and yMax {high:g}", "The lower comes first.")
    mode = (options.text("displayMode") or "").lower()
    if mode not in ("", "density", "full", "square", "heatmap", "auto"):
        options.notes.say(f"{options.where}: the display mode '{mode}' is not used.")
    return Look(
        options.pixels("height"), low, high, dense=mode == "density", shape="square" if mode == "square" else "triangle"
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
                {"type": kind, "name": f"{track.label} {at}", "url": relative(one, folder)}
                for at, one in enumerate((track.location, *track.more), 1)
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
