"""The API under /api/v1. Answers are JSON; an error is {"error": {"message", "file", "line"}} with its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from renderer.values.errors import FormatError
from service.http.errors import error_body
from service.http.model_list import list_models
from service.http.show import describe_file
from service.http.uploads import Incoming
from workers.errors import JobError
from workers.requests import jobs, uploads
from workers.requests.jobs import Ring
from workers.requests.options import JOB_FIELDS, LOOK, JobOptions
from workers.store.database import File, Store

bp = Blueprint("api", __name__, url_prefix="/api/v1")

WAIT_SECONDS = 20.0
"""How long an upload waits for its check unless told otherwise; small files take less than a second."""

MOST_WAIT = 60.0
TRACK_FIELDS = ("file", "label", "assay", "sample", "strand", "color", "group", *LOOK, "files", "combine")
"""What a track of a track set may say."""


def store() -> Store:
    """The database of this application."""
    found: Store = current_app.extensions["store"]
    return found


def ring() -> Ring:
    """How this application rings its workers."""
    found: Ring = current_app.extensions["ring"]
    return found


def json_body() -> dict[str, Any]:
    """The JSON object of this request. Raises JobError."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise JobError("The body must be a JSON object, sent with Content-Type: application/json.")
    return body


def query_number(name: str, default: int, most: int) -> int:
    """A whole number of the query, kept between 1 and `most`. Raises JobError."""
    text = request.args.get(name, "")
    if text and not (text.isascii() and text.isdigit()):
        raise JobError(f"'{name}' is '{text[:20]}'. It must be a whole number.")
    return max(1, min(int(text or default), most))


def take_uploads(field: str) -> tuple[list[File], list[FormatError]]:
    """Keep every file of the request's form field; a file of no known format is refused, the others are kept."""
    arrived = [part for part in request.files.getlist(field) if part.filename]
    taken: list[File] = []
    refused: list[FormatError] = []
    for part in arrived:
        stream = part.stream
        assert isinstance(stream, Incoming)
        stream.close()
        try:
            taken.append(
                uploads.add_file(store(), stream.path, part.filename or "", stream.sha256, stream.size, ring())
            )
        except FormatError as error:
            refused.append(error)
    return taken, refused


def allow_uploads() -> None:
    """Let this one request be as large as a file may be."""
    request.max_content_length = current_app.config["SETTINGS"].max_upload_mb * 1_000_000


@bp.post("/files")
def post_files() -> tuple[Response, int]:
    """Upload one or more files in the form field `file`. 201 checked, 202 still being checked, 415/422 refused.

    One file is answered as itself, several as {"files": [...]}. If one is refused, "error" says which and why, and
    "files" lists the others, which are kept.
    """
    allow_uploads()
    wait = _seconds("wait", WAIT_SECONDS)
    taken, refused = take_uploads("file")
    if not taken and not refused:
        raise JobError("There is no file in the form field 'file'.")
    files = uploads.wait_for_files(store(), [file.id for file in taken], wait)
    answers = [_file_json(file) for file in files if file.state != "failed"]
    failed = [(file.error or "", file.name, line_of(file.error)) for file in files if file.state == "failed"]
    problems = [(str(error), error.file, error.line or None) for error in refused] + failed
    if problems:
        body = error_body(*problems[0])
        more = {"errors": [error_body(*one)["error"] for one in problems], "files": answers}
        return jsonify(body | (more if len(files) + len(refused) > 1 else {})), 415 if refused else 422
    ready = all(file.state == "ready" for file in files)
    return jsonify(answers[0] if len(answers) == 1 else {"files": answers}), 201 if ready else 202


def refuse_unknown(what: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise JobError for a field that would be ignored: most often a misspelling."""
    for name in given:
        if name not in known:
            raise JobError(f"{what} has '{str(name)[:40]}', which is not known. Known are {', '.join(known)}.")


def _seconds(name: str, usual: float) -> float:
    try:
        seconds = float(request.args.get(name, usual))
    except ValueError:
        raise JobError(f"'{name}' must be a number of seconds.") from None
    return max(0.0, min(seconds, MOST_WAIT))


def _file_json(file: File) -> dict[str, Any]:
    """A file with what it was recognised as, in words."""
    seen = uploads.file_json(file)
    return {**seen, "recognised": describe_file(seen)}


def line_of(message: str | None) -> int | None:
    """The line number a stored message names ('peaks.bed, line 7: ...')."""
    _, found, rest = (message or "").partition(", line ")
    digits = rest.split(":", 1)[0]
    return int(digits) if found and digits.isdigit() else None


@bp.get("/files/<identity>")
def get_file(identity: str) -> Response:
    """One upload and how far its check is."""
    return jsonify(_file_json(uploads.get_files(store(), [identity])[0]))


@bp.post("/track-sets")
def post_track_set() -> tuple[Response, int]:
    """{"name"?, "assembly"?, "tracks": [{"file", ...}]}; what else a track takes is in TRACK_FIELDS."""
    body = json_body()
    tracks = body.get("tracks")
    if not isinstance(tracks, list):
        raise JobError("'tracks' must be a list of {'file': '<id of an upload>', 'label': '...'}.")
    refuse_unknown("The body", body, ("name", "assembly", "tracks"))
    for number, spec in enumerate(tracks, 1):
        refuse_unknown(f"Track {number}", spec if isinstance(spec, dict) else {}, TRACK_FIELDS)
    made = uploads.create_track_set(store(), body.get("name", ""), body.get("assembly"), tracks)
    return jsonify(uploads.track_set_json(store(), made.id)), 201


@bp.get("/track-sets")
def get_track_sets() -> Response:
    """The newest track sets."""
    return jsonify({"track_sets": uploads.list_track_sets(store())})


@bp.get("/track-sets/<identity>")
def get_track_set(identity: str) -> Response:
    """One track set."""
    return jsonify(uploads.track_set_json(store(), identity))


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


@bp.get("/models")
def get_models() -> Response:
    """What can be named as a model."""
    settings = current_app.config["SETTINGS"]
    return jsonify({"models": list_models(settings), "default": settings.model})


@bp.get("/health")
def health() -> Response:
    """Whether the web server and its database answer, and how much waits."""
    return jsonify({"ok": True, "waiting": jobs.waiting(store())})
