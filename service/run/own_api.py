"""The HTTP API of a service on this machine, as a user's program speaks to it. For the demo and the supervisor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from renderer.values.errors import LocutionError

ANSWER_SECONDS = 90.0
"""Until one request must be answered: longer than the server waits for an upload's check (60 s)."""

NO_CONNECTION_KEPT = httpx.Limits(max_keepalive_connections=0)
"""The server closes idle connections when it likes, perhaps just as one is used again."""

MOST_MESSAGE = 300
"""Characters of an answer that is no error of ours, which go into an error."""


class ApiError(LocutionError):
    """The server did not answer, or refused; the text says what was asked and what it said."""


class Api:
    """The API at `url`. No proxy is asked: a proxy set for this machine must not come between."""

    def __init__(self, url: str, seconds: float = ANSWER_SECONDS) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=seconds, trust_env=False, limits=NO_CONNECTION_KEPT)

    def get(self, path: str) -> Any:
        """The JSON at /api/v1 + path. Raises ApiError."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send a JSON object; the JSON that is answered. Raises ApiError."""
        return self._call("POST", path, json=body)

    def upload(self, path: Path) -> Any:
        """Send one file as a form does; the JSON that is answered. Raises ApiError."""
        with path.open("rb") as file:
            return self._call("POST", "/files", files={"file": (path.name, file)})

    def _call(self, method: str, path: str, **what: Any) -> Any:
        try:
            answer = self._http.request(method, path, **what)
        except httpx.TransportError as exc:
            raise ApiError(f"The web server did not answer {method} {path} ({exc}).") from exc
        if answer.is_error:
            raise ApiError(f"{method} {path} was refused ({answer.status_code}): {_message(answer)}")
        try:
            return answer.json()
        except ValueError as exc:
            raise ApiError(f"{method} {path} was answered with something else than JSON: {_message(answer)}") from exc


def _message(answer: httpx.Response) -> str:
    """The sentence in an error's JSON, or the start of whatever came."""
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:MOST_MESSAGE]
