"""Any model behind an OpenAI-compatible API as a captioner: vLLM, SGLang, llama-server, LM Studio, GPT or Gemini.

The prompt and the reading of answers are those of `vlm.models.hub`; HTTP is `vlm.models.remote_client`'s. What a server
can do (a JSON schema, a seed) is found out by its refusals and remembered; whatever it promised, the JSON is checked
here. One figure that cannot be read fails alone, with its reason, and so can be tried again.
"""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from PIL import Image

from vlm.models.hub import fit_picture, with_joined
from vlm.models.known_models import NO_THINKING, setup_of
from vlm.models.remote_answer import STILL_THINKING, Written
from vlm.models.remote_client import Client, Gone, Misplaced, Refused, RemoteError
from vlm.models.remote_loop import Loop
from vlm.prompted.answer import parse_answer
from vlm.prompted.prompts import build_prompt
from vlm.prompted.schema import MOST_TOKENS, answer_schema
from vlm.values.captioner import CANCEL_SECONDS, CANCELLED, Figure, ModelError, ModelInfo, RawReading
from vlm.values.servers import Limits, Servers

SPEC = re.compile(r"(?P<base>https?://[^\s#@?]+)#(?P<model>[^\s#]+)")
"""'<base url>#<model>'. No '@': a password in an address ends up in logs and records."""

PREFIX = "remote:"
PATH = "/chat/completions"

BATCH_SHARE = 0.8
"""Share of a worker's hard time limit that one batch may take: the records are still to be made, and to be kept."""

MOST_VERSION = 200
"""Characters of what a server calls its model."""

TOO_LATE = "The batch ran out of time before the model had answered (LOCUTION_READ_SECONDS). Retry what failed."
AS_SERVED = "as served"
SERVERS = Servers()

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Abilities:
    """What a server takes. `answer` is how it is held to JSON, `tokens` what it calls the limit of an answer."""

    answer: Literal["json_schema", "json_object", "text"] = "json_schema"
    seed: bool = True
    temperature: bool = True
    thinking_switch: bool = True
    tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"

    @property
    def plain(self) -> Abilities:
        """The least a request can ask for: tried where a server refuses one and does not say what of it."""
        return Abilities("text", seed=False, temperature=False, thinking_switch=False, tokens=self.tokens)


_ANSWERS: dict[str, Literal["json_schema", "json_object", "text"]] = {
    "json_schema": "json_object",
    "json_object": "text",
    "text": "text",
}
_WITHOUT: tuple[tuple[re.Pattern[str], Callable[[Abilities], Abilities]], ...] = (
    (re.compile("max_completion_tokens"), lambda has: replace(has, tokens="max_completion_tokens")),
    (re.compile("chat_template_kwargs|enable_thinking"), lambda has: replace(has, thinking_switch=False)),
    (re.compile(r"\bseed\b"), lambda has: replace(has, seed=False)),
    (re.compile("temperature"), lambda has: replace(has, temperature=False)),
    (
        re.compile("response_?format|json|schema|grammar|guided|structured", re.IGNORECASE),
        lambda has: replace(has, answer=_ANSWERS[has.answer]),
    ),
)
"""What a refusal names -> the abilities without it. The first that changes anything is taken."""


@dataclass
class _Server:
    """What is known of the server, shared by all copies of its captioner: they differ in who may cancel them."""

    loop: Loop
    abilities: Abilities
    version: str = AS_SERVED


class Remote:
    """The captioner called 'remote:<base url>#<model>'. Make it with `Remote.load`; nothing is sent before `read`.

    `cancelled` is asked each second; once it says so, nothing more is sent. Set it before `read`, on a copy where
    several threads read: copies share the limit on requests in flight, and what is known of the server.
    """

    def __init__(
        self, base: str, model: str, key: str = "", limits: Limits = SERVERS.limits, budget: float = 0.0
    ) -> None:
        self.base, self.model, self.limits = base, model, limits
        self.budget = budget or BATCH_SHARE * SERVERS.batch_seconds
        self.cancelled: Callable[[], bool] = lambda: False
        loop = Loop(lambda: Client(base, key, limits), limits.at_once)
        self._server = _Server(loop, Abilities())

    @classmethod
    def load(cls, spec: str, servers: Servers = SERVERS) -> Remote:
        """From '<base url>#<model>'. Raises ModelError that says what to do."""
        base, model = parse_spec(spec)
        if servers.key and base.startswith("http://"):
            log.warning("the key for %s travels unencrypted: use https where the network is not your own", base)
        return cls(base, model, servers.key, servers.limits, BATCH_SHARE * servers.batch_seconds)

    @property
    def info(self) -> ModelInfo:
        """Name, the version the server last named, and that it runs elsewhere."""
        return ModelInfo(f"{PREFIX}{self.base}#{self.model}", self._server.version, "remote", prompted=True)

    @property
    def abilities(self) -> Abilities:
        """What the server is known to take, or not known to refuse."""
        return self._server.abilities

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """Read all figures, so many at once as the limits say. Never raises for the server or a figure."""
        with self._server.loop as loop:
            return loop.run(self._read_all(figures))

    def check(self) -> None:
        """Raise RemoteError, within seconds, where nobody answers at the address."""
        with self._server.loop as loop:
            assert loop.client is not None  # inside `with`
            loop.run(loop.client.greet())

    async def _read_all(self, figures: list[Figure]) -> list[RawReading]:
        hopeless: list[str] = []
        tasks = [asyncio.create_task(self._read_one(figure, hopeless)) for figure in figures]
        watch = asyncio.create_task(self._watch(tasks))
        _, late = await asyncio.wait(tasks, timeout=self.budget) if tasks else (set(), set())
        watch.cancel()
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, watch, return_exceptions=True)
        return [_result(task, TOO_LATE if task in late else CANCELLED) for task in tasks]

    async def _watch(self, tasks: list[asyncio.Task[RawReading]]) -> None:
        """Stop what has not been answered once the job is cancelled."""
        while not await asyncio.to_thread(self.cancelled):
            await asyncio.sleep(CANCEL_SECONDS)
        for task in tasks:
            task.cancel()

    async def _read_one(self, figure: Figure, hopeless: list[str]) -> RawReading:
        """One figure's reading. `hopeless` gets what would end every other request alike: no more are sent then."""
        assert self._server.loop.slots is not None  # inside `read`
        async with self._server.loop.slots:
            if hopeless:
                return _failed(hopeless[0])
            try:
                return await self._ask(figure)
            except (RemoteError, OSError) as error:
                if isinstance(error, Misplaced) or (isinstance(error, Gone) and error.away):
                    hopeless.append(str(error))
                return _failed(str(error))

    async def _ask(self, figure: Figure) -> RawReading:
        """The answer, and where it was cut off, a shorter one."""
        picture = await asyncio.to_thread(data_url, figure, setup_of(self.model).pixels)
        written = await self._answer(figure, picture)
        raw = _reading(written, figure)
        if not written.cut or written.thinking or figure.ask.short:
            return raw
        shorter = replace(figure, ask=replace(figure.ask, short=True))
        written = await self._answer(shorter, picture)
        second = _reading(written, shorter)
        if second.error or written.cut:
            return raw
        return replace(second, warnings=(*second.warnings, "A first answer broke off; this is a shorter one."))

    async def _answer(self, figure: Figure, picture: str) -> Written:
        """What the model wrote. Asks for less where the server refuses a part."""
        client, has = self._server.loop.client, self.abilities
        assert client is not None  # inside `read`
        while True:
            try:
                found = await client.post(PATH, self._body(figure, picture, has))
            except Refused as refused:
                has = self._less(has, refused)
            else:
                if has == has.plain != self.abilities:
                    log.info("%s takes plain requests only", self.base)
                    self._server.abilities = has
                self._server.version = str(found.get("model") or AS_SERVED)[:MOST_VERSION]
                return Written.of(found)

    def _less(self, had: Abilities, refused: Refused) -> Abilities:
        """What to ask for next. What a refusal names is kept for all requests; where it names nothing, this one is
        tried plainly. Raises the refusal where there is nothing left to leave out."""
        less = without(had, refused.message)
        if less != had:
            log.info("%s takes no %s; asking without", self.base, _difference(had, less))
            self._server.abilities = less
        elif refused.status in (400, 422):
            less = had.plain
        if less == had:
            raise refused
        return less

    def _body(self, figure: Figure, picture: str, has: Abilities) -> dict[str, Any]:
        """The request: picture first, text after it, as few tokens as a caption needs."""
        content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": build_prompt(figure)}]
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "user", "content": content}],
            has.tokens: MOST_TOKENS,
        }
        if has.temperature:
            body["temperature"] = 0
        if has.seed:
            body["seed"] = 0
        if has.thinking_switch:
            body["chat_template_kwargs"] = dict(NO_THINKING)
        if has.answer == "json_schema":
            schema = {"name": "legend", "schema": answer_schema(figure)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif has.answer == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body


def parse_spec(spec: str) -> tuple[str, str]:
    """Base address and model of '<base url>#<model>'. Raises ModelError that shows the form, and never a password."""
    match = SPEC.fullmatch(spec.strip())
    if not match or not _host(match["base"]):
        shown = re.sub(r"//[^/#]*@", "//***@", spec)
        raise ModelError(
            f"'{PREFIX}{shown}' names no model on a server. Write remote:<base url>#<model>, like "
            "remote:http://localhost:8000/v1#Qwen/Qwen3.5-4B; a key goes into LOCUTION_API_KEY."
        )
    return match["base"].rstrip("/").removesuffix(PATH), match["model"]


def _host(base: str) -> str | None:
    try:
        parts = urlsplit(base)
        return parts.hostname if parts.port is None or parts.port else None
    except ValueError:
        return None


def without(has: Abilities, message: str) -> Abilities:
    """The abilities less what a refusal names; the same if it names nothing that was asked for."""
    changes = (change(has) for pattern, change in _WITHOUT if pattern.search(message))
    return next((less for less in changes if less != has), has)


def _difference(had: Abilities, less: Abilities) -> str:
    changed = [name for name, value in vars(had).items() if getattr(less, name) != value]
    return ", ".join(had.answer if name == "answer" else name for name in changed)


def _reading(written: Written, figure: Figure) -> RawReading:
    """The claims of an answer, with what follows from them and the annotation."""
    if written.thinking:
        return RawReading((), error=STILL_THINKING)
    return with_joined(parse_answer(written.text, figure, cut=written.cut), figure)


def _failed(reason: str) -> RawReading:
    return RawReading((), error=reason, failed=True)


def _result(task: asyncio.Task[RawReading], stopped: str) -> RawReading:
    """What became of a figure's task; an error nobody expected ends its figure alone."""
    if task.cancelled():
        return _failed(stopped)
    error = task.exception()
    if error is not None:
        log.error("a figure could not be read", exc_info=error)
        return _failed(f"The figure could not be read ({type(error).__name__}: {error}).")
    return task.result()


def data_url(figure: Figure, pixels: int) -> str:
    """The figure's PNG as a data: URL, as it is if it is no larger than `pixels`, else shrunk to them."""
    with Image.open(figure.png) as opened:
        small = opened.format == "PNG" and opened.width * opened.height <= pixels
    if small:
        data = figure.png.read_bytes()
    else:
        buffer = io.BytesIO()
        fit_picture(figure.png, pixels).save(buffer, "PNG")
        data = buffer.getvalue()
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
