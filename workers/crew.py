"""The same work on many items, by several processes at a time: their answers come back in the order of the items.

Processes, since Python's lock lets threads compute one at a time. They are forked from this one, so that what it has
loaded is there, and work needs no name. Knows nothing of what the work is.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import connection
from types import FrameType
from typing import Any, Generic, NoReturn, TypeVar

from renderer.sandbox.zygote import die_with_parent

Item = TypeVar("Item")
Answer = TypeVar("Answer")

END_SECONDS = 5.0
"""A process that was asked to end cleans up within a second; one that does not is killed."""

AHEAD = 3
"""So many items a process may be answered before the one whose turn it is: answers wait in memory."""


def usable_cores() -> int:
    """The cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkError(Exception):
    """Work failed in its process with an error that cannot be sent as it is; the text is its traceback."""


class Crew(Generic[Item, Answer]):
    """`count` processes that do `work`, and `leave` when they end. `lost` gives the answer to an item whose process was
    killed over it: it gets the item, and how the process ended.

    Make it before anything starts a thread: a fork copies no thread, but the locks they hold.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Item], Answer],
        lost: Callable[[Item, str], Answer],
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        self._work, self._lost, self._leave = work, lost, leave
        self._hands = [_Hand(work, leave) for _ in range(count)]

    def __enter__(self) -> Crew[Item, Answer]:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """End all processes: at once if something went wrong, an interrupt included."""
        for hand in self._hands:
            hand.ask_to_end()
        for hand in self._hands:
            hand.end()

    def do(self, items: Sequence[Item]) -> Iterator[Answer]:
        """The answers, in the order of the items. An error that work raises is raised here."""
        answers: dict[int, Answer] = {}
        given = 0
        for turn in range(len(items)):
            while turn not in answers:
                for hand in self._hands:
                    if hand.at is None and given < min(len(items), turn + AHEAD * len(self._hands)):
                        hand.give(given, items[given])
                        given += 1
                for number in self._ready():
                    at, answer = self._take(number, items)
                    answers[at] = answer
            yield answers.pop(turn)

    def _ready(self) -> list[int]:
        """Which of those at work have answered, or ended; waits for one."""
        lines = {hand.line: number for number, hand in enumerate(self._hands) if hand.at is not None}
        return [lines[line] for line in connection.wait(list(lines))]  # type: ignore[index]

    def _take(self, number: int, items: Sequence[Item]) -> tuple[int, Answer]:
        hand = self._hands[number]
        at = hand.at
        assert at is not None
        try:
            return at, hand.take()
        except EOFError:
            hand.end()
            self._hands[number] = _Hand(self._work, self._leave)
            return at, self._lost(items[at], _ending(hand.process.exitcode))


class _Hand:
    """One process, and our end of the line to it. `at`: the item it works on."""

    def __init__(self, work: Callable[[Any], Any], leave: Callable[[], None]) -> None:
        self.at: int | None = None
        self.line, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        self.process = fork.Process(target=_serve, args=(theirs, work, leave), daemon=False)
        self.process.start()
        theirs.close()

    def give(self, at: int, item: Any) -> None:
        self.at = at
        with contextlib.suppress(BrokenPipeError):  # it has ended: `take` will see that
            self.line.send(item)

    def take(self) -> Any:
        """Its answer. Raises EOFError where the process has ended, and whatever the work raised."""
        try:
            good, answer = self.line.recv()
        except ConnectionError as error:
            raise EOFError from error
        self.at = None
        if not good:
            raise answer
        return answer

    def ask_to_end(self) -> None:
        """Without waiting for it."""
        self.process.terminate()

    def end(self) -> None:
        """Leave no process."""
        self.line.close()
        self.process.join(END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _ending(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"the process that read it was ended ({signal.Signals(-exitcode).name})"
    return f"the process that read it ended (exit status {exitcode})"


def _serve(line: connection.Connection[Any, Any], work: Callable[[Any], Any], leave: Callable[[], None]) -> None:
    """In the process: answer items until it is ended. An interrupt is for the one who asked, who then ends this."""
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()
    try:
        while True:
            item = line.recv()
            try:
                answer = True, work(item)
            except Exception as error:  # noqa: BLE001 - told to the one who asked
                answer = False, _portable(error)
            line.send(answer)
    except (EOFError, ConnectionError):  # it has gone
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is ending already
        leave()


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _portable(error: Exception) -> Exception:
    """The error, if it can be sent; else its text."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - whatever its class may raise
        return WorkError(traceback.format_exc())
    return error
