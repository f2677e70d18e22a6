"""Work by several processes: in order, none lost over one that dies, none left over."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from renderer.values.errors import FormatError, RegionError
from workers.crew import Crew, WorkError, usable_cores


def lost(item, reason):
    return item, reason


def test_answers_come_in_the_order_of_the_items_whoever_is_first():
    def work(item):
        time.sleep(0.2 if item == 0 else 0.0)
        return item, os.getpid()

    with Crew(2, work, lost) as crew:
        answers = list(crew.do(range(12)))
        assert [] == list(crew.do([]))
    assert list(range(12)) == [item for item, _ in answers]
    assert 2 == len({pid for _, pid in answers} - {os.getpid()})


def test_a_process_that_is_killed_costs_the_item_it_worked_on():
    def work(item):
        if item == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return item, "done"

    with Crew(2, work, lost) as crew:
        answers = list(crew.do(range(8)))
    assert "done" == answers[7][1]
    assert [(3, "the process that read it was ended (SIGKILL)")] == [one for one in answers if one[1] != "done"]


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (RegionError("too far"), RegionError),
        (KeyError("x"), KeyError),
        (FormatError("a.bw", "it ends", "more"), Exception),
    ],
)
def test_an_error_of_the_work_is_raised_where_it_was_asked_for(error, seen):
    def work(item):
        raise error

    with Crew(1, work, lost) as crew, pytest.raises(seen, match=str(error).strip("'")[:7]):
        list(crew.do([1]))


def test_an_error_that_cannot_be_sent_is_told_in_words():
    class OfNobody(Exception):
        pass

    def work(item):
        raise OfNobody("seven")

    with Crew(1, work, lost) as crew, pytest.raises(WorkError, match="seven"):
        list(crew.do([1]))


def test_an_interrupt_ends_the_processes_and_what_they_hold(tmp_path):
    def work(item):
        (tmp_path / str(os.getpid())).touch()
        time.sleep(60)

    def leave():
        (tmp_path / str(os.getpid())).unlink()

    def interrupt():
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    began = threading.Thread(target=interrupt)
    with pytest.raises(KeyboardInterrupt), Crew(2, work, lost, leave) as crew:
        began.start()
        list(crew.do(range(4)))
    began.join()
    assert [] == list(tmp_path.iterdir())
    assert not [hand for hand in crew._hands if Path(f"/proc/{hand.process.pid}").exists()]


def test_this_machine_has_a_core():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
