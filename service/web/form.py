"""The form for a new figure set: what was typed, which files came with it, and what is wrong with either.

Nothing typed and no good file is ever lost: a form with problems is shown again as it was, each problem beside its
field. Without scripts the files come with the form; with scripts they were uploaded before and come as ids.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.datastructures import MultiDict

from renderer.annotation import loci
from renderer.assays.design_table import PLACE
from renderer.tracklists.scene import chrom_sizes
from renderer.values.errors import LocutionError, RegionError
from renderer.values.prepared import Prepared
from vlm.models.known_models import find
from vlm.words import languages
from workers.errors import JobError, NotFound
from workers.requests import jobs, track_lists, uploads
from workers.requests.known_files import known_rows
from workers.requests.options import JOB_FIELDS, LOOK, JobOptions
from workers.settings import models_help
from workers.store.database import File, Store

FIELDS = ("track_set", "assembly", "name", "loci", "model", "hub", "remote", "lang", *JOB_FIELDS)
NAMES = ("label", "assay", "sample")
"""Columns of the track table that are always kept as they are typed, empty or not."""

GUESSED = (*NAMES, "strand")
"""Columns that are filled with what a file's name suggests; the place in a design is only hinted at, for what is not
typed is guessed from all labels together."""

COLUMNS = (*NAMES, *PLACE, "strand", "group", "color", *LOOK, "combine")
"""All columns of the track table; the last says how a file joins the track above it."""


@dataclass
class SetForm:
    """A form as it stands. `rows` are uploads as the API shows them, with what was typed; `errors` go by field."""

    values: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def blame(self, name: str, error: LocutionError | str) -> None:
        """Note what is wrong with a field; every line of the error is a problem of its own."""
        self.errors.setdefault(name, []).extend(str(error).splitlines())

    @property
    def model(self) -> str:
        """The model that was chosen, as a job names it."""
        chosen = self.values["model"]
        if chosen.startswith("remote:"):
            return f"{chosen.partition('#')[0]}#{self.values['remote'].strip()}"
        if chosen != "hub":
            return chosen
        typed = self.values["hub"].strip()
        return typed if typed.startswith("hub:") else f"hub:{typed}"


def read_values(form: MultiDict[str, str], model: str) -> dict[str, str]:
    """The plain fields of a form or a query; `model` is the default one."""
    values = {name: form.get(name, "") for name in FIELDS}
    values["model"] = values["model"] or model
    if values["model"].startswith("remote:") and "#" in values["model"]:
        values["model"], _, values["remote"] = values["model"].partition("#")
    if values["model"].startswith("hub:") and find(values["model"]) is None:
        values["model"], values["hub"] = "hub", values["model"].removeprefix("hub:")
    values["lang"] = values["lang"] if values["lang"] in languages.codes() else languages.codes()[0]
    return values


def make_rows(files: list[File], places: dict[str, int], form: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The track table. `places` says which of the typed labels is whose; what was typed comes before a guess."""
    columns = {name: form.getlist(name) for name in COLUMNS}
    rows = []
    for file in files:
        seen, place = uploads.file_json(file), places[file.id]
        typed = {name: texts[place] for name, texts in columns.items() if place < len(texts)}
        guess = {name: seen["guess"][name] for name in GUESSED}
        rows.append({**seen, **guess, **typed})
    return rows


def rearrange(rows: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Carry out a button of the table: 'up 2', 'down 1' or 'remove 3', from 1. Anything else changes nothing."""
    act, _, number = order.partition(" ")
    place = int(number) - 1 if number.isascii() and number.isdigit() else -1
    if not 0 <= place < len(rows):
        return rows
    left = [row for at, row in enumerate(rows) if at != place]
    target = {"up": max(0, place - 1), "down": place + 1}.get(act)
    if target is not None:
        left.insert(target, rows[place])
    return left if target is not None or act == "remove" else rows


def check(form: SetForm, store: Store) -> None:
    """Find every problem at once, before anything is made: a form sent twice must leave nothing half done."""
    chosen = _chosen(form, store)
    options = _check_options(form, chosen[0] if chosen else {})
    try:
        if chosen is not None:
            jobs.check_loci(form.values["loci"], *chosen, options.flank, form.values["assembly"] or None)
        else:
            loci.check_coordinates(form.values["loci"])
    except RegionError as error:
        form.blame("loci", error)
    if not store.settings.allows(form.model):
        form.blame("model", f"Model '{form.model}' is not known. {models_help()}")


def _check_options(form: SetForm, chroms: dict[str, int]) -> JobOptions:
    """The options of the job; each that is wrong becomes a problem of its own field."""
    for name in JOB_FIELDS:
        try:
            jobs.fit_highlights(JobOptions.read({name: form.values[name]}), chroms)
        except JobError as error:
            form.blame(name, error)
    good = {name: form.values[name] for name in JOB_FIELDS if name not in form.errors}
    return JobOptions.read(good)


def track_specs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tracks of a table: a row that joins the one above it becomes a further file of that. Raises JobError."""
    specs: list[dict[str, Any]] = []
    for number, row in enumerate(rows, 1):
        how = row.get("combine") or None
        if how is None:
            optional = {name: row[name] for name in COLUMNS if name not in (*NAMES, "combine") and row.get(name)}
            specs.append({"file": row["id"], **{name: row[name] for name in NAMES}, **optional})
            continue
        if not specs:
            raise JobError(f"{row['name']} is to join the track above it, but it is the first.")
        if specs[-1].setdefault("combine", how) != how:
            raise JobError(
                f"Row {number} ({row['name']}) is joined in another way than the row above it. Files of one "
                "track are all joined in one way."
            )
        specs[-1].setdefault("files", []).append(row["id"])
    return specs


def table_of(tracks: Sequence[Mapping[str, Any]]) -> MultiDict[str, str]:
    """The track table of a track set, or of specifications, as if it had been typed: the inverse of `track_specs`."""
    typed: list[tuple[str, str]] = []
    for track in tracks:
        how = track.get("combine")
        rows = [{**track, "combine": ""}, *({"file": file, "combine": how} for file in track.get("files", ()))]
        for row in rows:
            typed.append(("file_id", str(row["file"])))
            typed += [(name, _as_typed(row.get(name))) for name in COLUMNS]
    return MultiDict(typed)


def _as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(_as_typed, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def take_list(form: SetForm, store: Store, name: str, content: bytes) -> MultiDict[str, str] | None:
    """The table with the tracks of a track list before those that are there; notes say what is not used. None, and a
    problem, for what is no track list, or one none of whose files is there."""
    try:
        found = track_lists.import_list(store, name, content, (), form.values["assembly"] or None)
        track_lists.refuse_unmatched(found)
    except LocutionError as error:
        form.blame("list_file", error)
        return None
    form.notes += [f"'{one['label']}' is left out. {one['reason']}" for one in found.unmatched]
    form.notes += found.notes
    form.values["assembly"] = form.values["assembly"] or found.assembly or ""
    form.values["loci"] = form.values["loci"] or found.region or ""
    named = {one for track in found.tracks for one in (track["file"], *track.get("files", ()))}
    others = [{**row, "file": row["id"]} for row in form.rows if row["id"] not in named]
    typed = table_of(found.tracks)
    for row in others:
        typed.add("file_id", row["id"])
        for column in COLUMNS:
            typed.add(column, _as_typed(row.get(column)))
    return typed


def _chosen(form: SetForm, store: Store) -> tuple[dict[str, int], list[Path]] | None:
    """Chromosome lengths and annotations of the chosen tracks, or None (and a problem noted) if they cannot be used."""
    if form.values["track_set"]:
        try:
            found = uploads.track_set_json(store, form.values["track_set"])
        except NotFound as error:
            form.blame("tracks", error)
            return None
        files = uploads.get_files(store, [track["file"] for track in found["tracks"]])
        return found["chroms"], jobs.gene_files(store, files)
    files = uploads.get_files(store, [row["id"] for row in form.rows])
    waiting = [file.name for file in files if file.state not in ("ready", "failed")]
    if waiting:
        form.blame("tracks", f"Still being checked: {', '.join(waiting)}. Send the form again in a moment.")
    if not files and not form.errors.get("tracks"):
        form.blame("tracks", "There are no tracks. Choose at least one file.")
    if "tracks" in form.errors:
        return None
    sizes = chrom_sizes(Prepared.from_json(file.prepared) for file in files if file.prepared)
    known = known_rows(store, files, sizes, form.values["assembly"] or None)
    return sizes, jobs.gene_files(store, [*files, *(row.file for row in known)])


def make_job(form: SetForm, store: Store, ring: jobs.Ring) -> str | None:
    """The id of the new job, or None with the problems in `form.errors`."""
    check(form, store)
    if form.errors:
        return None
    values = form.values
    try:
        options = JobOptions.read({name: values[name] for name in JOB_FIELDS})
        chosen = values["track_set"]
        if not chosen:
            tracks = track_specs(form.rows)
            chosen = uploads.create_track_set(store, values["name"], values["assembly"], tracks).id
        job = jobs.create_job(store, chosen, values["loci"], form.model, values["lang"], values["name"], ring, options)
    except (JobError, NotFound) as error:
        form.blame("tracks", error)
        return None
    return job.id


def take_rows(form: SetForm, store: Store, typed: MultiDict[str, str], new: list[File], seconds: float) -> None:
    """Fill the table with files uploaded before and the `new` ones; those that failed become problems instead."""
    known = typed.getlist("file_id")
    wanted = [*known, *(file.id for file in new if file.id not in known)]
    end = time.monotonic() + seconds
    found = [file for identity in wanted for file in _wait_for(form, store, identity, end - time.monotonic())]
    for row in make_rows(found, {identity: place for place, identity in enumerate(wanted)}, typed):
        if row["state"] == "failed":
            form.blame("tracks", row["error"])
        else:
            form.rows.append(row)


def _wait_for(form: SetForm, store: Store, identity: str, seconds: float) -> list[File]:
    try:
        return uploads.wait_for_files(store, [identity], seconds)
    except NotFound as error:
        form.blame("tracks", error)
        return []
