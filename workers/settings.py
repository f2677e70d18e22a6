"""Every setting, from environment variables, in one table. `locution settings` prints it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from renderer.errors import LocutionError

PREFIX = "LOCUTION_"


class SettingsError(LocutionError):
    """An environment variable with a value that cannot be used."""


def _setting(default: Any, meaning: str, least: int | None = None) -> Any:
    return field(default=default, metadata={"meaning": meaning, "least": least})


@dataclass(frozen=True)
class Settings:
    """The settings of one installation; the variable of `data` is LOCUTION_DATA, and so on."""

    data: Path = _setting(Path("locution-data"), "Folder of uploads, figures, database and logs.")
    database_url: str = _setting("", "SQLAlchemy URL. Empty: SQLite in the data folder.")
    broker_url: str = _setting("", "Redis URL of the queue. Empty: an embedded server, this machine only.")
    host: str = _setting("127.0.0.1", "Address the web server listens on. There is no login: mind who can reach it.")
    port: int = _setting(8765, "Port of the web server.", 1)
    model: str = _setting("builtin", "Model of jobs that name none: builtin, measured, hub:<id>[@revision].")
    render_workers: int = _setting(1, "Render workers that `locution up` starts.", 1)
    read_workers: int = _setting(1, "Reading workers that `locution up` starts.", 0)
    web_threads: int = _setting(8, "Requests the web server answers at once.", 1)
    read_batch: int = _setting(16, "Loci a reading worker reads at once.", 1)
    render_seconds: int = _setting(300, "Hard limit for preparing a file or drawing a figure.", 10)
    read_seconds: int = _setting(600, "Hard limit for reading one batch.", 10)
    max_upload_mb: int = _setting(20_000, "Largest file that is taken, in MB.", 1)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read LOCUTION_* variables. Raises SettingsError naming the variable and what is valid."""
        source = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for row in fields(cls):
            text = source.get(PREFIX + row.name.upper(), "").strip()
            if text:
                values[row.name] = _read(row.name, text, row.default, row.metadata["least"])
        return cls(**values)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{(self.data / 'locution.sqlite').resolve()}"

    @property
    def embedded_broker(self) -> bool:
        """Whether the queue is a server of our own on a unix socket."""
        return not self.broker_url

    @property
    def broker_socket(self) -> Path:
        """Where the embedded server listens. Unix socket paths hold about 100 characters, so it is kept short."""
        return (self.data / "broker.sock").resolve()

    @property
    def broker(self) -> str:
        """The Celery URL in force."""
        return self.broker_url or f"redis+socket://{self.broker_socket}?virtual_host=0"

    def environment(self) -> dict[str, str]:
        """The variables that give these settings to a child process."""
        return {PREFIX + row.name.upper(): str(getattr(self, row.name)) for row in fields(self)}

    def table(self) -> list[tuple[str, str, str, str]]:
        """(variable, value, default, meaning) of every setting."""
        return [
            (PREFIX + row.name.upper(), str(getattr(self, row.name)), str(row.default), row.metadata["meaning"])
            for row in fields(self)
            if row.default is not MISSING
        ]


def _read(name: str, text: str, default: Any, least: int | None) -> Any:
    if isinstance(default, Path):
        return Path(text).expanduser()
    if not isinstance(default, int):
        return text
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"{PREFIX}{name.upper()} is '{text}'. It must be a whole number.") from None
    if least is not None and number < least:
        raise SettingsError(f"{PREFIX}{name.upper()} is {number}. It must be at least {least}.")
    return number
