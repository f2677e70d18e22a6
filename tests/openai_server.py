"""An OpenAI-compatible server for tests and benchmarks, in a process of its own: answers of the recorded shape, and
every way in which such a server fails.

    python tests/openai_server.py [port]

It prints its port. POST /control sets `Plan` fields; GET /seen tells what came in. Under /v1 it is a chat completions
API: each request takes the next fault of `faults`, or, when none is left, gets a good answer after `latency` seconds.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATH = "/v1/chat/completions"
HTML = b"<html><title>Sign in</title></html>"


@dataclass
class Plan:
    """What the server does. `faults` are taken one a request: {"kind": ..., and what that kind needs}. `refuses` names
    fields of a request that get a 400; `key` is the only key it takes; `answer` the text it writes; `jitter` the share
    of `latency` by which answers differ. `thinks`: unless it is told not to, it thinks to its limit; `aside`: it puts
    what it says where thoughts go."""

    answer: str = '{"sentences": []}'
    latency: float = 0.0
    jitter: float = 0.0
    faults: list[dict[str, Any]] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    key: str = ""
    model: str = "tiny-vlm-2026-11-01"
    thinks: bool = False
    aside: bool = False


class State:
    """The plan, and what was seen so far; shared by the threads of the server."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.plan = Plan()
        self.requests: list[dict[str, Any]] = []
        self.in_flight = self.most_in_flight = 0
        self.busy = 0.0
        self.answered = 0
        self.first = self.last = 0.0

    def seen(self) -> dict[str, Any]:
        """Counts, seconds spent inside requests, and each request's body and time."""
        with self.lock:
            return {
                "requests": self.requests,
                "answered": self.answered,
                "in_flight": self.in_flight,
                "most_in_flight": self.most_in_flight,
                "busy_seconds": self.busy,
                "span_seconds": self.last - self.first,
            }


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: tests read /seen."""

    def do_GET(self) -> None:
        self._send(200, self.state.seen() if self.path == "/seen" else {"object": "list", "data": [{"id": "tiny"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path == "/control":
            with self.state.lock:
                self.state.plan = Plan(**{**asdict(self.state.plan), **body})
            self._send(200, {})
            return
        with self._counted(body):
            self._complete(body)

    @contextmanager
    def _counted(self, body: dict[str, Any]) -> Iterator[None]:
        state, began = self.state, time.monotonic()
        with state.lock:
            state.first = state.first or began
            state.in_flight += 1
            state.most_in_flight = max(state.most_in_flight, state.in_flight)
            state.requests.append({"path": self.path, "at": began, "body": body, "headers": dict(self.headers)})
        try:
            yield
        finally:
            with state.lock:
                state.in_flight -= 1
                state.last = time.monotonic()
                state.busy += state.last - began

    def _complete(self, body: dict[str, Any]) -> None:
        with self.state.lock:
            plan = self.state.plan
            fault = plan.faults.pop(0) if plan.faults else {}
        if self.path != PATH:
            self._error(404, f"Invalid URL (POST {self.path})")
        elif plan.key and self.headers.get("Authorization") != f"Bearer {plan.key}":
            self._error(
                401, f"Incorrect API key provided: {self.headers.get('Authorization', '').removeprefix('Bearer ')}"
            )
        elif refused := next((name for name in plan.refuses if _asks_for(name, body)), None):
            self._error(400, _REFUSALS.get(refused, f"Unsupported parameter: '{refused}' is not supported"))
        elif fault:
            getattr(self, f"_fault_{fault['kind']}")(fault, plan)
        elif plan.thinks and body.get("chat_template_kwargs", {}).get("enable_thinking", True):
            self._answer("<think>\nThe upper row has a summit, or has it not?", "length")
        else:
            time.sleep(plan.latency * random.uniform(1 - plan.jitter, 1 + plan.jitter))
            self._answer(plan.answer)

    def _answer(self, content: Any, finish: str = "stop", usage: bool = True) -> None:
        with self.state.lock:
            self.state.answered += 1
        found = completion(content, finish, self.state.plan.model, usage)
        if self.state.plan.aside:
            message = found["choices"][0]["message"]
            message["content"], message["reasoning_content"] = None, content
        self._send(200, found)

    def _fault_status(self, fault: dict[str, Any], plan: Plan) -> None:
        message = fault.get("message", "The server had an error while processing your request")
        self._error(fault["status"], message, fault.get("headers"))

    def _fault_terse(self, fault: dict[str, Any], plan: Plan) -> None:
        self._raw(fault["status"], b"Bad Request", "text/plain")

    def _fault_slow(self, fault: dict[str, Any], plan: Plan) -> None:
        time.sleep(fault["seconds"])
        self._answer(plan.answer)

    def _fault_drip(self, fault: dict[str, Any], plan: Plan) -> None:
        """A byte now and then: no read ever times out, and the answer never ends."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(int(fault["seconds"] / 0.1)):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)
        self.close_connection = True

    def _fault_hang_up(self, fault: dict[str, Any], plan: Plan) -> None:
        self.close_connection = True
        self.connection.close()

    def _fault_truncated(self, fault: dict[str, Any], plan: Plan) -> None:
        self._answer(plan.answer[: len(plan.answer) * 2 // 3], "length")

    def _fault_says(self, fault: dict[str, Any], plan: Plan) -> None:
        self._answer(fault["content"], usage=fault.get("usage", True))

    def _fault_raw(self, fault: dict[str, Any], plan: Plan) -> None:
        self._raw(200, fault["body"].encode(), fault.get("type", "application/json"))

    def _fault_html(self, fault: dict[str, Any], plan: Plan) -> None:
        self._raw(200, HTML, "text/html")

    def _fault_redirect(self, fault: dict[str, Any], plan: Plan) -> None:
        self._raw(307, b"", "text/plain", {"Location": fault["to"]})

    def _fault_endless(self, fault: dict[str, Any], plan: Plan) -> None:
        self._raw(200, b" " * 6_000_000, "application/json")

    def _error(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
        self._raw(status, json.dumps({"error": error}).encode(), "application/json", headers)

    def _send(self, status: int, value: Any) -> None:
        self._raw(status, json.dumps(value).encode(), "application/json")

    def _raw(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


_REFUSALS = {
    "json_schema": "response_format: type 'json_schema' is not supported by this engine",
    "json_object": "Invalid value for response_format",
    "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    "chat_template_kwargs": "Unrecognized request argument supplied: chat_template_kwargs",
}
"""As servers word them."""


def _asks_for(name: str, body: dict[str, Any]) -> bool:
    """Whether a request has this field, or this form of answer."""
    return name in body or body.get("response_format", {}).get("type") == name


def completion(content: Any, finish: str, model: str, usage: bool = True) -> dict[str, Any]:
    """An answer as vLLM and OpenAI shape it."""
    message = {"role": "assistant", "content": content, "refusal": None, "tool_calls": [], "reasoning_content": None}
    found: dict[str, Any] = {
        "id": "chatcmpl-5f3a",
        "object": "chat.completion",
        "created": 1764000000,
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish, "stop_reason": None}],
        "system_fingerprint": None,
    }
    if usage:
        found["usage"] = {"prompt_tokens": 1800, "completion_tokens": 240, "total_tokens": 2040}
    return found


class Server(ThreadingHTTPServer):
    """Takes a connection for each request in flight."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True


class Running:
    """A server process, and what to tell and ask it."""

    def __init__(self, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), str(port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.base = f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def plan(self, **fields: Any) -> None:
        """Set fields of the server's Plan."""
        self._call("/control", json.dumps(fields).encode())

    def seen(self) -> dict[str, Any]:
        """What came in so far."""
        return self._call("/seen", None)

    def stop(self) -> None:
        """End the process at once, whatever is in flight."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def _call(self, path: str, data: bytes | None) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data, timeout=120) as answer:
            return json.load(answer)


def main(port: int) -> None:
    """Serve until killed."""
    Handler.state = State()
    server = Server(("127.0.0.1", port), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
