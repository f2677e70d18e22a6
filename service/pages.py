"""The pages: a form for tracks and loci, jobs with their galleries, one reading with its claims and its review."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from renderer.errors import LocutionError
from service.api import MODELS, allow_uploads, ring, store, take_uploads
from workers import jobs, uploads
from workers.jobs import JobError

bp = Blueprint("pages", __name__)

ASSEMBLIES = ("hg38", "hg19", "mm39", "mm10", "mm9", "dm6", "dm3", "ce11", "danRer11", "rn7", "sacCer3", "TAIR10")
FORM_WAIT = 45.0
"""A form without scripts waits for its files to be checked: the browser has no other way to learn of it."""

Page = str | Response | tuple[str, int]


@bp.get("/")
def new() -> Page:
    """The form; ?track_set= uses the tracks of an earlier job again."""
    chosen = request.args.get("track_set")
    track_set = uploads.track_set_json(store(), chosen) if chosen else None
    return _form({"track_set": chosen or "", "assembly": (track_set or {}).get("assembly") or ""}, track_set=track_set)


def _form(values: dict[str, Any], error: str = "", field: str = "", **more: Any) -> Page:
    settings = current_app.config["SETTINGS"]
    values = {"model": settings.model, "lang": "en", **values}
    page = render_template(
        "new.html", values=values, error=error, field=field, assemblies=ASSEMBLIES, models=MODELS[:2], **more
    )
    return (page, 422) if error else page


@bp.post("/")
def submit() -> Page:
    """Make a track set and a job of the form. Bad input comes back on the same page, with what was typed."""
    allow_uploads()
    values = {name: request.form.get(name, "") for name in ("assembly", "loci", "model", "lang", "name", "track_set")}
    field = "files"
    kept: list[dict[str, Any]] = []
    try:
        files = [*request.form.getlist("file_id"), *(file.id for file in take_uploads("files"))]
        tracks = _tracks(files)
        found = [uploads.file_json(file) for file in uploads.wait_for_files(store(), files, FORM_WAIT)]
        # What was typed comes before what the name suggests.
        kept = [{**one, **one["guess"], **track} for one, track in zip(found, tracks, strict=True)]
        track_set = values["track_set"]
        if not track_set:
            track_set = uploads.create_track_set(store(), values["name"], values["assembly"], tracks).id
        field = "loci"
        job = jobs.create_job(
            store(), track_set, values["loci"], values["model"], values["lang"] or "en", values["name"], ring()
        )
    except LocutionError as error:
        earlier = uploads.track_set_json(store(), values["track_set"]) if values["track_set"] else None
        return _form(
            values, str(error), field, kept=[one for one in kept if one["state"] == "ready"], track_set=earlier
        )
    return redirect(url_for("pages.job", identity=job.id), 303)


def _tracks(files: list[str]) -> list[dict[str, Any]]:
    """The track table of the form: the n-th label belongs to the n-th file; new files have none yet."""
    columns = {name: request.form.getlist(name) for name in ("label", "assay", "sample")}
    rows = []
    for place, file in enumerate(files):
        row: dict[str, Any] = {"file": file}
        row |= {name: values[place] for name, values in columns.items() if place < len(values)}
        rows.append(row)
    return rows


@bp.get("/jobs")
def job_list() -> Page:
    """All jobs, newest first."""
    page = max(1, request.args.get("page", 1, type=int))
    return render_template("jobs.html", **jobs.list_jobs(store(), page))


@bp.get("/jobs/<identity>")
def job(identity: str) -> Page:
    """A job: progress, and the gallery of what is read so far."""
    page = max(1, request.args.get("page", 1, type=int))
    state, review = request.args.get("state") or None, request.args.get("review") or None
    found = jobs.job_json(store(), identity)
    listed = jobs.list_readings(store(), identity, page, jobs.PER_PAGE, state, review)
    lang = request.args.get("lang") if request.args.get("lang") in jobs.LANGUAGES else found["lang"]
    return render_template("job.html", job=found, lang=lang, filters={"state": state, "review": review}, **listed)


@bp.get("/jobs/<identity>/card/<reading>")
def card(identity: str, reading: str) -> Page:
    """One card of a gallery, for pages that fill in while a job runs."""
    record = jobs.reading_json(store(), reading)
    return render_template("_card.html", reading=record, lang=request.args.get("lang", record["lang"]))


@bp.post("/jobs/<identity>/<action>")
def act(identity: str, action: str) -> Page:
    """Cancel or retry from a button."""
    if action == "cancel":
        jobs.cancel_job(store(), identity)
    elif action == "retry":
        jobs.retry_job(store(), identity, ring())
    else:
        raise JobError(f"A job can be cancelled or tried again, not '{action}'.")
    return redirect(url_for("pages.job", identity=identity), 303)


@bp.get("/readings/<identity>")
def reading(identity: str) -> Page:
    """One reading: figure, sentences with their claims, verdicts, review."""
    record = jobs.reading_json(store(), identity)
    before, after = jobs.neighbours(store(), identity)
    lang = request.args.get("lang") if request.args.get("lang") in jobs.LANGUAGES else record["lang"]
    labels = {track["track"]: track["label"] for track in record["tracks"]}
    return render_template("reading.html", reading=record, before=before, after=after, lang=lang, labels=labels)


@bp.post("/readings/<identity>/review")
def review(identity: str) -> Page:
    """Accept, edit, reject or undo from a button."""
    form = request.form
    jobs.review_reading(store(), identity, form.get("action", ""), form.get("reviewer", ""), form.get("text"),
                        form.get("lang"))  # fmt: skip
    return redirect(url_for("pages.reading", identity=identity, lang=form.get("lang")), 303)


@bp.get("/help")
def help_page() -> Page:
    """What the service does, and the API by example."""
    return render_template("help.html")


@bp.app_template_filter("figures")
def figures(value: object) -> str:
    """A measured value as a person reads it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).replace("None", "none")
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


@bp.app_template_filter("locus")
def locus(region: dict[str, Any]) -> str:
    """A record's region as a person reads it: 1-based, inclusive."""
    return f"{region['chrom']}:{region['start'] + 1:,}-{region['end']:,}"
