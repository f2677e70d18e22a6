"""The Flask application: pages for people, an API for programs, figures by hash.

It queues and shows; it imports nothing that draws or computes. One factory, one module per part of the site.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, render_template, request, send_file
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from renderer.errors import FormatError, LocutionError
from service.uploads import FORM_BYTES, UploadRequest
from workers.jobs import NotFound, Ring
from workers.settings import Settings
from workers.store import Store

YEAR = 31_536_000
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
"""Nothing from elsewhere is loaded. Inline styles place highlights over figures."""


def create_app(settings: Settings | None = None, ring: Ring | None = None) -> Flask:
    """The application. `ring` tells workers that rows wait; by default it sends Celery messages."""
    app = Flask(__name__)
    app.request_class = UploadRequest
    settings = settings or Settings.from_env()
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.config["SETTINGS"] = settings
    app.extensions["store"] = Store(settings)
    app.extensions["ring"] = ring or _celery_ring()
    from service.api import bp as api
    from service.pages import bp as pages

    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.add_url_rule("/figures/<sha>.png", view_func=figure)
    app.before_request(refuse_other_sites)
    app.after_request(harden)
    app.register_error_handler(LocutionError, answer_error)
    app.register_error_handler(HTTPException, answer_http_error)
    return app


def _celery_ring() -> Ring:
    from workers.tasks import ring

    return ring


def figure(sha: str) -> Response:
    """A figure by the hash of its bytes: it never changes, so it may be cached for ever."""
    from flask import current_app

    try:
        path = current_app.extensions["store"].figures.path(sha)
    except ValueError:
        abort(404)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="image/png", max_age=YEAR, download_name=f"{sha[:12]}.png")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def refuse_other_sites() -> None:
    """A page of another site must not act in the name of whoever has this one open."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in (None, "same-origin", "none") or (origin and urlsplit(origin).netloc != request.host)
    if foreign:
        abort(403, "This request came from another site.")


def harden(response: Response) -> Response:
    """Headers that keep a browser from doing more than it should."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


def wants_json() -> bool:
    """Whether the caller is a program."""
    return request.path.startswith("/api/")


def error_body(message: str, file: str | None = None, line: int | None = None) -> dict[str, object]:
    """The JSON of every error."""
    return {"error": {"message": message, "file": file, "line": line or None}}


def answer_error(error: LocutionError) -> AnyResponse | tuple[AnyResponse | str, int]:
    """Bad input: 404 for an unknown id, 415 for a file that is not what it says, else 422."""
    status = 404 if isinstance(error, NotFound) else 415 if isinstance(error, FormatError) else 422
    if not wants_json():
        return render_template("error.html", message=str(error), status=status), status
    file = (error.file, error.line) if isinstance(error, FormatError) else (None, None)
    return jsonify(error_body(str(error), *file)), status


def answer_http_error(error: HTTPException) -> AnyResponse | tuple[AnyResponse | str, int]:
    """404, 405, 413 and their like, in the caller's form."""
    status = error.code or 500
    message = error.description or error.name
    if status == 413:
        message = "That is more than this server takes. Its limit for one file is set by LOCUTION_MAX_UPLOAD_MB."
    if not wants_json():
        return render_template("error.html", message=message, status=status), status
    return jsonify(error_body(message)), status
