"""The API about the service itself: the models a job may name, and whether it is well."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.http.here import settings, store
from service.http.model_list import list_models
from workers.requests import jobs

bp = Blueprint("api_about", __name__, url_prefix="/api/v1")


@bp.get("/models")
def get_models() -> Response:
    """What can be named as a model."""
    return jsonify({"models": list_models(settings()), "default": settings().model})


@bp.get("/health")
def health() -> Response:
    """Whether the web server and its database answer, and how much waits."""
    return jsonify({"ok": True, "waiting": jobs.waiting(store())})
