"""More of the API under /api/v1: track sets from track lists, jobs read again and compared, screenshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.api.routes import allow_uploads, json_body, query_number, ring, store
from service.http.uploads import Incoming
from workers.errors import JobError
from workers.requests import compare, jobs, pictures, track_lists, uploads

bp = Blueprint("api_more", __name__, url_prefix="/api/v1")


@bp.post("/track-sets/from-list", defaults={"word": "list"})
@bp.post("/track-sets/from-hub", defaults={"word": "hub"})
def post_track_list(word: str) -> tuple[Response, int]:
    """A track set from a UCSC hub, WashU datahub, IGV session or tracks.ini, its files matched to uploads by name.

    As a form: the file in `list`, ids of uploads in `file` (repeatable), `name`, `assembly`. As JSON: {"list": text,
    "list_name"?, "files"?: [ids], "name"?, "assembly"?}. "from_list" lists what could not be matched, or is not used.
    Under its former address it says `hub` instead of `list`.
    """
    asked = _listed_form(word) if request.files or request.form else _listed_json(word)
    found = track_lists.import_list(store(), asked.called, asked.content, asked.files, asked.assembly or None)
    track_lists.refuse_unmatched(found)
    made = uploads.create_track_set(store(), asked.name or found.title, found.assembly, found.tracks)
    return jsonify({**uploads.track_set_json(store(), made.id), f"from_{word}": found.told()}), 201


@dataclass(frozen=True)
class _Listed:
    """A track list as it was sent: its bytes and what it is called, ids of uploads, name and assembly of the set."""

    content: bytes
    called: str
    files: list[str]
    name: Any
    assembly: str


def _listed_form(word: str) -> _Listed:
    part = request.files.get(word)
    if part is None or not part.filename:
        raise JobError(f"There is no file in the form field '{word}'.")
    form = request.form
    content = take_bytes(part.stream)
    return _Listed(content, part.filename, form.getlist("file"), form.get("name", ""), form.get("assembly", ""))


def _listed_json(word: str) -> _Listed:
    body = json_body()
    text, files = body.get(word), body.get("files") or []
    if not isinstance(text, str) or not isinstance(files, list):
        raise JobError(f"A track list needs '{word}' (its text) and may have 'files' (a list of ids of uploads).")
    called, assembly = str(body.get(f"{word}_name") or "track list"), str(body.get("assembly") or "")
    return _Listed(text.encode(), called, [str(one) for one in files], body.get("name", ""), assembly)


def take_bytes(stream: Any) -> bytes:
    """The bytes of a small upload, which stays where it is until the request is over."""
    assert isinstance(stream, Incoming)
    stream.seek(0)
    return stream.read()


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


def take_picture(stream: Any) -> pictures.Arrived:
    """An uploaded picture where it arrived."""
    assert isinstance(stream, Incoming)
    stream.close()
    return pictures.Arrived(stream.path, stream.sha256, stream.size)
