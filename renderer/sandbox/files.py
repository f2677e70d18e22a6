"""Reading files of strangers without dying of them: `prepare` and `draw` in a child that may crash, hang or grow.

A mutated bigWig ends any process that opens it. So this module starts a second process (`renderer.sandbox.zygote`),
which loads the renderer once and forks children, under limits of time, memory and file size: one for each file that is
prepared, one for figures in a row of the same files. A crash is known within milliseconds, and what it broke is gone
with the child. Nothing here imports the renderer's libraries.

This contains accidents and exhaustion. It is no jail: a child runs under the same user and sees the same files.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from renderer.sandbox import boxed
from renderer.sandbox.line import GoneError, Stopped, Zygote, open_answer
from renderer.sandbox.zygote import NO_KEY, ORDER, Request
from renderer.values.drawn import Drawn, DrawnBins
from renderer.values.errors import FormatError, LocutionError, TrackError
from renderer.values.prepared import Prepared
from renderer.values.track import Kind, Scene, Track

log = logging.getLogger(__name__)

PROBE_SECONDS = 10.0
"""After a crash each track is tried alone, to name the file. The one who waits gets an answer within this time."""

MB = 2**20


@dataclass(frozen=True)
class Allowance:
    """What one request may take; 0: as much as it likes.

    `memory_mb` is address space on top of the renderer's own. `file_mb` bounds each file that is written: a prepared
    form is seldom larger than its upload.
    """

    prepare_seconds: float = 1800
    draw_seconds: float = 300
    memory_mb: int = 4000
    file_mb: int = 40_000


class SandboxError(LocutionError):
    """The process that reads files cannot be started: the installation is at fault, not a file."""


_LESS = "Give a smaller file, or raise the limit."
_AGAIN = "The file is damaged, or made to do harm: make it again, and upload it again."
_OURS = "This is a fault of Locution, not of the file: please report it with this message."
_WORDS = {
    "crash": ("it crashed its reader ({text})", _AGAIN),
    "unexpected": ("its reader failed ({text})", _OURS),
    "time": ("reading it took longer than {seconds:,g} s and was stopped", _LESS),
    "memory": ("reading it takes more memory than the {memory:,} MB it may use", _LESS),
    "size": ("it would be stored as a file of more than {file:,} MB", _LESS),
    "cancelled": ("reading it was cancelled", "Upload it again to have it read."),
}
"""What is said of a file, and what to do, by `Stopped.kind`."""

_SCENE_WORDS = {
    "crash": ("drawing crashed ({text})", "One of the files is damaged: leave out one track after the other."),
    "unexpected": ("drawing failed ({text})", "Try another window, or leave out one track after the other."),
    "time": ("drawing took longer than {seconds:,g} s and was stopped", "Try a smaller window, or fewer tracks."),
    "memory": ("drawing takes more memory than the {memory:,} MB it may use", "Try a smaller window, or fewer tracks."),
    "size": ("the figure would be larger than {file:,} MB", "Try fewer tracks."),
    "cancelled": ("drawing was cancelled", "Ask for the figure again."),
}
"""The same of a scene of which no single track is to blame."""


class Sandbox:
    """A process of our own that prepares and draws; it starts with the first request, or at `start`, and ends at
    `close`. Safe to use from several threads: they take turns."""

    def __init__(self, limits: Allowance | None = None) -> None:
        self.limits = limits or Allowance()
        self._turn = threading.Lock()
        self._cancelled = threading.Event()
        self._zygote: Zygote | None = None

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Begin to load, without waiting for it."""
        with self._turn:
            self._running()

    def cancel(self) -> None:
        """From another thread: end the request that runs now; it raises. The next one is served again."""
        self._cancelled.set()
        zygote = self._zygote
        if zygote is not None and self._turn.locked():
            zygote.hang_up()

    def close(self) -> None:
        """End the request that runs now, if any, and leave no process and no temporary file."""
        self.cancel()
        with self._turn:
            self._drop()

    def prepare(
        self,
        path: Path,
        name: str,
        folder: Path,
        progress: Callable[[float], None] | None = None,
        kind: Kind | None = None,
    ) -> Prepared:
        """As `renderer.prepare.upload.prepare`; a file that crashes or exhausts its reader raises FormatError too."""
        seconds = self.limits.prepare_seconds
        try:
            made = self.run(boxed.prepare_json, path, name, folder, kind, seconds=seconds, progress=progress)
        except Stopped as stopped:
            raise FormatError(name, *self._words(_WORDS, stopped, seconds)) from stopped
        return Prepared.from_json(made)

    def draw(self, scene: Scene, path: Path, **options: Any) -> Drawn:
        """As `renderer.figure.draw.draw_scene`; raises FormatError for a file that crashes or exhausts its reader,
        TrackError where it cannot be told which one did. Nothing is left at `path` then."""
        made = self._drawn(boxed.draw_json, scene, [scene], path, options)
        return Drawn.from_json(scene.region, made)

    def draw_panels(self, scenes: Sequence[Scene], path: Path, **options: Any) -> list[Drawn]:
        """As `renderer.figure.panels.draw_panels`; raises as `draw` does. Each scene may take the time of a figure."""
        made = self._drawn(boxed.draw_panels_json, scenes, scenes, path, options)
        return [Drawn.from_json(scene.region, one) for scene, one in zip(scenes, made, strict=True)]

    def job_limits(self, scenes: Sequence[Scene]) -> dict[str, tuple[float, float]]:
        """As `renderer.figure.panels.job_limits`; raises as `draw` does."""
        made = self._drawn(boxed.job_limits_json, scenes, scenes, None, {})
        return {group: (low, high) for group, (low, high) in made.items()}

    def bins(self, scene: Scene) -> DrawnBins:
        """As `renderer.figure.bins.drawn_bins`; raises as `draw` does."""
        return DrawnBins.from_json(self._drawn(boxed.bins_json, scene, [scene], None, {}))

    def _drawn(
        self,
        function: Callable[..., Any],
        what: Any,
        scenes: Sequence[Scene],
        path: Path | None,
        options: dict[str, Any],
    ) -> Any:
        """Draw, or say which of the scenes' files is to blame."""
        seconds = self.limits.draw_seconds * max(1, len(scenes))
        try:
            paths = () if path is None else (path,)
            return self.run(function, what, *paths, seconds=seconds, key=_key_of(scenes), **options)
        except Stopped as stopped:
            if path is not None:
                path.unlink(missing_ok=True)
            raise self._blame(scenes, stopped, options) from stopped

    def run(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        seconds: float = 0,
        progress: Callable[[float], None] | None = None,
        key: bytes = NO_KEY,
        **options: Any,
    ) -> Any:
        """Call a module-level function in a child; its answer must be JSON. Its LocutionErrors are raised here.

        Calls in a row with one `key` (16 bytes) may share a child; others get a fresh one.
        Raises Stopped where the child gave no answer, SandboxError where no zygote can be had.
        """
        limits = self.limits
        request = Request(
            function,
            arguments,
            options,
            str(Path.cwd()),
            seconds,
            limits.memory_mb * MB,
            limits.file_mb * MB,
            progress is not None,
        )
        with self._turn:
            self._cancelled.clear()
            answer, end = self._ask(ORDER.pack(seconds, key) + pickle.dumps(request), seconds, progress)
        return open_answer(answer, end)

    def _ask(
        self, request: bytes, seconds: float, progress: Callable[[float], None] | None
    ) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Send a request and await its end; one that found the zygote gone is sent once more, to a new one."""
        for last in (False, True):
            try:
                return self._running().exchange(request, seconds, progress)
            except GoneError:
                loaded = self._zygote is not None and self._zygote.loaded
                self._drop()
                if self._cancelled.is_set():
                    raise Stopped("cancelled") from None
                if not loaded:
                    raise SandboxError("The process that reads files ended while it started: see the log.") from None
                if last:
                    raise Stopped("crash", "the process that reads files was ended") from None
            except BaseException:  # an interrupt, or an error of `progress`: the child must not work on for nobody
                self._drop()
                raise
        raise AssertionError

    def _running(self) -> Zygote:
        if self._zygote is not None and self._zygote.owner != os.getpid():
            self._zygote = None  # this process was forked from the one that started it
        if self._zygote is None:
            self._zygote = Zygote()
        return self._zygote

    def _drop(self) -> None:
        if self._zygote is not None and self._zygote.owner == os.getpid():
            self._zygote.end()
        self._zygote = None

    def _words(self, table: dict[str, tuple[str, str]], stopped: Stopped, seconds: float) -> tuple[str, str]:
        found, valid = table[stopped.kind]
        values = {
            "text": stopped.text,
            "seconds": seconds,
            "memory": self.limits.memory_mb,
            "file": self.limits.file_mb,
        }
        return found.format(**values), valid

    def _blame(self, scenes: Sequence[Scene], stopped: Stopped, options: dict[str, Any]) -> LocutionError:
        """The error for scenes (of the same tracks) that ended their child, naming the track that does so alone."""
        seconds = self.limits.draw_seconds * max(1, len(scenes))
        read = [track for track in scenes[0].tracks if track.note is None] if scenes else []
        guilty = read[0] if len(read) == 1 else self._find_guilty(scenes, read, stopped, options)
        if guilty is not None:
            return FormatError(guilty.label, *self._words(_WORDS, stopped, seconds))
        found, valid = self._words(_SCENE_WORDS, stopped, seconds)
        return TrackError(f"{found[0].upper()}{found[1:]}. {valid}")

    def _find_guilty(
        self, scenes: Sequence[Scene], tracks: list[Track], stopped: Stopped, options: dict[str, Any]
    ) -> Track | None:
        """The first track that, drawn alone, ends its child as the whole did. One that ran out of time is not
        looked for: each trial would take as long again."""
        if stopped.kind not in ("crash", "memory", "unexpected"):
            return None
        end = time.monotonic() + PROBE_SECONDS
        for track, scene in ((track, scene) for scene in scenes for track in tracks):
            left = end - time.monotonic()
            if left <= 0:
                break
            try:
                self.run(boxed.try_draw, replace(scene, tracks=(track,)), seconds=left, **options)
            except Stopped as found:
                if found.kind == stopped.kind:
                    return track
            except LocutionError as error:
                log.debug("track %d alone: %s", track.number, error)
        return None


def _key_of(scenes: Sequence[Scene]) -> bytes:
    """The same for scenes of the same files, as they are now."""
    digest = hashlib.blake2b(digest_size=len(NO_KEY))
    paths = {path for scene in scenes for track in scene.tracks for path in (track.path, *track.more)}
    paths |= {scene.bands for scene in scenes if scene.bands is not None}
    for path in sorted(paths):
        facts = path.stat() if path.exists() else None
        said = (str(path.absolute()), facts and (facts.st_ino, facts.st_size, facts.st_mtime_ns))
        digest.update(repr(said).encode())
    return digest.digest()


class InProcess:
    """The calls of a Sandbox made in this very process: where there is no fork, or somebody wants to debug."""

    def start(self) -> None:
        """Load what the first call would wait for."""
        import renderer.figure.draw
        import renderer.prepare.upload  # noqa: F401

    def close(self) -> None:
        """Nothing to end."""

    def prepare(
        self,
        path: Path,
        name: str,
        folder: Path,
        progress: Callable[[float], None] | None = None,
        kind: Kind | None = None,
    ) -> Prepared:
        """`renderer.prepare.upload.prepare`."""
        from renderer.prepare.upload import prepare

        return prepare(path, name, folder, progress, kind)

    def draw(self, scene: Scene, path: Path, **options: Any) -> Drawn:
        """`renderer.figure.draw.draw_scene`."""
        from renderer.figure.draw import draw_scene

        return draw_scene(scene, path, **options)

    def draw_panels(self, scenes: Sequence[Scene], path: Path, **options: Any) -> list[Drawn]:
        """`renderer.figure.panels.draw_panels`."""
        from renderer.figure.panels import draw_panels

        return draw_panels(scenes, path, **options)

    def job_limits(self, scenes: Sequence[Scene]) -> dict[str, tuple[float, float]]:
        """`renderer.figure.panels.job_limits`."""
        from renderer.figure.panels import job_limits

        return job_limits(scenes)

    def bins(self, scene: Scene) -> DrawnBins:
        """`renderer.figure.bins.drawn_bins`."""
        from renderer.figure.bins import drawn_bins

        return drawn_bins(scene)


FileReader = Sandbox | InProcess
"""What prepares files and draws scenes."""
