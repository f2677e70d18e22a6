"""Errors as answers: a sentence on a page, or {"error": {"message", "file", "line"}} for whatever is below /api."""

from __future__ import annotations

from flask import Flask, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from renderer.values.errors import FormatError, LocutionError
from workers.errors import NotFound


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


def install(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(LocutionError, answer_error)
    app.register_error_handler(HTTPException, answer_http_error)
