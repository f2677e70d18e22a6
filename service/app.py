"""The Flask application: pages for people, an API for programs, figures by hash.

It queues and shows; it imports nothing that draws or computes. One factory, one module per part of the site.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request, send_file

from renderer.plugins import load_plugins
from service.http import error_answers, show
from service.http.incoming import FORM_BYTES, UploadRequest, discard_leftovers
from workers.requests.jobs import Ring
from workers.settings import Settings
from workers.store.database import Store

YEAR = 31_536_000
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""Nothing from elsewhere is loaded, and no script or style that stands in a page is run."""


def create_app(settings: Settings | None = None, ring: Ring | None = None) -> Flask:
    """The application. `ring` tells workers that rows wait; by default it sends Celery messages."""
    load_plugins()
    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.request_class = UploadRequest
    settings = settings or Settings.from_env()
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.config["SETTINGS"] = settings
    app.extensions["store"] = Store(settings)
    app.extensions["ring"] = ring or _celery_ring()
    from service.api import about, downloads, jobs, track_sets
    from service.web import pages

    for part in (about, downloads, jobs, track_sets, pages):
        app.register_blueprint(part.bp)
    app.add_url_rule("/figures/<sha>.png", view_func=figure)
    app.before_request(refuse_other_sites)
    app.after_request(harden)
    app.teardown_request(discard_leftovers)
    error_answers.install(app)
    show.install(app)
    return app


def _celery_ring() -> Ring:
    from workers.queue.tasks import ring

    return ring


def figure(sha: str) -> Response:
    """A figure by the hash of its bytes: it never changes, so it may be cached for ever."""
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
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        own = site in ("same-origin", "none")
    else:  # plain http to another machine: browsers send only the origin; programs send neither
        own = origin is None or urlsplit(origin).netloc == request.host
    if not own:
        abort(403, "This request came from another site. Open Locution itself and try again.")


def harden(response: Response) -> Response:
    """Headers that keep a browser from doing more than it should."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    return response
