"""HTTP to an OpenAI-compatible server, for answers that take their time: retries, limits, and no surprises.

Knows no model and no figure: a JSON body goes out, a JSON object or a `RemoteError` that says what to do comes back.
The key travels in one header, to the one server that was named, and is in no log, no error and no record.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from vlm.values.captioner import ModelError
from vlm.values.servers import FIRST_WAIT, Limits

CONNECT_SECONDS = 5.0
"""A server that is there takes a connection within a second; five bear a bad network."""

GREET_SECONDS = 5.0
"""For whoever waits at a terminal to hear whether there is a server at all."""

LONGEST_WAIT = 20.0
"""Seconds between two tries, at most."""

MOST_TRIES = 4
"""Tries where the server answers but with an error of its own, which more of the same will not mend."""

MOST_TIMEOUTS = 2
"""Tries that may run out of time: a request too large for the server stays so."""

MOST_BYTES = 4_000_000
"""Of an answer; a caption takes some thousand."""

MOST_MESSAGE = 300
"""Characters of a server's message that are shown."""

AWAY = frozenset({502, 503, 504, 529})
"""What proxies and starting servers say; the same as no server at all, it is waited for."""

ERRORS = frozenset({408, 409, 425, 500})
"""Failures of the server that another try may mend."""

RESETS = ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "x-ratelimit-reset")

log = logging.getLogger(__name__)


class RemoteError(ModelError):
    """No answer, and why."""


class Refused(RemoteError):
    """The server refuses this request (`status`, its `message`); others may pass."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"The server refused this figure ({status}: {message}).")
        self.status, self.message = status, message


class Misplaced(RemoteError):
    """Every request would fare the same: the address, the key or the model is wrong."""


class Gone(RemoteError):
    """The server is overloaded or too slow, and was waited for long enough. `away`: it could not be reached at all."""

    def __init__(self, text: str, away: bool = False) -> None:
        super().__init__(text)
        self.away = away


class _Trouble(Exception):
    """A try that failed but may be repeated. `away`: counted by time and not by tries; `wait`: seconds it asks for."""

    def __init__(self, reason: str, away: bool = False, wait: float | None = None, timeout: bool = False) -> None:
        super().__init__(reason)
        self.away, self.wait, self.timeout = away, wait, timeout


@dataclass
class _Tally:
    """What one request has been through: its tries, and since when the server has been away for it."""

    tries: int = 0
    failures: int = 0
    timeouts: int = 0
    away_since: float | None = None

    def add(self, trouble: _Trouble, now: float) -> None:
        """Count one more."""
        self.tries += 1
        self.timeouts += trouble.timeout
        self.failures += not (trouble.away or trouble.timeout)
        self.away_since = (self.away_since or now) if trouble.away else None

    @property
    def is_enough(self) -> bool:
        """Whether more tries would end alike."""
        return self.failures >= MOST_TRIES or self.timeouts >= MOST_TIMEOUTS


class Client:
    """Requests to one server. Make it inside a running loop, and close it there."""

    def __init__(self, base: str, key: str, limits: Limits) -> None:
        self.base, self._key, self.limits = base.rstrip("/"), key, limits
        self._hold_until = 0.0
        self._met = False  # whether anything ever answered at this address
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        pool = httpx.Limits(max_connections=limits.at_once, max_keepalive_connections=limits.at_once)
        timeout = httpx.Timeout(limits.seconds, connect=CONNECT_SECONDS, pool=None)
        proxied = not _is_local(self.base)
        self._http = httpx.AsyncClient(headers=headers, timeout=timeout, limits=pool, trust_env=proxied)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one request, after as many tries as are worth it. Raises RemoteError."""
        tally = _Tally()
        while True:
            await self._wait_for_gate()
            try:
                found = await self._within_limit(path, body)
            except _Trouble as trouble:
                tally.add(trouble, time.monotonic())
                await self._before_next(trouble, tally)
            else:
                return found

    async def greet(self) -> None:
        """Ask once whether there is a server; any answer of its own will do. Raises RemoteError."""
        advice = f"Start the server at {self.base}, or correct the address."
        try:
            async with asyncio.timeout(GREET_SECONDS):
                answer = await self._http.get(f"{self.base}/models")
        except (TimeoutError, httpx.TransportError) as exc:
            reason = self._plain(str(exc)) or f"no answer within {GREET_SECONDS:g} s"
            raise Gone(f"The server cannot be reached ({reason}). {advice}", away=True) from None
        except httpx.InvalidURL as exc:
            raise Misplaced(f"'{self.base}' is no address ({exc}).") from None
        if answer.status_code in AWAY:
            raise Gone(f"The server is busy or away ({answer.status_code}). {advice}", away=True)

    async def _wait_for_gate(self) -> None:
        """Wait while the server has asked everybody to, and a little more: not all must come at once."""
        while (left := self._hold_until - time.monotonic()) > 0:
            await asyncio.sleep(left + random.uniform(0, 0.1 * left))

    async def _before_next(self, trouble: _Trouble, tally: _Tally) -> None:
        """Wait before the next try, or give up with the reason."""
        now = time.monotonic()
        since = tally.away_since or now
        wait = trouble.wait if trouble.wait is not None else backoff(tally.tries, self.limits.first_wait)
        advice = f"See to the server at {self.base}, then retry what failed."
        patience = self.limits.patience if self._met else min(self.limits.unmet, self.limits.patience)
        if trouble.away and now - since + wait > patience:
            asked = f"and asks to wait {wait:.0f} s" if trouble.wait else f"after {now - since:.0f} s of trying"
            raise Gone(f"{trouble}, {asked}. {advice}", away=True)
        if tally.is_enough:
            raise Gone(f"{trouble} ({tally.tries} tries). {advice}")
        log.info("%s; trying again in %.1f s", trouble, wait)
        if trouble.wait is not None:
            self._hold(wait)
        await asyncio.sleep(wait)

    def _hold(self, seconds: float) -> None:
        self._hold_until = max(self._hold_until, time.monotonic() + seconds)

    async def _within_limit(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One try. The limit is on the whole of it: a server that sends a byte a second must not hold a slot."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._try(path, body)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            reason = f"The server gave no whole answer within {self.limits.seconds:g} s"
            raise _Trouble(reason, timeout=True) from None
        except httpx.TransportError as exc:
            if isinstance(exc.__cause__, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(exc):
                raise Misplaced(f"The certificate of {self.base} is not valid: {self._plain(str(exc))}.") from None
            raise _Trouble(
                f"The server cannot be reached ({self._plain(str(exc)) or type(exc).__name__})", True
            ) from None
        except httpx.InvalidURL as exc:
            raise Misplaced(f"'{self.base}' is no address ({exc}).") from None

    async def _try(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self._http.stream("POST", f"{self.base}{path}", json=body) as response:
            self._met = True
            received = bytearray()
            async for part in response.aiter_bytes():
                received += part
                if len(received) > MOST_BYTES:
                    raise Refused(response.status_code, f"its answer is longer than {MOST_BYTES:,} bytes")
        text = received.decode("utf-8", "replace")
        self._note_rates(response.headers)
        if response.status_code == 200:
            return self._parse(text, response.headers.get("content-type", ""))
        raise self._failure(response, text)

    def _parse(self, text: str, kind: str) -> dict[str, Any]:
        """The JSON object of a good answer."""
        if "json" not in kind:
            raise Misplaced(
                f"{self.base} answers with '{kind.partition(';')[0] or 'no content type'}', not with JSON. Write the "
                "base address of its API, which most often ends in /v1."
            )
        try:
            found = json.loads(text)
        except ValueError:
            raise _Trouble("The server's answer is not whole JSON") from None
        if not isinstance(found, dict):
            raise _Trouble("The server's answer is JSON, but no object")
        return found

    def _failure(self, response: httpx.Response, text: str) -> Exception:
        """What an answer other than 200 means: another try, another request, or nothing to be done from here."""
        status, message = response.status_code, self._plain(message_of(text) or response.reason_phrase)
        if response.is_redirect:
            return self._redirected(response)
        if status == 429 and "quota" in text and "insufficient" in text:
            return Misplaced(f"The account at {self.base} is used up ({message}).")
        if status == 429 or status in AWAY:
            return _Trouble(f"The server is busy or away ({status}: {message})", True, retry_after(response.headers))
        if status in ERRORS:
            return _Trouble(f"The server failed ({status}: {message})", wait=retry_after(response.headers))
        if status in (401, 403):
            return Misplaced(
                f"{self.base} refuses the key ({status}: {message}). Set LOCUTION_API_KEY to one that it takes."
            )
        if status in (404, 405):
            return Misplaced(f"{self.base} has no such model or address ({status}: {message}). Check both.")
        return Refused(status, message)

    def _redirected(self, response: httpx.Response) -> Misplaced:
        """Never followed: a POST with a key must not wander. One that stays on the server is a slip in the address."""
        target = response.headers.get("location", "")
        host = urlsplit(str(response.request.url.join(target))).netloc if target else "nowhere"
        return Misplaced(
            f"{self.base} redirects to {host}, which is not followed: the key is for the named server alone. Write the "
            "final address."
        )

    def _note_rates(self, headers: Mapping[str, str]) -> None:
        """Hold all requests if the server says that none, or no token, is left."""
        for name in ("requests", "tokens"):
            if headers.get(f"x-ratelimit-remaining-{name}") == "0":
                wait = seconds_of(headers.get(f"x-ratelimit-reset-{name}", ""))
                if wait is not None:
                    self._hold(min(wait, self.limits.patience))

    def _plain(self, text: str) -> str:
        """A server's words in one short line, without the key should they hold it."""
        hidden = text.replace(self._key, "***") if self._key else text
        return " ".join(hidden.split())[:MOST_MESSAGE].rstrip(". ")


def backoff(tries: int, first: float = FIRST_WAIT) -> float:
    """Seconds before the next try: doubled with each, at random between half of that and all, so that many requests
    that failed together do not come back in step."""
    return min(LONGEST_WAIT, first * 2.0 ** min(tries - 1, 16)) * random.uniform(0.5, 1.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How long the server asks to wait: Retry-After, as seconds or as a date, or the reset of its rate limits."""
    if (found := headers.get("retry-after-ms", "")).isdigit():
        return int(found) / 1000
    if found := headers.get("retry-after", ""):
        return _seconds_or_date(found)
    resets = [seconds_of(headers.get(name, "")) for name in RESETS if headers.get(name)]
    known = [wait for wait in resets if wait is not None]
    return max(known) if known else None


def _seconds_or_date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime

    if (plain := seconds_of(text)) is not None:
        return plain
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(text: str) -> float | None:
    """Seconds from '2', '1.5s', '6m0s' or '120ms'; None if it is none of these."""
    text = text.strip().lower()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return float(text)
    if not re.fullmatch(r"(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhd]))+", text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", text))


def message_of(text: str) -> str:
    """The words of an error answer: {"error": {"message": ...}} as OpenAI has it, others' "message" or "detail"."""
    try:
        found = json.loads(text)
    except ValueError:
        return re.sub(r"<[^>]*>", " ", text[: 4 * MOST_MESSAGE])
    error = found.get("error", found) if isinstance(found, dict) else found
    for name in ("message", "detail", "msg"):
        if isinstance(error, dict) and error.get(name):
            return str(error[name])
    return str(error) if error else ""


def _is_local(base: str) -> bool:
    """Whether the server is on this machine, where no proxy must be asked."""
    return urlsplit(base).hostname in ("localhost", "127.0.0.1", "::1")
