"""The embedded broker and the messages through it: kept on disk, never waited for, never needed for the truth."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from workers.queue import broker as embedded
from workers.settings import Settings

START_SECONDS = 240.0
"""Longer than a start takes on any machine, however busy."""

RING = """\
from workers.queue import tasks
tasks.ring("read", 3)
tasks.ring_if_silent("read", 3)
tasks.ring_if_silent("render", 2)
"""


def start(settings: Settings) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(embedded.server_command(settings), stdout=subprocess.DEVNULL)
    until = time.monotonic() + START_SECONDS
    while not embedded.answers(settings):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def ring(settings: Settings) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **settings.environment()}
    return subprocess.run([sys.executable, "-c", RING], env=environment, capture_output=True, text=True, check=True)


def lengths(settings: Settings) -> tuple[int, int]:
    client = redis.Redis(unix_socket_path=str(settings.broker_socket))
    try:
        return int(client.llen("read")), int(client.llen("render"))
    finally:
        client.close()


def until_written(settings: Settings) -> None:
    """Wait until all that the broker was told so far is on its disk."""
    client = redis.Redis(unix_socket_path=str(settings.broker_socket))
    client.set("last", "word")
    client.execute_command("WAITAOF", 1, 0, 0)
    client.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "a folder with 'quotes', \"more\" & 100 % spaces")
    made.data.mkdir()
    return made


@pytest.fixture
def broker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    process = start(settings)
    yield process
    process.kill()
    process.wait()


def test_messages_outlive_a_broker_that_is_killed(settings: Settings, broker: subprocess.Popen[bytes]) -> None:
    ring(settings)
    assert (3, 2) == lengths(settings)
    until_written(settings)  # what is younger than a second may be lost; the sweeper makes it up
    broker.send_signal(signal.SIGKILL)
    broker.wait()
    again = start(settings)
    assert (3, 2) == lengths(settings)
    again.terminate()
    again.wait()


def test_the_sweeper_rings_only_a_queue_that_is_silent(settings: Settings, broker: subprocess.Popen[bytes]) -> None:
    ring(settings)
    ring(settings)
    assert (6, 2) == lengths(settings)


def test_a_broker_that_is_away_is_no_error_for_who_rings(settings: Settings) -> None:
    assert 3 == ring(settings).stderr.count("cannot ")  # ring once, ask twice; each is tried once


def test_a_deleted_queue_folder_is_made_again_at_the_next_start(
    settings: Settings, broker: subprocess.Popen[bytes]
) -> None:
    broker.kill()
    broker.wait()
    for path in sorted((settings.data / "broker").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    again = start(settings)
    assert (0, 0) == lengths(settings)
    again.terminate()
    again.wait()


def test_only_this_user_may_talk_to_the_broker(settings: Settings, broker: subprocess.Popen[bytes]) -> None:
    assert 0o700 == settings.broker_socket.stat().st_mode & 0o777


def test_a_socket_path_that_would_be_too_long_works_all_the_same(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / ("long" * 30))
    settings.data.mkdir()
    process = start(settings)
    ring(settings)
    assert (3, 2) == lengths(settings)
    process.terminate()
    process.wait()
    settings.broker_socket.unlink(missing_ok=True)
    settings.broker_socket.parent.rmdir()


def test_files_the_broker_cannot_read_are_kept_aside(settings: Settings) -> None:
    settings.data.joinpath("broker").mkdir()
    settings.data.joinpath("broker", "x").write_text("evidence")
    kept = embedded.set_aside(settings)
    assert kept is not None
    assert "evidence" == (kept / "x").read_text()
    assert embedded.set_aside(settings) is None
