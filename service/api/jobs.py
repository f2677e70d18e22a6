"""The API of jobs and readings: asking, watching, reading again, comparing, reviewing; and pictures without data."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from service.api.asked import json_body, query_number, refuse_unknown
from service.http.here import ring, store
from service.http.incoming import allow_uploads, take_picture
from workers.errors import JobError
from workers.requests import compare, jobs, pictures
from workers.requests.options import JOB_FIELDS, JobOptions

bp = Blueprint("api_jobs", __name__, url_prefix="/api/v1")


@bp.post("/jobs")
def post_job() -> tuple[Response, int]:
    """{"track_set", "loci": text or list of lines, "model"?, "lang"?, "name"?} and what is in JOB_FIELDS."""
    body = json_body()
    loci = body.get("loci")
    text = "\n".join(map(str, loci)) if isinstance(loci, list) else loci
    if not isinstance(text, str) or not isinstance(body.get("track_set"), str):
        raise JobError("A job needs 'track_set' (an id) and 'loci' (text, one a line, or a list).")
    refuse_unknown("The body", body, ("track_set", "loci", "model", "lang", "name", *JOB_FIELDS))
    job = jobs.create_job(
        store(),
        body["track_set"],
        text,
        body.get("model"),
        str(body.get("lang") or "en"),
        body.get("name", ""),
        ring(),
        JobOptions.read(body),
    )
    return jsonify(jobs.job_json(store(), job.id)), 201


@bp.get("/jobs")
def get_jobs() -> Response:
    """The newest jobs."""
    page, per_page = query_number("page", 1, 10**6), query_number("per_page", jobs.PER_PAGE, jobs.MOST_PER_PAGE)
    return jsonify(jobs.list_jobs(store(), page, per_page))


@bp.get("/jobs/<identity>")
def get_job(identity: str) -> Response:
    """One job with its counts."""
    return jsonify(jobs.job_json(store(), identity))


@bp.post("/jobs/<identity>/cancel")
def cancel_job(identity: str) -> Response:
    """Cancel what has not begun."""
    return jsonify(jobs.cancel_job(store(), identity))


@bp.post("/jobs/<identity>/retry")
def retry_job(identity: str) -> Response:
    """Queue failed and cancelled readings again."""
    return jsonify(jobs.retry_job(store(), identity, ring()))


@bp.get("/jobs/<identity>/readings")
def get_readings(identity: str) -> Response:
    """A page of records: ?page= &per_page= &state= &review=."""
    page, per_page = query_number("page", 1, 10**6), query_number("per_page", jobs.PER_PAGE, jobs.MOST_PER_PAGE)
    return jsonify(
        jobs.list_readings(store(), identity, page, per_page, request.args.get("state"), request.args.get("review"))
    )


@bp.get("/readings/<identity>")
def get_reading(identity: str) -> Response:
    """One record."""
    return jsonify(jobs.reading_json(store(), identity))


@bp.post("/readings/<identity>/review")
def post_review(identity: str) -> Response:
    """{"action": accept|edit|reject|undo, "reviewer", "text"?, "lang"?}."""
    body = json_body()
    action, reviewer = str(body.get("action", "")), str(body.get("reviewer", ""))
    return jsonify(jobs.review_reading(store(), identity, action, reviewer, body.get("text"), body.get("lang")))


@bp.post("/jobs/<identity>/again")
def post_again(identity: str) -> tuple[Response, int]:
    """{"model", "name"?, "facts"?, "words"?, "repair"?}: a second job on the same loci and figures."""
    body = json_body()
    if not isinstance(body.get("model"), str):
        raise JobError("Reading again needs 'model': which model is to read the loci.")
    made = compare.read_again(store(), identity, body["model"], body, ring(), str(body.get("name") or ""))
    return jsonify(jobs.job_json(store(), made.id)), 201


@bp.get("/jobs/<identity>/compare")
def get_compare(identity: str) -> Response:
    """Jobs on the same loci side by side: ?with=a,b (else the newest related ones) &page= &per_page=."""
    others = [one for one in request.args.get("with", "").split(",") if one]
    page, per_page = query_number("page", 1, 10**6), query_number("per_page", jobs.PER_PAGE, jobs.MOST_PER_PAGE)
    return jsonify(compare.compare_jobs(store(), identity, others, page, per_page))


@bp.post("/screenshots")
def post_screenshots() -> tuple[Response, int]:
    """Pictures without data, in the form field `file` (PNG, JPEG, WebP; repeatable), with `model` (hub:... or
    remote:...), `lang`, `name`: a job whose sentences are all marked as not checked."""
    allow_uploads()
    form = request.form
    arrived = [(part.stream, part.filename or "") for part in request.files.getlist("file") if part.filename]
    taken = [(take_picture(stream), name) for stream, name in arrived]
    job = pictures.create_job(
        store(), taken, form.get("model", ""), form.get("lang") or "en", form.get("name", ""), ring()
    )
    return jsonify(jobs.job_json(store(), job.id)), 201
