"""The form for a new figure set: what was typed, which files came with it, and what is wrong with either.

Nothing typed and no good file is ever lost: a form with problems is shown again as it was, each problem beside its
field. Without scripts the files come with the form; with scripts they were uploaded before and come as ids.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.datastructures import MultiDict

from renderer import loci
from renderer.errors import LocutionError, RegionError
from renderer.prepared import Prepared
from renderer.scene import chrom_sizes
from workers import jobs, uploads
from workers.errors import JobError, NotFound
from workers.settings import MODELS_HELP
from workers.store import File, Store

FIELDS = ("track_set", "assembly", "name", "loci", "model", "hub", "lang")
COLUMNS = ("label", "assay", "sample")


@dataclass
class SetForm:
    """A form as it stands. `rows` are uploads as the API shows them, with what was typed; `errors` go by field."""

    values: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def blame(self, name: str, error: LocutionError | str) -> None:
        """Note what is wrong with a field; every line of the error is a problem of its own."""
        self.errors.setdefault(name, []).extend(str(error).splitlines())

    @property
    def model(self) -> str:
        """The model that was chosen, as a job names it."""
        if self.values["model"] != "hub":
            return self.values["model"]
        typed = self.values["hub"].strip()
        return typed if typed.startswith("hub:") else f"hub:{typed}"


def read_values(form: MultiDict[str, str], model: str) -> dict[str, str]:
    """The plain fields of a form or a query; `model` is the default one."""
    values = {name: form.get(name, "") for name in FIELDS}
    values["model"] = values["model"] or model
    if values["model"].startswith("hub:"):
        values["model"], values["hub"] = "hub", values["model"].removeprefix("hub:")
    values["lang"] = values["lang"] if values["lang"] in jobs.LANGUAGES else jobs.LANGUAGES[0]
    return values


def make_rows(files: list[File], places: dict[str, int], form: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The track table. `places` says which of the typed labels is whose; what was typed comes before a guess."""
    columns = {name: form.getlist(name) for name in COLUMNS}
    rows = []
    for file in files:
        seen, place = uploads.file_json(file), places[file.id]
        typed = {name: texts[place] for name, texts in columns.items() if place < len(texts)}
        rows.append({**seen, **seen["guess"], **typed})
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
    try:
        if chosen is not None:
            jobs.check_loci(form.values["loci"], *chosen)
        else:
            loci.check_coordinates(form.values["loci"])
    except RegionError as error:
        form.blame("loci", error)
    if not store.settings.allows(form.model):
        form.blame("model", f"Model '{form.model}' is not known. {MODELS_HELP}")


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
    return sizes, jobs.gene_files(store, files)


def make_job(form: SetForm, store: Store, ring: jobs.Ring) -> str | None:
    """The id of the new job, or None with the problems in `form.errors`."""
    check(form, store)
    if form.errors:
        return None
    values = form.values
    try:
        tracks = [{"file": row["id"], **{name: row[name] for name in COLUMNS}} for row in form.rows]
        chosen = values["track_set"] or uploads.create_track_set(store, values["name"], values["assembly"], tracks).id
        job = jobs.create_job(store, chosen, values["loci"], form.model, values["lang"], values["name"], ring)
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
