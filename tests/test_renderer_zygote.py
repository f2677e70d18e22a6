"""The processes behind the sandbox: started again when killed, shared by figures of the same files, never left over."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from renderer.prepare.upload import prepare
from renderer.sandbox.files import Allowance, Sandbox, Stopped
from renderer.sandbox.line import PREFIX, remove_orphans
from renderer.values.region import Region
from renderer.values.track import Scene, Track

WINDOW = Region("chr1", 0, 100_000)
PLENTY = 240.0
"""Seconds that nothing here needs, however busy the machine."""


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One sandbox for the tests that leave it as they found it: starting one takes seconds."""
    with Sandbox(Allowance(prepare_seconds=PLENTY, draw_seconds=PLENTY, memory_mb=600, file_mb=1)) as made:
        yield made


@pytest.fixture
def scene(make_bigwig, peaky, gtf, tmp_path) -> Scene:
    signal_, genes = make_bigwig(peaky), prepare(gtf, "genes.gtf", tmp_path / "genes")
    tracks = (Track(1, "H3K4me3", "signal", "bigwig", signal_), Track(2, "Genes", "genes", "gtf", genes.path))
    return Scene(WINDOW, tracks, "hg19")


def children(parent: int) -> list[int]:
    """Processes below `parent`, whatever their state."""
    below = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                below.append(int(entry.name))
    return [*below, *(one for pid in below for one in children(pid))]


def zygote_of(sandbox: Sandbox) -> int:
    assert sandbox._zygote is not None
    return sandbox._zygote.process.pid


def wait_until(true) -> None:
    end = time.monotonic() + PLENTY
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_figure_of_the_usual_tracks_loads_no_library_that_only_others_need(tmp_path):
    look = (
        "import sys\nfrom pathlib import Path\nfrom renderer.sandbox.boxed import draw_once, load_more\n"
        f"draw_once(Path({str(tmp_path / 'warm')!r}))\n"
        "others = ('pandas', 'scipy', 'cooler', 'h5py', 'tables', 'hictkpy', 'torch')\n"
        "print(*(name for name in others if name in sys.modules))\nload_more()\nprint('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ["", "True"] == done.stdout.splitlines()


def test_an_error_of_the_one_who_is_told_ends_the_child(shared, gtf, tmp_path):
    def refuse(share: float) -> None:
        raise KeyError("lease lost")

    assert 3 == shared.run(sum, (1, 2))
    below = [zygote_of(shared), *children(zygote_of(shared))]
    with pytest.raises(KeyError, match="lease lost"):
        shared.prepare(gtf, "genes.gtf", tmp_path / "out", refuse)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))
    assert 2 == shared.prepare(gtf, "genes.gtf", tmp_path / "out").items


def test_twenty_requests_leave_no_process_descriptor_or_file(shared, scene, gtf, tmp_path):
    def entries(folder: Path | str) -> int:
        return len(list(Path(folder).iterdir()))

    def held() -> list[str]:
        """What our open descriptors are of, but the one that lists them."""
        links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))  # noqa: PTH208 - names only
        return sorted(str(Path(link).readlink()) for link in links if os.path.lexists(link))

    def state() -> dict[str, Any]:
        zygote = zygote_of(shared)
        return {
            "ours": held(),
            "its": entries(f"/proc/{zygote}/fd"),
            "processes": len(children(os.getpid())),
            "files": entries(shared._zygote.folder),
        }

    shared.run(sum, (1, 2))
    before = state()
    for number in range(20):
        if number % 4 == 3:
            with pytest.raises(Stopped):
                shared.run(os.abort)
        shared.prepare(gtf, "genes.gtf", tmp_path / f"{number}")
        shared.draw(scene, tmp_path / "a.png")
        assert Path(shared.run(tempfile.mkdtemp)).is_relative_to(shared._zygote.folder)
    assert before == state()
    assert (True, 0) == (zygote_of(shared) in children(os.getpid()), before["files"])


def test_figures_of_the_same_files_share_a_child_and_others_never_do(shared, scene, gtf, tmp_path):
    def child() -> list[int]:
        return children(zygote_of(shared))

    shared.draw(scene, tmp_path / "a.png")
    first = child()
    shared.draw(scene.with_region(Region("chr1", 0, 50_000)), tmp_path / "b.png")
    assert first == child()
    assert 1 == len(first)
    shared.draw(replace(scene, tracks=scene.tracks[:1]), tmp_path / "c.png")
    second = child()
    assert set(second).isdisjoint(first)
    os.utime(scene.tracks[0].path, (1, 1))  # the file is another now
    shared.draw(replace(scene, tracks=scene.tracks[:1]), tmp_path / "c.png")
    assert set(child()).isdisjoint(second)
    shared.prepare(gtf, "genes.gtf", tmp_path / "genes2")
    assert [] == child()


def test_a_waiting_child_that_died_is_replaced_and_leaves_no_file_behind(shared, scene, tmp_path):
    key = b"k" * 16
    made = Path(shared.run(tempfile.mkdtemp, key=key))
    assert 3 == shared.run(sum, (1, 2), key=key)
    assert not made.exists()
    (waiting,) = children(zygote_of(shared))
    os.kill(waiting, signal.SIGKILL)
    wait_until(lambda: Path(f"/proc/{waiting}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    assert 3 == shared.run(sum, (1, 2), key=key)
    with pytest.raises(Stopped, match="SIGABRT"):
        shared.run(os.abort, key=key)
    with pytest.raises(Stopped, match="time"):
        shared.run(time.sleep, 100, key=key, seconds=0.2)
    assert 3 == shared.run(sum, (1, 2), key=key)


def test_a_zygote_that_was_killed_is_started_again_and_knows_no_secret(shared, monkeypatch):
    monkeypatch.setenv("LOCUTION_DATABASE_URL", "postgresql://me:secret@db/x")
    assert 3 == shared.run(sum, (1, 2))
    first = zygote_of(shared)
    os.kill(first, signal.SIGKILL)
    assert "secret" not in shared.run(environment)
    assert first != zygote_of(shared)


def test_the_zygote_loads_what_draws_and_no_model(shared):
    assert [] == shared.run(loaded, ["torch", "transformers", "celery", "flask"])
    assert ["matplotlib", "pyBigWig"] == shared.run(loaded, ["matplotlib", "pyBigWig"])


def environment() -> str:
    return Path("/proc/self/environ").read_text(encoding="utf-8")


def loaded(names: list[str]) -> list[str]:
    return [name for name in names if name in sys.modules]


SERVER = """
import sys, time
from renderer.sandbox.files import Sandbox
sandbox = Sandbox()
sandbox.run(sum, (1, 2))
print(sandbox._zygote.process.pid, sandbox._zygote.folder, flush=True)
sandbox.run(time.sleep, 1000)
"""


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_in_use_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, used, young = (tmp_path / f"{PREFIX}{name}" for name in ("left", "used", "young"))
    for folder in (left, used, young):
        folder.mkdir()
    for folder in (left, used):
        os.utime(folder, (1, 1))
    lock = os.open(used, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    remove_orphans()
    os.close(lock)
    assert [used, young] == sorted(tmp_path.iterdir())


def test_a_killed_server_leaves_no_process_not_even_where_the_zygote_stands_still():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    with server:
        zygote = int(server.stdout.readline().split()[0])
        wait_until(lambda: children(zygote))
        below = [zygote, *children(zygote)]
        os.kill(zygote, signal.SIGSTOP)
        server.kill()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))


def test_close_ends_a_running_request_and_leaves_nothing(shared):
    assert 3 == shared.run(sum, (1, 2))
    folder, zygote, said = shared._zygote.folder, zygote_of(shared), []

    def wait() -> None:
        try:
            shared.run(time.sleep, 1000)
        except Stopped as stopped:
            said.append(stopped.kind)

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until(lambda: children(zygote))
    below = [zygote, *children(zygote)]
    shared.close()
    waiting.join(PLENTY)
    assert ["cancelled"] == said
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))
    assert not folder.exists()
