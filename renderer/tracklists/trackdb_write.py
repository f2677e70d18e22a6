"""UCSC track hubs, written: the settings `renderer.tracklists.trackdb` reads, and no others."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from renderer.formats.table import written_as, written_types
from renderer.tracklists.entries import ListedTrack, Notes, TrackList, numbered_parts, one_line, relative, rgb
from renderer.values.errors import TrackError

CONTINUED = "\\ "
"""A line that ends in a backslash goes on in the next."""


def write(listing: TrackList, folder: Path, notes: Notes) -> dict[str, str]:
    """File name -> text of hub.txt, genomes.txt and trackDb.txt, for `folder`. Raises TrackError without assembly."""
    if not listing.assembly:
        raise TrackError("A UCSC hub names its assembly, and none is known. Say which it is, e.g. hg38.")
    label = one_line(listing.title) or "Locution"
    head = {
        "hub": "locution",
        "shortLabel": label[:17],
        "longLabel": label,
        "genomesFile": "genomes.txt",
        "email": "nobody@example.org",
    }
    genome = {"genome": listing.assembly, "trackDb": "trackDb.txt"}
    if listing.region is not None:
        notes.say("A UCSC hub has no place for the locus.")
    stanzas = list(_groups(listing))
    for at, track in enumerate(listing.tracks, 1):
        stanzas += _written(at, track, listing, folder, notes)
    return {"hub.txt": _text([head]), "genomes.txt": _text([genome]), "trackDb.txt": _text(stanzas)}


def write_one(listing: TrackList, folder: Path, name: str, notes: Notes) -> dict[str, str]:
    """The same in one file."""
    files = write(listing, folder, notes)
    head = files["hub.txt"].replace("genomesFile genomes.txt\n", "useOneFile on\n")
    genome = files["genomes.txt"].replace("trackDb trackDb.txt\n", "")
    return {name: f"{head}\n{genome}\n{files['trackDb.txt']}"}


def _text(stanzas: Sequence[dict[str, str]]) -> str:
    return "\n".join(
        "".join(f"{name} {value.rstrip(CONTINUED)}\n" for name, value in stanza.items()) for stanza in stanzas
    )


def _grouped(listing: TrackList) -> list[str]:
    """Scale groups that a composite can hold: those of single bigWigs."""
    return list(dict.fromkeys(t.group for t in listing.tracks if t.group and t.format == "bigwig" and not t.more))


def _groups(listing: TrackList) -> Iterator[dict[str, str]]:
    for at, group in enumerate(_grouped(listing), 1):
        yield {
            "track": f"group_{at}",
            "compositeTrack": "on",
            "type": "bigWig",
            "shortLabel": one_line(group),
            "longLabel": f"{one_line(group)}, one scale",
            "autoScale": "group",
            "visibility": "full",
        }


def _written(at: int, track: ListedTrack, listing: TrackList, folder: Path, notes: Notes) -> Iterator[dict[str, str]]:
    """The stanzas of one track: one, or a multiWig container and its parts."""
    kind = written_as("ucsc", track.format)
    if kind is None:
        kinds = ", ".join(written_types("ucsc"))
        notes.say(f"'{track.label}' was left out: a UCSC hub takes {kinds}, and this is {track.format or 'unknown'}.")
        return
    label = one_line(track.label)
    long = one_line(track.description or label)
    values = {
        "track": f"track_{at}",
        "type": kind,
        "shortLabel": label,
        "longLabel": long,
        **_style(track, notes),
        "priority": str(at),
    }
    if track.combine and track.combine != "overlay":
        notes.say(f"'{track.label}': a UCSC hub cannot say '{track.combine}'; its first file was written.")
    if track.more and track.combine == "overlay":
        yield values | {"container": "multiWig", "aggregate": "transparentOverlay"}
        files = zip((track.location, *track.more), numbered_parts(track), strict=True)
        for number, (location, part) in enumerate(files, 1):
            yield {
                "track": f"track_{at}_{number}",
                "parent": f"track_{at}",
                "type": kind,
                "shortLabel": one_line(part.label),
                "bigDataUrl": relative(location, folder),
                **({"color": rgb(part.color)} if part.color else {}),
            }
        return
    group = track.group
    if group and "viewLimits" in values:
        notes.say(f"'{track.label}' has a fixed range, so it is not scaled as one of a group.")
    elif group and group in _grouped(listing) and track.format == "bigwig":
        values["parent"] = f"group_{_grouped(listing).index(group) + 1} on"
    elif group:
        notes.say(f"'{track.label}': a UCSC hub scales only bigWigs as a group.")
    yield values | {"bigDataUrl": relative(track.location, folder)}


def _style(track: ListedTrack, notes: Notes) -> dict[str, str]:
    look, values = track.look, {"visibility": "dense" if track.look.dense else "full"}
    if track.color:
        values["color"] = rgb(track.color)
    if look.height:
        values["maxHeightPixels"] = f"{max(128, look.height)}:{look.height}:8"
    if look.vmin is not None and look.vmax is not None:
        values["viewLimits"] = f"{look.vmin!r}:{look.vmax!r}"
    elif look.vmin is not None or look.vmax is not None:
        notes.say(f"'{track.label}': a UCSC hub fixes both ends of a range or none.")
    if track.format == "bigwig" and "viewLimits" not in values and not track.group:
        values["autoScale"] = "on"
    if look.log:
        values["transformFunc"] = "LOG"
    if look.shape == "square":
        values["drawMode"] = "square"
    facts = {"assay": track.assay, "sample": track.sample, "strand": track.strand}
    said = " ".join(f"{name}={shlex.quote(one_line(value))}" for name, value in facts.items() if value)
    return values | ({"metadata": said} if said else {})
