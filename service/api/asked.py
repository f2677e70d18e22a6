"""What a program asked: the JSON object of its request, and numbers of the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from workers.errors import JobError


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


def refuse_unknown(what: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise JobError for a field that would be ignored: most often a misspelling."""
    for name in given:
        if name not in known:
            raise JobError(f"{what} has '{str(name)[:40]}', which is not known. Known are {', '.join(known)}.")
