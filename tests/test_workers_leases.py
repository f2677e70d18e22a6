"""Leases: a row has one worker at a time, is finished once, and outlives the workers that die on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select, update

from workers.queue import leases
from workers.queue.leases import MOST_ATTEMPTS, MOST_FILE_ATTEMPTS, PREPARE, READ, RENDER, Stage
from workers.queue.steps import READING_ORDER
from workers.settings import Settings
from workers.store.database import File, Job, Reading, Store, TrackSet, upgrade

LOCI = 60
ORDER = (Reading.position,)
TAKERS = 3

TAKE = """\
import sys
from pathlib import Path
from workers.queue import leases
from workers.queue.leases import RENDER
from workers.settings import Settings
from workers.store.database import Reading, Store

store = Store(Settings(data=Path(sys.argv[1])))
while True:
    lease = leases.new_lease(RENDER, store.settings)
    with store.writing() as session:
        rows = leases.take(session, RENDER, lease, (Reading.position,), 1)
    if not rows:
        break
    print(rows[0].position, flush=True)
"""


def fill(store: Store, loci: int = LOCI) -> None:
    """One job of `loci` loci, and one uploaded file."""
    with store.writing() as session:
        session.add(File(id="file", sha256="0" * 64, name="a.bed", size=1, format="bed", kind="intervals"))
        session.add(TrackSet(id="set", name="set", chroms={"chr1": 10_000}))
        session.flush()
        session.add(Job(id="job", track_set_id="set", name="job", model="measured", lang="en"))
        session.flush()
        session.add_all(
            Reading(id=f"r{n}", job_id="job", position=n, chrom="chr1", start=n, end=n + 1) for n in range(loci)
        )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings = Settings(data=tmp_path / "data")
    upgrade(settings)
    made = Store(settings)
    fill(made)
    yield made
    made.close()


def take(store: Store, stage: Stage = RENDER, most: int = 1) -> tuple[leases.Lease, list[Any]]:
    lease = leases.new_lease(stage, store.settings)
    with store.writing() as session:
        leases.fail_hopeless(session, stage)
        return lease, leases.take(session, stage, lease, (stage.kind.created, stage.kind.id), most)


def expire(store: Store) -> None:
    """As if every lease's time had passed."""
    with store.writing() as session:
        for kind in (File, Reading):
            session.execute(update(kind).where(kind.lease_until > 0).values(lease_until=time.time() - 1))


def row(store: Store, kind: type[Any], identity: str) -> Any:
    with store.reading() as session:
        return session.get(kind, identity)


def test_workers_that_ask_at_once_never_get_the_same_row(store: Store) -> None:
    command = [sys.executable, "-c", TAKE, str(store.settings.data)]
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(TAKERS)]
    got = [int(line) for taker in takers for line in taker.communicate()[0].split()]
    assert list(range(LOCI)) == sorted(got)


def test_a_taken_row_is_nobody_elses_until_its_lease_ends(store: Store) -> None:
    take(store, most=LOCI)
    assert [] == take(store)[1]
    expire(store)
    assert 1 == len(take(store)[1])


def test_a_lease_outlives_the_hard_time_limit(store: Store) -> None:
    for stage in (PREPARE, RENDER, READ):
        until = leases.new_lease(stage, store.settings)["lease_until"]
        assert until > time.time() + stage.seconds(store.settings) + 30


def test_work_that_another_took_over_is_kept_once(store: Store) -> None:
    slow, rows = take(store)
    expire(store)
    quick, again = take(store)
    assert rows[0].id == again[0].id
    with store.writing() as session:
        assert leases.finish(session, RENDER, again[0].id, quick, state="rendered", figure="quick")
        assert not leases.finish(session, RENDER, rows[0].id, slow, state="rendered", figure="slow")
    assert "quick" == row(store, Reading, rows[0].id).figure


def test_a_late_result_does_not_revive_a_row_that_has_failed(store: Store) -> None:
    lease, rows = take(store)
    with store.writing() as session:
        session.execute(update(Reading).where(Reading.id == rows[0].id).values(state="cancelled"))
        assert not leases.finish(session, RENDER, rows[0].id, lease, state="rendered")


@pytest.mark.parametrize(("stage", "most"), [(PREPARE, MOST_FILE_ATTEMPTS), (RENDER, MOST_ATTEMPTS)])
def test_a_row_that_kills_its_workers_fails_with_a_reason(store: Store, stage: Stage, most: int) -> None:
    _, rows = take(store, stage)
    killer = rows[0].id
    for _ in range(most - 1):
        expire(store)
        assert killer == take(store, stage)[1][0].id
    expire(store)
    assert killer not in [one.id for one in take(store, stage, LOCI)[1]]
    found = row(store, stage.kind, killer)
    assert ("failed", most) == (found.state, getattr(found, stage.attempts))
    assert f"The worker crashed {most} times while it {stage.doing}." in found.error


def test_the_rows_of_a_process_that_is_gone_are_free_at_once(store: Store) -> None:
    once = TAKE.replace("while True:", "for _ in range(1):").replace("        break", "        pass")
    command = [sys.executable, "-c", once + "import os; os._exit(9)", str(store.settings.data)]
    assert "0" == subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    assert "rendering" == row(store, Reading, "r0").state
    assert 1 == leases.release_dead(store)
    assert 0.0 == row(store, Reading, "r0").lease_until


def test_the_rows_of_a_process_that_runs_are_kept(store: Store) -> None:
    take(store, most=3)
    assert 0 == leases.release_dead(store)


def test_a_zombie_counts_as_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and waits to be buried
    assert not leases.is_running(child.pid)
    child.wait()
    assert leases.is_running(os.getpid())


def test_one_row_that_ran_out_of_time_fails_and_says_which_limit(store: Store) -> None:
    _, rows = take(store)
    leases.stop_overdue(store, os.getppid())
    found = row(store, Reading, rows[0].id)
    assert "failed" == found.state
    assert "Stopped after 300 s (LOCUTION_RENDER_SECONDS) while the worker drew this figure." == found.error


def test_a_batch_that_ran_out_of_time_is_given_back(store: Store) -> None:
    _, rows = take(store, most=3)
    leases.stop_overdue(store, os.getppid())
    assert {("rendering", 0.0, None)} == {
        (found.state, found.lease_until, found.error) for found in (row(store, Reading, one.id) for one in rows)
    }


def test_the_children_of_another_process_keep_their_rows(store: Store) -> None:
    take(store, most=3)
    assert 0 == leases.release_lost(store, os.getppid() + 1)
    assert 3 == leases.release_lost(store, os.getppid())


def test_stopping_on_purpose_is_not_held_against_a_row(store: Store) -> None:
    take(store, PREPARE)
    for _ in range(2 * MOST_FILE_ATTEMPTS):
        leases.forgive(store, os.getppid())
        leases.release_lost(store, os.getppid())
        assert ["file"] == [one.id for one in take(store, PREPARE)[1]]


class Workers(RuleBasedStateMachine):
    """Workers that take, finish, crash and come back late, in any order: every locus is still read once."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        settings = Settings(data=Path(self.folder.name))
        upgrade(settings)
        self.store = Store(settings)
        fill(self.store, 6)
        self.held: list[tuple[Stage, leases.Lease, list[str]]] = []
        self.kept: list[str] = []

    @rule(stage=st.sampled_from([RENDER, READ]), most=st.integers(1, 4))
    def take(self, stage: Stage, most: int) -> None:
        lease = leases.new_lease(stage, self.store.settings)
        with self.store.writing() as session:
            leases.fail_hopeless(session, stage)
            rows = leases.take(session, stage, lease, READING_ORDER, most)
        if rows:
            self.held.append((stage, lease, [one.id for one in rows]))

    @rule(which=st.integers(0, 9))
    def finish(self, which: int) -> None:
        """Also long after the lease has ended."""
        if not self.held:
            return
        stage, lease, ids = self.held.pop(which % len(self.held))
        state = "rendered" if stage is RENDER else "done"
        for identity in ids:
            with self.store.writing() as session:
                if leases.finish(session, stage, identity, lease, state=state) and state == "done":
                    self.kept.append(identity)

    @rule()
    def expire(self) -> None:
        expire(self.store)

    @invariant()
    def nothing_is_read_twice(self) -> None:
        if hasattr(self, "kept"):
            assert len(self.kept) == len(set(self.kept))

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        expire(self.store)
        for _ in range(2):  # a worker that never dies does what is left
            for stage in (RENDER, READ):
                self.take(stage, 6)
                self.finish(len(self.held) - 1)
        with self.store.reading() as session:
            states = {one.id: one.state for one in session.execute(select(Reading.id, Reading.state))}
        assert set(states.values()) <= {"done", "failed"}
        assert sorted(self.kept) == sorted(identity for identity, state in states.items() if state == "done")
        self.store.close()
        self.folder.cleanup()


TestWorkers = Workers.TestCase
TestWorkers.settings = how(max_examples=25, stateful_step_count=20)
