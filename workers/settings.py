"""Every setting, from environment variables, in one table. `locution settings` prints it."""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from renderer.sandbox.files import Allowance
from renderer.values.errors import LocutionError
from vlm.models.loading import find_family, is_open, valid_models
from vlm.values.servers import Limits, Servers

PREFIX = "LOCUTION_"

MOST_SOCKET_PATH = 100
"""Bytes of a unix socket's path: Linux takes 107, macOS 103."""

REMOTE_NAME = re.compile(r"remote:(?P<base>https?://[^\s#@?]+)#[^\s#]+")
"""A model on a server. A job may name servers of LOCUTION_REMOTE_SERVERS only: text from the web must not make this
machine call any address, or send it the key."""


_SERVERS, _FILES = Servers(), Allowance()


class SettingsError(LocutionError):
    """An environment variable with a value that cannot be used."""


def _setting(default: Any, meaning: str, least: int = 0, most: int = 10**9, secret: bool = False) -> Any:
    facts = {"meaning": meaning, "least": least, "most": most, "secret": secret}
    return field(default=default, metadata=facts, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """The settings of one installation; the variable of `data` is LOCUTION_DATA, and so on."""

    data: Path = _setting(Path("locution-data"), "Folder of uploads, figures, database and logs.")
    database_url: str = _setting("", "SQLAlchemy URL. Empty: SQLite in the data folder.")
    broker_url: str = _setting("", "Redis URL of the queue. Empty: an embedded server, this machine only.")
    host: str = _setting("127.0.0.1", "Address the web server listens on. There is no login: mind who can reach it.")
    port: int = _setting(8765, "Port of the web server.", 1, 65_535)
    model: str = _setting(
        "builtin", "Model of jobs that name none: auto, builtin, measured, hub:<id>, remote:<url>#<model>."
    )
    render_workers: int = _setting(1, "Render workers that `locution up` starts.", 1, 64)
    read_workers: int = _setting(1, "Reading workers that `locution up` starts.", 0, 16)
    web_threads: int = _setting(8, "Requests the web server answers at once.", 1, 256)
    read_batch: int = _setting(16, "Loci a reading worker reads at once.", 1, 256)
    prepare_seconds: int = _setting(
        int(_FILES.prepare_seconds), "Hard limit for checking and indexing one upload.", 1, 86_400
    )
    render_seconds: int = _setting(int(_FILES.draw_seconds), "Hard limit for drawing one figure.", 1, 86_400)
    read_seconds: int = _setting(
        int(_SERVERS.batch_seconds), "Hard limit for reading one batch, its model's first download included.", 1, 86_400
    )
    remote_servers: str = _setting("", "Base URLs of OpenAI-compatible servers that jobs may name, between spaces.")
    api_key: str = _setting("", "Key for remote models. Given to their servers, shown nowhere.", secret=True)
    remote_requests: int = _setting(
        _SERVERS.limits.at_once, "Requests to a remote model in flight, of each reading worker.", 1, 512
    )
    remote_seconds: int = _setting(
        int(_SERVERS.limits.seconds), "Longest wait for one answer of a remote model.", 1, 3600
    )
    remote_patience: int = _setting(
        int(_SERVERS.limits.patience), "How long a remote server that is away or busy is waited for.", 1, 3600
    )
    remote_unmet: int = _setting(
        int(_SERVERS.limits.unmet),
        "How long one is waited for that never answered yet; more where it starts late.",
        1,
        3600,
    )
    max_upload_mb: int = _setting(20_000, "Largest file that is taken, in MB.", 1)
    plugins: str = _setting("", "Modules that add formats, claim kinds, languages or models, between commas.")
    sandbox: int = _setting(1, "1: files are read in a child that may crash; 0: in the worker itself, unguarded.", 0, 1)
    sandbox_mb: int = _setting(
        _FILES.memory_mb, "Memory for reading one file or drawing one figure, in MB. 0: no limit."
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read LOCUTION_* variables. Raises SettingsError naming the variable and what is valid."""
        source = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for row in fields(cls):
            text = source.get(PREFIX + row.name.upper(), "").strip()
            if text:
                values[row.name] = _read(row.name, text, row.default, row.metadata["least"], row.metadata["most"])
        return cls(**values)

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", self.data.expanduser().resolve())

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data / 'locution.sqlite'}"

    def allows(self, model: str) -> bool:
        """Whether a job may name this model: the default, one that opens no file, or one on a server that is listed."""
        remote = REMOTE_NAME.fullmatch(model)
        listed = {url.rstrip("/") for url in self.remote_servers.split()}
        return model == self.model or is_open(model) or bool(remote and remote["base"].rstrip("/") in listed)

    def readers(self, model: str) -> int:
        """Batches of this model that a worker reads side by side. Of a remote one enough to fill its slots twice: while
        captions are made of one set of answers, the server works on the other."""
        if not model.startswith("remote:"):
            return 1
        return 2 * math.ceil(self.remote_requests / self.read_batch) + 1

    @property
    def servers(self) -> Servers:
        """How servers of models are used."""
        limits = Limits(
            seconds=self.remote_seconds,
            patience=self.remote_patience,
            unmet=self.remote_unmet,
            at_once=self.remote_requests,
        )
        return Servers(self.api_key, limits, self.read_seconds)

    @property
    def embedded_broker(self) -> bool:
        """Whether the queue is a server of our own on a unix socket."""
        return not self.broker_url

    @property
    def broker_socket(self) -> Path:
        """Where the embedded server listens: in the data folder, or under the temporary folder where that path would
        be too long for a socket. The same data folder always gives the same place."""
        path = self.data / "broker.sock"
        if len(os.fsencode(path)) <= MOST_SOCKET_PATH:
            return path
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"locution-{os.getuid()}-{name}" / "broker.sock"

    @property
    def broker(self) -> str:
        """The Celery URL in force."""
        return self.broker_url or f"redis+socket://{quote(str(self.broker_socket))}?virtual_host=0"

    def environment(self) -> dict[str, str]:
        """The variables that give these settings to a child process."""
        return {PREFIX + row.name.upper(): str(getattr(self, row.name)) for row in fields(self)}

    def table(self) -> list[tuple[str, str, str, str]]:
        """(variable, value, default, meaning) of every setting. Passwords in URLs are masked."""
        return [
            (PREFIX + row.name.upper(), self._shown(row), str(row.default), row.metadata["meaning"])
            for row in fields(self)
        ]

    def _shown(self, row: Field[Any]) -> str:
        value = str(getattr(self, row.name))
        return ("***" if value else "") if row.metadata["secret"] else _mask(value)


def unknown(environ: Mapping[str, str] | None = None) -> list[str]:
    """LOCUTION_ variables that are no settings: most often a misspelling, which would otherwise go unnoticed."""
    known = {PREFIX + row.name.upper() for row in fields(Settings)}
    return sorted(
        name for name in (os.environ if environ is None else environ) if name.startswith(PREFIX) and name not in known
    )


def models_help() -> str:
    """The sentence that says which models a job may name."""
    return f"{valid_models()} Remote servers are those of {PREFIX}REMOTE_SERVERS."


def _is_model(text: str) -> bool:
    """Whether an administrator may name this model: also a folder of this machine, which a job from the web may not."""
    return find_family(text) is not None and (not text.startswith("remote:") or bool(REMOTE_NAME.fullmatch(text)))


def _read(name: str, text: str, default: Any, least: int, most: int) -> Any:
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, int):
        return _read_number(name, text, least, most)
    if name == "model" and not _is_model(text):
        raise SettingsError(f"{PREFIX}MODEL is '{_mask(text)}'. {models_help()}")
    check, valid = _CHECKS.get(name, (None, ""))
    if check and not check.fullmatch(text):
        raise SettingsError(f"{PREFIX}{name.upper()} is '{_mask(text)}'. {valid}")
    return text


_CHECKS = {
    "remote_servers": (
        re.compile(r"https?://[^\s#@?]+(\s+https?://[^\s#@?]+)*"),
        "Write http:// or https:// addresses.",
    ),
    "broker_url": (re.compile(r"(rediss?|redis\+socket|sentinel)://.+"), "Write it like redis://host:6379/0."),
    "database_url": (
        re.compile(r"(sqlite|postgresql)(\+\w+)?://.+"),
        "Write it like postgresql+psycopg://user:password@host/locution, or sqlite:////folder/file.",
    ),
}
"""What texts must look like: variable -> pattern, and what is valid."""


def _read_number(name: str, text: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"{PREFIX}{name.upper()} is '{text}'. It must be a whole number.") from None
    if not least <= number <= most:
        raise SettingsError(f"{PREFIX}{name.upper()} is {number}. It must be from {least} to {most}.")
    return number


def _mask(text: str) -> str:
    """A URL without its password."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", text)
