"""The design of a set of tracks as a table that a person sees and corrects: one row a signal, as tab-separated text.

Reads and writes texts; what a design is guessed from is in `renderer.assays.design`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from renderer.assays.design import describe_tracks
from renderer.assays.labels import NONE
from renderer.values.errors import TrackError
from renderer.values.track import Track

FIELDS = ("assay", "sample", "condition", "replicate", "level", "group")
"""What a row may say of a track. What is left out or empty is as the track says, or guessed; '-' says that there is
none."""

PLACE = ("condition", "replicate", "level")
"""Those of FIELDS that nothing but the design asks for."""

COLUMNS = ("track", "label", *FIELDS)

MOST_TEXT = 200
"""Characters of a cell."""

Row = dict[str, Any]
"""What one row says: "row", its number, and some of COLUMNS; a track is an int, a level a float, the rest text."""


def read_design(value: str | Sequence[Mapping[str, Any]], name: str = "design") -> tuple[Row, ...]:
    """The rows of a table: text with tabs whose first line names the columns, or a list of objects. `name` begins
    errors.

    Raises TrackError with row (a line of the text, or the place in the list, from 1) and column, what was found and
    what is valid.
    """
    if isinstance(value, str):
        return _read_text(value, name)
    if not all(isinstance(one, Mapping) for one in value):
        raise TrackError(f"{name}: every row is an object with {', '.join(COLUMNS)}.")
    return tuple(_read_row(one, number, name) for number, one in enumerate(value, 1))


def _read_text(text: str, name: str) -> tuple[Row, ...]:
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t", quoting=csv.QUOTE_NONE))
    numbered = [(number, cells) for number, cells in enumerate(lines, 1) if any(cell.strip() for cell in cells)]
    if not numbered:
        raise TrackError(f"{name} is empty. Its first row names the columns: {', '.join(COLUMNS)}, parted by tabs.")
    (first, head), *rest = numbered
    columns = [cell.strip().casefold() for cell in head]
    for column in columns:
        if column not in COLUMNS or columns.count(column) > 1:
            wrong = "given twice" if column in COLUMNS else "not known"
            raise TrackError(
                f"{name}, row {first}: the column '{column[:60]}' is {wrong}. Columns are {', '.join(COLUMNS)}, "
                "parted by tabs."
            )
    for number, cells in rest:
        if len(cells) > len(columns):
            raise TrackError(f"{name}, row {number} has {len(cells)} columns. The first row names {len(columns)}.")
    return tuple(_read_row(dict(zip(columns, cells, strict=False)), number, name) for number, cells in rest)


def _read_row(said: Mapping[str, Any], number: int, name: str) -> Row:
    place = f"{name}, row {number}"
    for column in said:
        if column not in COLUMNS:
            raise TrackError(f"{place}: '{str(column)[:60]}' is not known. Known are {', '.join(COLUMNS)}.")
    read = {column: _read_cell(f"{place}, column {column}", column, said.get(column)) for column in COLUMNS}
    found = {column: value for column, value in read.items() if value is not None}
    if "track" not in found and "label" not in found:
        raise TrackError(f"{place} names no track. Give its number in the column track, or its label.")
    return {"row": number, **found}


def _read_cell(place: str, column: str, value: Any) -> str | int | float | None:
    """A cell as it is kept, None if it is empty."""
    if not isinstance(value, str | int | float | None) or isinstance(value, bool):
        raise TrackError(f"{place}: '{str(value)[:40]}' is no text.")
    text = "" if value is None else str(value).strip()
    if len(text) > MOST_TEXT or not text.isprintable():
        raise TrackError(
            f"{place}: '{text[:40]}' is too long or not printable: a cell has {MOST_TEXT} characters at most."
        )
    if not text:
        return None
    if column == "track":
        if not (text.isascii() and text.isdigit()):
            raise TrackError(f"{place}: '{text[:40]}' is no track. Give its number, from 1.")
        return int(text)
    return read_level(place, text) if column == "level" else text


def read_level(place: str, value: Any) -> float | None:
    """The number of a level, None for '-'. Raises TrackError."""
    if str(value).strip() == NONE:
        return None
    try:
        level = math.nan if isinstance(value, bool) else float(str(value).strip())
    except ValueError:
        level = math.nan
    if not math.isfinite(level):
        raise TrackError(f"{place}: '{str(value)[:40]}' is no level. It is a number, like 0 or 2.5, or '-'.")
    return level


def read_place(place: str, spec: Mapping[str, Any]) -> Row:
    """Those of PLACE that a specification of a track says. `place` ('Track 2') begins errors. Raises TrackError."""
    said = {name: _read_cell(f"{place}: '{name}'", name, spec.get(name)) for name in PLACE}
    return {name: value for name, value in said.items() if value is not None}


def apply_design(tracks: Sequence[Track], rows: Sequence[Row], name: str = "design") -> tuple[Track, ...]:
    """The tracks with what the rows say of them. Raises TrackError for a row of no track, or of one that another row
    names."""
    changed = list(tracks)
    seen: dict[int, int] = {}
    for row in rows:
        at = _find(tracks, row, f"{name}, row {row['row']}")
        if at in seen:
            raise TrackError(f"{name}, row {row['row']}: track {at + 1} is in row {seen[at]} already.")
        seen[at] = row["row"]
        said = {field: row[field] for field in FIELDS if field in row}
        if said.get("group") == NONE:
            said["group"] = None
        changed[at] = replace(changed[at], **said)
    return tuple(changed)


def _find(tracks: Sequence[Track], row: Row, place: str) -> int:
    """The place of the track that a row names, by its number; a label beside it must be the track's."""
    listed = ", ".join(f"{track.number} {track.label}" for track in tracks)
    number, label = row.get("track"), row.get("label")
    if number is not None and not 1 <= number <= len(tracks):
        raise TrackError(f"{place}, column track: there is no track {number}. The tracks are {listed}.")
    if number is not None:
        if label is not None and label != tracks[number - 1].label.strip():
            raise TrackError(f"{place}, column label: '{label[:60]}' is not track {number}. The tracks are {listed}.")
        return int(number) - 1
    found = [at for at, track in enumerate(tracks) if track.label.strip() == label]
    if len(found) != 1:
        problem = "there are several tracks" if found else "there is no track"
        raise TrackError(f"{place}, column label: {problem} '{str(label)[:60]}'. The tracks are {listed}.")
    return found[0]


def design_table(tracks: Sequence[Track]) -> str:
    """The design of the signal tracks as it stands, fields and guesses, as a table that `read_design` reads."""
    lines = ["\t".join(COLUMNS)]
    for one in describe_tracks(tracks):
        level = "" if one.level is None else f"{one.level:g}"
        cells = (
            str(one.track.number),
            one.track.label,
            one.assay,
            one.sample or NONE,
            one.condition or NONE,
            one.replicate or NONE,
            level,
            one.track.group or "",
        )
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines) + "\n"
