"""More of the API under /api/v1: track sets from hubs, jobs read again and compared, screenshots."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.api.routes import allow_uploads, ring, store
from service.api.routes import json_body as body_of
from service.api.routes import query_number as number
from service.http.uploads import Incoming
from workers.errors import JobError
from workers.requests import compare, jobs, pictures, uploads
from workers.requests import track_lists as hub_import

bp = Blueprint("api_more", __name__, url_prefix="/api/v1")


@bp.post("/track-sets/from-hub")
def post_hub() -> tuple[Response, int]:
    """A track set from a UCSC hub, WashU datahub, IGV session or tracks.ini, its files matched to uploads by name.

    As a form: the file in `hub`, ids of uploads in `file` (repeatable), `name`, `assembly`. As JSON: {"hub": text,
    "hub_name"?, "files"?: [ids], "name"?, "assembly"?}. "from_hub" lists what could not be matched, or is not used.
    """
    asked = _hub_form() if request.files or request.form else _hub_json()
    found = hub_import.import_hub(store(), asked["hub_name"], asked["hub"], asked["files"], asked["assembly"] or None)
    hub_import.refuse_unmatched(found)
    made = uploads.create_track_set(store(), asked["name"] or found.title, found.assembly, found.tracks)
    return jsonify({**uploads.track_set_json(store(), made.id), "from_hub": found.told()}), 201


def _hub_form() -> dict[str, Any]:
    part = request.files.get("hub")
    if part is None or not part.filename:
        raise JobError("There is no file in the form field 'hub'.")
    form = request.form
    return {
        "hub": take_bytes(part.stream),
        "hub_name": part.filename,
        "files": form.getlist("file"),
        "name": form.get("name", ""),
        "assembly": form.get("assembly", ""),
    }


def _hub_json() -> dict[str, Any]:
    body = body_of()
    files = body.get("files") or []
    if not isinstance(body.get("hub"), str) or not isinstance(files, list):
        raise JobError("A hub needs 'hub' (its text) and may have 'files' (a list of ids of uploads).")
    return {
        "hub": body["hub"].encode(),
        "hub_name": str(body.get("hub_name") or "hub"),
        "files": list(map(str, files)),
        "name": body.get("name", ""),
        "assembly": str(body.get("assembly") or ""),
    }


def take_bytes(stream: Any) -> bytes:
    """The bytes of a small upload, which stays where it is until the request is over."""
    assert isinstance(stream, Incoming)
    stream.seek(0)
    return stream.read()


@bp.post("/jobs/<identity>/again")
def post_again(identity: str) -> tuple[Response, int]:
    """{"model", "name"?, "facts"?, "words"?, "repair"?}: a second job on the same loci and figures."""
    body = body_of()
    if not isinstance(body.get("model"), str):
        raise JobError("Reading again needs 'model': which model is to read the loci.")
    made = compare.read_again(store(), identity, body["model"], body, ring(), str(body.get("name") or ""))
    return jsonify(jobs.job_json(store(), made.id)), 201


@bp.get("/jobs/<identity>/compare")
def get_compare(identity: str) -> Response:
    """Jobs on the same loci side by side: ?with=a,b (else the newest related ones) &page= &per_page=."""
    others = [one for one in request.args.get("with", "").split(",") if one]
    page, per_page = number("page", 1, 10**6), number("per_page", jobs.PER_PAGE, jobs.MOST_PER_PAGE)
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


def take_picture(stream: Any) -> pictures.Arrived:
    """An uploaded picture where it arrived."""
    assert isinstance(stream, Incoming)
    stream.close()
    return pictures.Arrived(stream.path, stream.sha256, stream.size)
