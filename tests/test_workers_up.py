"""`locution up`, for real: broker, web server, workers, kill -9. What was asked for is done, once."""

from __future__ import annotations

import http.client
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from service.run.processes import free_port
from workers.queue.leases import is_running
from workers.settings import Settings
from workers.store.database import Reading, Store

LOCUTION = Path(sys.executable).with_name("locution")
LOCI = [f"chr1:{n * 1000 + 1}-{n * 1000 + 30_000} locus {n}" for n in range(40)]
WAIT_SECONDS = 240.0
"""The longest any step may take here: hundreds of times what it takes on an idle machine."""

IN_A_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes its standard input the terminal of its new session, then becomes what it is told to."""

pytestmark = pytest.mark.e2e


class Service:
    """A running `locution up` and what a test wants to ask it."""

    def __init__(self, settings: Settings, process: subprocess.Popen[str]) -> None:
        self.settings, self.process = settings, process

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> dict[str, Any]:
        connection = http.client.HTTPConnection(self.settings.host, self.settings.port, timeout=WAIT_SECONDS)
        connection.request(method, f"/api/v1{path}", body, {"Content-Type": kind} if body else {})
        answer = connection.getresponse()
        content: dict[str, Any] = json.loads(answer.read())
        connection.close()
        assert answer.status < 300, content
        return content

    def upload(self, path: Path) -> dict[str, Any]:
        head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
        body = head.encode() + path.read_bytes() + b"\r\n--B--\r\n"
        return self.ask("POST", "/files", body, "multipart/form-data; boundary=B")

    def make_job(self, files: list[Path]) -> str:
        tracks = [{"file": self.upload(path)["id"]} for path in files]
        made = self.ask("POST", "/track-sets", json.dumps({"name": "e2e", "tracks": tracks}).encode())
        body = {"track_set": made["id"], "loci": "\n".join(LOCI), "model": "measured"}
        identity: str = self.ask("POST", "/jobs", json.dumps(body).encode())["id"]
        return identity

    def counts(self, job: str) -> dict[str, int]:
        counts: dict[str, int] = self.ask("GET", f"/jobs/{job}")["counts"]
        return counts

    def wait_for(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while not what():
            assert time.monotonic() < until, self.logs()
            time.sleep(0.05)

    def wait_until_done(self, job: str) -> None:
        """Every reading is done, and was finished once."""
        self.wait_for(lambda: self.ask("GET", f"/jobs/{job}")["state"] == "done")
        assert {"total": len(LOCI), "done": len(LOCI)} == {state: n for state, n in self.counts(job).items() if n}
        store = Store(self.settings)
        with store.reading() as session:
            assert {1: len(LOCI)} == dict(Counter(session.scalars(select(Reading.times_finished))))
        store.close()

    def pids(self, name: str) -> list[int]:
        """Processes of this service: 'broker', 'web', 'render1', 'read1' - the one that was started first, then its
        children."""
        marks = {"broker": "valkey-server", "web": "gunicorn", "read1": "read1@%h", "render1": "render1@%h"}
        mains = [pid for pid in children(self.process.pid) if marks[name] in command(pid)]
        return [one for pid in mains for one in (pid, *children(pid))]

    def logs(self) -> str:
        parts = [
            f"{path.name}:\n{path.read_text(errors='replace')[-3000:]}" for path in self.settings.data.glob("logs/*")
        ]
        return "\n".join(parts)


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    """Direct children of a process, without those that only wait to be buried."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return sorted(found)


def descendants(pid: int) -> list[int]:
    return [one for child in children(pid) for one in (child, *descendants(child))]


def environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, **settings.environment(), "OMP_NUM_THREADS": "1"}


@contextmanager
def up(data: Path, render_seconds: int = 60) -> Iterator[Service]:
    settings = Settings(data=data, port=free_port(), model="measured", read_batch=4, render_seconds=render_seconds)
    process = subprocess.Popen(
        [LOCUTION, "up"],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        assert "is running" in process.stdout.readline()
        yield Service(settings, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(WAIT_SECONDS)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


@pytest.fixture
def files(make_bigwig: Callable[..., Path], peaky: np.ndarray, gtf: Path) -> list[Path]:
    return [make_bigwig(peaky, "K562_H3K4me3.bw"), make_bigwig(peaky[::-1], "K562_H3K27ac.bw"), gtf]


def stop_in_the_middle_of_a_reading(service: Service) -> None:
    """Halts the reading child while it holds rows. It runs for a few milliseconds at a time until it does, so that
    the moment is not missed however fast it reads."""
    store = Store(service.settings)
    held = select(Reading.id).where(Reading.state == "reading", Reading.lease_token.is_not(None)).limit(1)
    until = time.monotonic() + WAIT_SECONDS
    while True:
        assert time.monotonic() < until, service.logs()
        _, *busy = service.pids("read1") or [0]
        send(busy, signal.SIGSTOP)
        time.sleep(0.01)
        with store.reading() as session:
            if busy and session.scalars(held).first() is not None:
                break
        send(busy, signal.SIGCONT)
        time.sleep(0.005)
    store.close()


def send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def test_a_job_survives_the_death_of_its_reading_worker(tmp_path: Path, files: list[Path]) -> None:
    with up(tmp_path / "data") as service:
        job = service.make_job(files)
        stop_in_the_middle_of_a_reading(service)
        killed = service.pids("read1")[-1]
        os.kill(killed, signal.SIGKILL)
        service.wait_for(lambda: killed not in service.pids("read1"))
        stop_in_the_middle_of_a_reading(service)
        main, *orphans = service.pids("read1")
        os.kill(main, signal.SIGKILL)
        service.wait_until_done(job)
        assert not any(is_running(pid) for pid in (main, *orphans))


def test_a_job_survives_the_loss_of_every_message_and_of_every_other_process(tmp_path: Path, files: list[Path]) -> None:
    with up(tmp_path / "data") as service:
        job = service.make_job(files)
        service.wait_for(lambda: service.counts(job)["done"] >= 2)
        shutil.rmtree(service.settings.data / "broker")
        former = service.pids("web")
        for name in ("broker", "render1", "web"):
            os.kill(service.pids(name)[0], signal.SIGKILL)
        # The children of a killed server go on listening until they see that it is gone, and reset who asks them then.
        service.wait_for(lambda: not any(is_running(pid) for pid in former))
        service.wait_for(lambda: bool(service.pids("web")) and is_listening(service.settings))
        service.wait_until_done(job)


def is_listening(settings: Settings) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((settings.host, settings.port)) == 0


def test_a_supervisor_that_is_killed_takes_everything_along_and_the_next_one_goes_on(
    tmp_path: Path, files: list[Path]
) -> None:
    with up(tmp_path / "data") as service:
        job = service.make_job(files)
        service.wait_for(lambda: service.counts(job)["done"] >= 2)
        family = descendants(service.process.pid)
        service.process.kill()
        service.process.wait()
        service.wait_for(lambda: not any(is_running(pid) for pid in family))
    with up(tmp_path / "data") as service:
        service.wait_until_done(job)


def test_ctrl_c_in_a_terminal_leaves_no_process_behind(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", port=free_port(), model="measured")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, LOCUTION, "up"],
        env=environment(settings),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    while b"is running" not in said:
        said += os.read(ours, 1000)  # an OSError where it has ended
    family = descendants(process.pid)
    assert len(family) >= 5
    os.write(ours, b"\x03")
    assert 0 == process.wait(WAIT_SECONDS)
    assert not any(is_running(one) for one in family)
    os.close(ours)


def refused(settings: Settings, *words: str) -> str:
    done = subprocess.run([LOCUTION, *words], env=environment(settings), capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert "Traceback" not in done.stderr
    return done.stderr


def test_what_is_in_use_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with up(tmp_path / "data") as service:
        again = refused(Settings(data=service.settings.data, port=free_port()), "up")
        assert "already runs on" in again
        assert "LOCUTION_DATA" in again
        other = Settings(data=tmp_path / "other", port=service.settings.port)
        for command_ in ("up", "web"):
            assert "LOCUTION_PORT" in refused(other, command_)
    assert "cannot be made" in refused(Settings(data=Path("/proc/nowhere")), "up")


def test_a_figure_that_hangs_is_stopped_and_says_why(tmp_path: Path, files: list[Path]) -> None:
    with up(tmp_path / "data", render_seconds=6) as service:
        job = service.make_job(files)
        store = Store(service.settings)
        drawing = select(Reading.id).where(Reading.state == "rendering")

        def hung() -> bool:
            send(service.pids("render1")[1:], signal.SIGSTOP)
            with store.reading() as session:
                if session.scalars(drawing).first() is not None:
                    return True
            send(service.pids("render1")[1:], signal.SIGCONT)
            return False

        service.wait_for(hung)
        store.close()
        service.wait_for(lambda: service.ask("GET", f"/jobs/{job}")["state"] == "done")
        counts = service.counts(job)
        assert (1, len(LOCI) - 1) == (counts["failed"], counts["done"])
        failed = service.ask("GET", f"/jobs/{job}/readings?state=failed")["readings"][0]
        assert "Stopped after 6 s (LOCUTION_RENDER_SECONDS) while the worker drew this figure." == failed["error"]
