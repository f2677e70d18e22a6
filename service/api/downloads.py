"""Downloads: a figure for a paper, drawn on demand by the sandbox (`workers.requests.downloads`), sent as a file."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, request, send_file
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from service.http.here import store
from workers.errors import BusyError
from workers.requests.downloads import Download, Wanted, draw_download, find_panels, find_reading

bp = Blueprint("api_downloads", __name__, url_prefix="/api/v1")

TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
KEEP_SECONDS = 3600
"""How long a browser may keep a download: the same address gives the same file, unless a job is drawn anew."""

RETRY_SECONDS = 10


@bp.get("/readings/<identity>/figure.<format>")
def get_figure(identity: str, format: str) -> Response:
    """The figure of a reading: png, svg or pdf; ?dpi= (PNG), ?width= (pixels at 100 per inch), ?theme=."""
    return _send(find_reading(store(), identity), format, 1)


@bp.get("/jobs/<identity>/panels.<format>")
def get_panels(identity: str, format: str) -> Response:
    """Loci of a job side by side, on one scale: ?readings=a,b,c, and as for one figure."""
    ids = [one.strip() for text in request.args.getlist("readings") for one in text.split(",") if one.strip()]
    return _send(find_panels(store(), identity, ids), format, len(ids))


def _send(wanted: Wanted, format: str, count: int) -> Response:
    download = Download.read(format, request.args, wanted.options)
    try:
        path = draw_download(store(), wanted, download)
    except BusyError as error:
        raise ServiceUnavailable(str(error), retry_after=RETRY_SECONDS) from error
    response: Any = send_file(
        path,
        mimetype=TYPES[download.format],
        as_attachment="inline" not in request.args,
        download_name=f"{_name(wanted, count)}.{download.format}",
        max_age=KEEP_SECONDS,
    )
    return response  # type: ignore[no-any-return]


def _name(wanted: Wanted, count: int) -> str:
    """What the file is called: the locus, and how many there are beside it."""
    region = wanted.scenes[0].region
    others = f" and {count - 1} more" if count > 1 else ""
    words = f"{region.label or ''} {region.chrom}_{region.start + 1}-{region.end}{others}"
    return re.sub(r"[^\w.-]+", "_", words, flags=re.ASCII).strip("_.")[:100] or "figure"
