"""The API of files and track sets: uploads, their checks, sets of tracks, and sets from track lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from renderer.assays.design_table import PLACE
from service.api.asked import json_body, refuse_unknown
from service.http.error_answers import error_body
from service.http.here import store
from service.http.incoming import allow_uploads, take_bytes, take_uploads
from service.http.show import describe_file
from workers.errors import JobError
from workers.requests import track_lists, uploads
from workers.requests.options import LOOK
from workers.store.database import File

bp = Blueprint("api_track_sets", __name__, url_prefix="/api/v1")

WAIT_SECONDS = 20.0
"""How long an upload waits for its check unless told otherwise; small files take less than a second."""

MOST_WAIT = 60.0
TRACK_FIELDS = ("file", "label", "assay", "sample", "strand", "color", "group", *PLACE, *LOOK, "files", "combine")
"""What a track of a track set may say."""


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
