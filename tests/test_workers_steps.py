"""The work of the workers, without Celery: whatever goes wrong ends a row with a reason, never the queue."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from vlm.models.measured import Measured
from vlm.values.captioner import Captioner, Figure, ModelError, ModelInfo, RawReading
from workers.queue import leases, steps
from workers.queue.held_models import Models
from workers.requests import jobs, uploads
from workers.store.artifacts import Artifacts
from workers.store.database import File, Reading, Store

LOCI = "chr1:1-100,000 all\nchr1:10001-30000 ALPHA\nchr1:50001-90000 BETA"


class Scripted:
    """A captioner that does what its script says for each batch, and keeps what it was shown."""

    info = ModelInfo("scripted", "1", "cpu")

    def __init__(self, *script: BaseException | None) -> None:
        self.script = list(script)
        self.shown: list[list[str]] = []

    def read(self, figures: list[Figure]) -> list[RawReading]:
        self.shown.append([str(figure.region.label) for figure in figures])
        planned = self.script.pop(0) if self.script else None
        if planned is not None:
            raise planned
        return Measured().read(figures)


def drawn(site: Any) -> str:
    """A job whose three figures are drawn and wait to be read."""
    site.work = False
    job: str = site.make_job(LOCI)["id"]
    while steps.render_next(site.store):
        pass
    return job


def states(store: Store, job: str) -> dict[str, int]:
    return {state: count for state, count in jobs.job_json(store, job)["counts"].items() if count and state != "total"}


def only(captioner: Captioner) -> Callable[[str], Captioner]:
    return lambda name: captioner


def test_figures_of_one_model_are_read_in_one_batch(site: Any) -> None:
    job = drawn(site)
    captioner = Scripted()
    assert 3 == len(steps.read_next(site.store, only(captioner)))
    assert [["all", "ALPHA", "BETA"]] == captioner.shown
    assert {"done": 3} == states(site.store, job)


def test_the_first_loci_of_every_job_come_before_the_second_of_any(site: Any) -> None:
    site.work = False
    first, second = site.make_job(LOCI), site.make_job(LOCI)
    for _ in range(2):
        steps.render_next(site.store)
    assert [1, 1] == [states(site.store, job["id"])["rendered"] for job in (first, second)]


def test_a_model_that_cannot_load_fails_its_readings_with_the_reason(site: Any) -> None:
    job = drawn(site)

    def load(name: str) -> Captioner:
        raise ModelError(f"{name} needs a network.")

    steps.read_next(site.store, load)
    assert {"failed": 3} == states(site.store, job)
    assert {"measured needs a network."} == {one["error"] for one in jobs.list_readings(site.store, job)["readings"]}


@pytest.mark.parametrize("error", [MemoryError(), MemoryError("CUDA out of memory")])
def test_a_batch_that_is_too_large_for_memory_is_read_one_by_one(site: Any, error: MemoryError) -> None:
    job = drawn(site)
    captioner = Scripted(error)
    while steps.read_next(site.store, only(captioner)):
        pass
    assert [3, 1, 1, 1] == [len(batch) for batch in captioner.shown]
    assert {"done": 3} == states(site.store, job)


def test_a_figure_that_is_too_large_for_memory_fails_alone(site: Any) -> None:
    job = drawn(site)
    captioner = Scripted(MemoryError(), MemoryError())
    while steps.read_next(site.store, only(captioner)):
        pass
    assert {"done": 2, "failed": 1} == states(site.store, job)
    assert "memory did not suffice" in jobs.list_readings(site.store, job)["readings"][0]["error"]


def test_a_batch_that_killed_its_worker_is_read_one_by_one(site: Any) -> None:
    job = drawn(site)
    lease = leases.new_lease(leases.READ, site.store.settings)
    with site.store.writing() as session:
        assert 3 == len(leases.take(session, leases.READ, lease, steps.READING_ORDER, 16))
        leases.give_back(session, lease)
    captioner = Scripted()
    while steps.read_next(site.store, only(captioner)):
        pass
    assert [1, 1, 1] == [len(batch) for batch in captioner.shown]
    assert {"done": 3} == states(site.store, job)


def test_a_figure_whose_picture_is_gone_fails_and_a_retry_draws_it_again(site: Any) -> None:
    job = drawn(site)
    shutil.rmtree(site.store.figures.folder)
    while steps.read_next(site.store, only(Opening())):
        pass
    assert {"failed": 3} == states(site.store, job)
    jobs.retry_job(site.store, job)
    site.run_queues()
    assert {"done": 3} == states(site.store, job)


class Opening(Scripted):
    """Reads the picture, as a model does."""

    def read(self, figures: list[Figure]) -> list[RawReading]:
        for figure in figures:
            figure.png.read_bytes()
        return super().read(figures)


def test_a_prepared_file_that_was_damaged_later_fails_its_locus_only(site: Any) -> None:
    site.work = False
    job = site.make_job(LOCI)["id"]
    for prepared in site.store.prepared.rglob("signal.bw"):
        prepared.unlink()
    site.run_queues()
    assert {"failed": 3} == states(site.store, job)
    assert all(one["error"].endswith(".") for one in jobs.list_readings(site.store, job)["readings"])


def test_a_cancelled_job_is_drawn_no_further_and_not_read(site: Any) -> None:
    site.work = False
    job = site.make_job(LOCI)["id"]
    lease = leases.new_lease(leases.RENDER, site.store.settings)
    with site.store.writing() as session:
        running = leases.take(session, leases.RENDER, lease, steps.READING_ORDER, 1)[0]
    assert {"rendering": 1, "cancelled": 2} == {
        state: count
        for state, count in jobs.cancel_job(site.store, job)["counts"].items()
        if count and state != "total"
    }
    with site.store.writing() as session:
        leases.finish(session, leases.RENDER, running.id, lease, **steps._drawn_state(session, running))
    assert "cancelled" == jobs.job_json(site.store, job)["state"]
    jobs.retry_job(site.store, job)
    site.run_queues()
    assert {"done": 3} == states(site.store, job)


def test_the_data_folder_can_be_moved(site: Any, tmp_path: Path) -> None:
    site.work = False
    job = site.make_job(LOCI)["id"]
    site.store.close()
    (tmp_path / "data").rename(tmp_path / "moved")
    moved = Store(type(site.settings)(data=tmp_path / "moved", model="measured"))
    while steps.render_next(moved) or steps.read_next(moved, only(Scripted())):
        pass
    assert {"done": 3} == states(moved, job)
    moved.close()


def test_the_same_bytes_under_two_names_are_prepared_side_by_side(site: Any) -> None:
    """A second preparation must not pull the first one's files away from under a figure."""
    site.upload(site.bigwig)
    before = {path: path.stat().st_ino for path in site.store.prepared.rglob("*") if path.is_file()}
    other = shutil.copy(site.bigwig, site.bigwig.with_name("again.bw"))
    assert "ready" == site.upload(Path(other))["state"]
    assert before == {path: path.stat().st_ino for path in site.store.prepared.rglob("*") if path.is_file()}


def test_a_bug_while_checking_a_file_is_a_failed_file(site: Any) -> None:
    site.work = False
    site.store.incoming.mkdir(exist_ok=True)
    incoming = site.store.incoming / "part"
    shutil.copy(site.bigwig, incoming)
    file = uploads.add_file(site.store, incoming, "a.bw", "0" * 64, incoming.stat().st_size)
    Artifacts(site.store.uploads.folder).path("0" * 64).unlink()
    assert file.id == steps.prepare_next(site.store)
    found = uploads.get_files(site.store, [file.id])[0]
    assert "failed" == found.state
    assert found.error
    assert "a.bw" in found.error
    assert not list(site.store.prepared.rglob("*.partial"))


def test_the_sweeper_rings_for_what_waits_and_only_for_that(site: Any) -> None:
    rung: list[tuple[str, int]] = []
    steps.sweep(site.store, lambda work, waiting: rung.append((work, waiting)))
    assert [] == rung
    site.work = False
    site.make_job(LOCI)
    steps.render_next(site.store)
    steps.sweep(site.store, lambda work, waiting: rung.append((work, waiting)))
    assert [("render", 2), ("read", 1)] == rung


def test_half_written_files_of_yesterday_are_removed(site: Any) -> None:
    site.upload(site.bigwig)
    kept = len(list(site.store.data.rglob("*")))
    old = site.store.prepared / "aa" / "x.partial"
    old.mkdir(parents=True)
    site.store.incoming.mkdir(exist_ok=True)
    young = site.store.incoming / "upload"
    young.touch()
    import os

    os.utime(old, (1, 1))
    steps.tidy(site.store)
    assert young.exists()
    assert not old.exists()
    assert kept + 2 == len(list(site.store.data.rglob("*")))


def test_a_model_that_failed_to_load_is_not_tried_again_at_once() -> None:
    tried: list[str] = []

    def load(name: str) -> Captioner:
        tried.append(name)
        raise OSError("disk")

    models = Models(load)
    for _ in range(2):
        with pytest.raises(ModelError, match=r"hub:a cannot be loaded \(OSError: disk\)"):
            models.get("hub:a")
    assert ["hub:a"] == tried


def test_large_models_make_room_for_one_another_and_small_ones_stay() -> None:
    loaded: list[str] = []

    def load(name: str) -> Captioner:
        loaded.append(name)
        return Scripted()

    models = Models(load)
    for name in ("builtin", "hub:a", "hub:b", "builtin", "hub:a"):
        models.get(name)
    assert ["builtin", "hub:a", "hub:b", "hub:a"] == loaded


def test_a_reading_counts_how_often_it_was_finished(site: Any) -> None:
    job = drawn(site)
    steps.read_next(site.store, only(Scripted()))
    with site.store.writing() as session:
        session.execute(update(File).values(lease_until=0.0))
    assert [] == steps.read_next(site.store, only(Scripted()))
    with site.store.reading() as session:
        assert [1, 1, 1] == list(session.scalars(Reading.__table__.select().with_only_columns(Reading.times_finished)))
    assert {"done": 3} == states(site.store, job)
