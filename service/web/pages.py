"""The pages: a form for tracks and loci, jobs with their galleries, one reading with its claims and its review."""

from __future__ import annotations

from urllib.parse import quote, unquote

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from renderer.values.region import MAX_LOCI
from service.api.track_sets import TRACK_FIELDS
from service.http.here import ring, settings, store
from service.http.incoming import allow_uploads, take_bytes, take_picture, take_uploads
from service.http.model_list import choices
from service.web.form import SetForm, make_job, read_values, rearrange, table_of, take_list, take_rows
from vlm.words import languages
from workers.errors import JobError
from workers.requests import compare, jobs, pictures, uploads
from workers.requests.options import JOB_FIELDS

bp = Blueprint("pages", __name__)

ASSEMBLIES = ("hg38", "hg19", "mm39", "mm10", "mm9", "dm6", "dm3", "ce11", "danRer11", "rn7", "sacCer3", "TAIR10")
FORM_WAIT = 45.0
"""A form without scripts waits for its files to be checked: the browser has no other way to learn of it."""

STATES = ("done", "failed", "cancelled", "queued", "rendering", "rendered", "reading")
REVIEWS = ("pending", "accepted", "edited", "rejected")
MOST_PAGE = 1_000_000
"""Page numbers beyond this are mistakes; much larger ones do not fit a database's integers."""

REMEMBER_SECONDS = 31_536_000
"""How long a browser remembers who reviews: a year."""

Page = str | Response | tuple[str, int]


@bp.get("/")
def new() -> Page:
    """The form. ?track_set= takes the tracks of an earlier job, ?copy= starts from them, ?file_id= from uploads."""
    form = SetForm(read_values(request.args, settings().model))
    typed: MultiDict[str, str] = MultiDict(request.args)
    if request.args.get("copy"):
        typed = _copied(request.args["copy"], form)
    take_rows(form, store(), typed, [], 0)
    if form.values["track_set"]:
        earlier = uploads.track_set_json(store(), form.values["track_set"])
        form.values["assembly"] = form.values["assembly"] or earlier["assembly"] or ""
    return _show_form(form)


def _copied(identity: str, form: SetForm) -> MultiDict[str, str]:
    """The track table of an earlier set, as if it had been typed."""
    earlier = uploads.track_set_json(store(), identity)
    form.values["assembly"] = earlier["assembly"] or ""
    return table_of(earlier["tracks"])


def _show_form(form: SetForm) -> Page:
    sets = uploads.list_track_sets(store())
    chosen = form.values["track_set"]
    if chosen and chosen not in [one["id"] for one in sets] and "tracks" not in form.errors:
        sets.append(uploads.track_set_json(store(), chosen))
    page = render_template(
        "new.html",
        form=form,
        values=form.values,
        errors=form.errors,
        notes=form.notes,
        sets=sets,
        assemblies=ASSEMBLIES,
        models=choices(settings()),
        most_bytes=settings().max_upload_mb * 1_000_000,
    )
    return (page, 422) if form.errors else page


@bp.post("/")
def submit() -> Page:
    """Make a track set and a job of the form. Bad input comes back on the same page, with what was typed."""
    allow_uploads()
    form = SetForm(read_values(request.form, settings().model))
    taken, refused = take_uploads("files")
    for error in refused:
        form.blame("tracks", error)
    take_rows(form, store(), request.form, taken, FORM_WAIT)
    order = request.form.get("do", "")
    if order == "list":
        return _import(form)
    if order:
        form.rows = rearrange(form.rows, order)
        return _show_form(form)
    made = make_job(form, store(), ring())
    return _show_form(form) if made is None else redirect(url_for("pages.job", identity=made), 303)


def _import(form: SetForm) -> Page:
    """Put the tracks of a track list into the table, their files being there."""
    part = request.files.get("list_file")
    if part is None or not part.filename:
        form.blame("list_file", "Choose a track list first.")
        return _show_form(form)
    typed = take_list(form, store(), part.filename, take_bytes(part.stream))
    if typed is not None:
        form.rows = []
        take_rows(form, store(), typed, [], 0)
    return _show_form(form)


def _page_number() -> int:
    return max(1, min(request.args.get("page", 1, type=int), MOST_PAGE))


def _language(usual: str) -> str:
    asked = request.values.get("lang", "")
    return asked if asked in languages.codes() else usual


def _one_of(name: str, valid: tuple[str, ...]) -> str | None:
    asked = request.args.get(name, "")
    return asked if asked in valid else None


@bp.get("/jobs")
def job_list() -> Page:
    """All jobs, newest first."""
    return render_template("jobs.html", **jobs.list_jobs(store(), _page_number()))


@bp.get("/jobs/<identity>")
def job(identity: str) -> Page:
    """A job: progress, and the gallery of what is read so far; ?part=live is what changes while it runs."""
    state, review = _one_of("state", STATES), _one_of("review", REVIEWS)
    found = jobs.job_json(store(), identity)
    listed = jobs.list_readings(store(), identity, _page_number(), jobs.PER_PAGE, state, review)
    query = {"state": state, "review": review, "lang": _language(found["lang"])}
    tracks = uploads.track_set_json(store(), found["track_set"])["tracks"]
    template = "_live.html" if request.args.get("part") == "live" else "job.html"
    related, models = compare.related_jobs(store(), identity), choices(settings())
    return render_template(
        template, job=found, query=query, reviews=REVIEWS, tracks=tracks, related=related, models=models, **listed
    )


@bp.post("/jobs/<identity>/again")
def again(identity: str) -> Page:
    """A second job on the same loci, by another model; then both side by side."""
    form = SetForm(read_values(request.form, settings().model))
    made = compare.read_again(store(), identity, form.model, request.form.to_dict(), ring())
    return redirect(url_for("pages.compare_page", identity=identity, other=made.id), 303)


@bp.get("/jobs/<identity>/compare")
def compare_page(identity: str) -> Page:
    """Captions of several jobs on the same loci, side by side: ?other= names them, else the newest."""
    page = _page_number()
    seen = compare.compare_jobs(store(), identity, request.args.getlist("other"), page)
    lang = _language(seen["jobs"][0]["lang"])
    running = any(job["state"] in ("queued", "running") for job in seen["jobs"])
    others = [job["id"] for job in seen["jobs"][1:]]
    return render_template("compare.html", lang=lang, running=running, others=others, **seen)


@bp.route("/screenshots", methods=["GET", "POST"])
def screenshots() -> Page:
    """A form for pictures without data."""
    form = SetForm(read_values(request.form, settings().model))
    if request.method == "POST":
        allow_uploads()
        arrived = [(part.stream, part.filename or "") for part in request.files.getlist("file") if part.filename]
        taken = [(take_picture(stream), name) for stream, name in arrived]
        try:
            made = pictures.create_job(store(), taken, form.model, form.values["lang"], form.values["name"], ring())
            return redirect(url_for("pages.job", identity=made.id), 303)
        except JobError as error:
            form.blame("file", error)
    page = render_template(
        "screenshots.html", values=form.values, errors=form.errors, models=choices(settings(), pictures=True)
    )
    return (page, 422) if form.errors else page


@bp.post("/jobs/<identity>/<action>")
def act(identity: str, action: str) -> Page:
    """Cancel or retry from a button."""
    if action == "cancel":
        jobs.cancel_job(store(), identity)
    elif action == "retry":
        jobs.retry_job(store(), identity, ring())
    else:
        raise JobError(f"A job can be cancelled or tried again, not '{action}'.")
    return redirect(url_for("pages.job", identity=identity, lang=request.form.get("lang") or None), 303)


@bp.get("/readings/<identity>")
def reading(identity: str) -> Page:
    """One reading: figure, sentences with their claims, verdicts, review."""
    return _show_reading(identity, {})


def _show_reading(identity: str, typed: dict[str, str], problem: str = "") -> Page:
    record = jobs.reading_json(store(), identity)
    before, after = jobs.neighbours(store(), identity)
    reviewer = typed.get("reviewer") or unquote(request.cookies.get("reviewer", ""))
    page = render_template(
        "reading.html",
        reading=record,
        before=before,
        after=after,
        lang=_language(record["lang"]),
        typed=typed,
        problem=problem,
        reviewer=reviewer,
        go_on=request.cookies.get("go_on") == "1",
        job=jobs.job_json(store(), record["job"]),
        labels={one["track"]: one["label"] for one in record["tracks"]},
    )
    return (page, 422) if problem else page


@bp.post("/readings/<identity>/review")
def review(identity: str) -> Page:
    """Accept, edit, reject or undo from a button. Bad input comes back on the same page, with what was typed."""
    form = request.form
    action, reviewer = form.get("action", ""), form.get("reviewer", "")
    try:
        jobs.review_reading(store(), identity, action, reviewer, form.get("text"), _language("") or None)
    except JobError as error:
        return _show_reading(identity, form.to_dict(), str(error))
    go_on = "1" if form.get("go_on") else "0"
    _, after = jobs.neighbours(store(), identity)
    target = after if after and go_on == "1" and action != "undo" else identity
    answer = make_response(redirect(url_for("pages.reading", identity=target, lang=form.get("lang") or None), 303))
    for name, value in (("reviewer", quote(reviewer.strip())), ("go_on", go_on)):
        answer.set_cookie(name, value, max_age=REMEMBER_SECONDS, samesite="Lax", httponly=True)
    return answer


@bp.get("/help")
def help_page() -> Page:
    """What the service does, and the API by example."""
    return render_template("help.html", most_loci=MAX_LOCI, track_fields=TRACK_FIELDS, job_fields=JOB_FIELDS)
