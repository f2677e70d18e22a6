"""Remote models through the real worker steps: a server that goes and comes back loses no reading and doubles none."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.openai_server import Running
from vlm.models.remote import Remote
from vlm.values.captioner import Captioner
from vlm.values.servers import Limits, Servers
from workers.errors import JobError
from workers.queue import steps
from workers.requests import jobs
from workers.settings import Settings, SettingsError
from workers.store.database import Reading

LOCI = "\n".join(f"chr1:{start + 1}-{start + 50000}" for start in range(0, 40_000, 10_000))
CLAIM = {"kind": "peak_count", "tracks": [1], "value": 1}
ANSWER = json.dumps({"sentences": [{"text": "Peaks.", "claims": [CLAIM]}]})
ONE: dict[str, Any] = {"faults": [{"kind": "says", "content": ANSWER}], "latency": 60.0}
"""The first request is answered at once; the second is under way for as long as a test may take."""


@pytest.fixture
def server() -> Iterator[Running]:
    running = Running()
    running.plan(answer=ANSWER)
    yield running
    running.stop()


def drawn(site: Any, server: Running) -> str:
    """A job of four loci for a model of this server, drawn and waiting to be read."""
    site.store.settings = replace(site.store.settings, remote_servers=server.base)
    made = site.make_track_set()
    site.work = False
    job = site.post("/jobs", {"track_set": made["id"], "loci": LOCI, "model": f"remote:{server.base}#tiny"})
    while steps.render_next(site.store):
        pass
    return str(job["id"])


def captioner(server: Running, patience: float, at_once: int = 1) -> Callable[[str], Captioner]:
    """What a worker would load, with limits a test can wait for."""
    made = Remote(server.base, "tiny", "", Limits(patience=patience, at_once=at_once, first_wait=0.05))
    return lambda name: made


def once_answered(server: Running, act: Callable[[], Any]) -> threading.Thread:
    """Do something while the second request is under way."""

    def wait() -> None:
        while server.seen()["answered"] < 1 or not server.seen()["in_flight"]:
            time.sleep(0.02)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def states(site: Any, job: str) -> dict[str, int]:
    counts = jobs.job_json(site.store, job)["counts"]
    return {state: count for state, count in counts.items() if count and state != "total"}


def finished(site: Any) -> list[int]:
    with site.store.reading() as session:
        return list(session.scalars(select(Reading.times_finished).order_by(Reading.position)))


def test_a_server_gone_in_mid_job_and_back_in_time_costs_no_reading(site: Any, server: Running) -> None:
    job = drawn(site, server)
    server.plan(**ONE)
    back: list[Running] = []

    def restart() -> None:
        server.stop()
        time.sleep(0.5)
        back.append(Running(server.port))
        back[0].plan(answer=ANSWER)

    thread = once_answered(server, restart)
    steps.read_next(site.store, captioner(server, patience=120))
    thread.join()
    asked = len(back[0].seen()["requests"])
    back[0].stop()
    assert {"done": 4} == states(site, job)
    assert [1] * 4 == finished(site)
    assert 3 == asked  # the first was answered before; the one under way and two more come after


def test_a_server_gone_for_too_long_fails_readings_with_the_reason_and_a_retry_reads_them(
    site: Any, server: Running
) -> None:
    job = drawn(site, server)
    server.plan(**ONE)
    thread = once_answered(server, server.stop)
    steps.read_next(site.store, captioner(server, patience=0.5))
    thread.join()
    assert {"done": 1, "failed": 3} == states(site, job)
    errors = {one["error"] for one in jobs.list_readings(site.store, job)["readings"] if one["error"]}
    assert all("cannot be reached" in error and f"See to the server at {server.base}" in error for error in errors)
    again = Running(server.port)
    again.plan(answer=ANSWER)
    jobs.retry_job(site.store, job)
    while steps.render_next(site.store) or steps.read_next(site.store, captioner(again, patience=120)):
        pass
    asked = len(again.seen()["requests"])
    again.stop()
    assert {"done": 4} == states(site, job)
    assert 3 == asked  # what was done stays done
    assert 1 == finished(site)[0]


def test_a_figure_the_server_refuses_fails_alone(site: Any, server: Running) -> None:
    job = drawn(site, server)
    server.plan(faults=[{"kind": "status", "status": 413, "message": "too large"}])
    steps.read_next(site.store, captioner(server, patience=120))
    assert {"done": 3, "failed": 1} == states(site, job)
    assert "413: too large" in jobs.list_readings(site.store, job)["readings"][0]["error"]


def test_a_cancelled_job_sends_no_more_and_its_readings_are_cancelled(
    site: Any, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CANCEL_SECONDS", 0.1)
    monkeypatch.setattr("vlm.models.remote.CANCEL_SECONDS", 0.1)
    job = drawn(site, server)
    server.plan(**ONE)
    thread = once_answered(server, lambda: jobs.cancel_job(site.store, job))
    steps.read_next(site.store, captioner(server, patience=120))
    thread.join()
    assert {"done": 1, "cancelled": 3} == states(site, job)
    assert 2 == len(server.seen()["requests"])
    jobs.retry_job(site.store, job)
    server.plan(latency=0.0)
    while steps.render_next(site.store) or steps.read_next(site.store, captioner(server, patience=120)):
        pass
    assert {"done": 4} == states(site, job)


def test_a_job_may_name_listed_servers_only(site: Any, server: Running) -> None:
    made = site.make_track_set()
    name = f"remote:{server.base}#tiny"
    with pytest.raises(JobError, match="LOCUTION_REMOTE_SERVERS"):
        jobs.create_job(site.store, made["id"], LOCI, model=name)
    assert [] == server.seen()["requests"]


@pytest.mark.parametrize(
    ("model", "allowed"),
    [
        ("remote:http://gpu:8000/v1#a/b", True),
        ("remote:https://api.example.org/v1/#gpt", True),
        ("remote:http://gpu:8000/v1/../admin#a", False),
        ("remote:http://gpu:80/v1#a", False),
        ("remote:http://169.254.169.254/latest#a", False),
        ("remote:http://gpu:8000/v1", False),
        ("builtin", True),
        ("hub:a/b@c", True),
        ("hub:/etc/passwd", False),
        ("remote:http://own/v1#m", True),
    ],
)
def test_text_from_the_web_cannot_choose_an_address(model: str, allowed: bool) -> None:
    settings = Settings(model="remote:http://own/v1#m", remote_servers="http://gpu:8000/v1 https://api.example.org/v1")
    assert allowed == settings.allows(model)


def test_the_key_is_a_setting_that_no_table_shows() -> None:
    settings = Settings.from_env({"LOCUTION_API_KEY": "sk-secret"})
    assert "sk-secret" not in str(settings.table()) + repr(settings)
    assert "sk-secret" == settings.environment()["LOCUTION_API_KEY"]


def test_the_settings_and_the_captioner_agree_on_defaults() -> None:
    settings = Settings.from_env({})
    assert Servers() == settings.servers
    found = Remote.load("http://host/v1#a", settings.servers)
    assert (settings.remote_seconds, settings.remote_requests) == (found.limits.seconds, found.limits.at_once)
    assert found.budget < settings.read_seconds


def test_limits_and_key_come_from_the_environment() -> None:
    environ = {"LOCUTION_API_KEY": "sk", "LOCUTION_REMOTE_SECONDS": "30", "LOCUTION_READ_SECONDS": "600"}
    assert Servers("sk", Limits(seconds=30), 600) == Settings.from_env(environ).servers
    with pytest.raises(SettingsError, match="LOCUTION_REMOTE_SECONDS is 'soon'"):
        Settings.from_env({"LOCUTION_REMOTE_SECONDS": "soon"})


def test_batches_of_a_remote_model_are_read_side_by_side_and_those_of_others_one_by_one() -> None:
    settings = Settings(read_batch=16, remote_requests=40)
    assert 7 == settings.readers("remote:http://host/v1#a")
    assert 1 == settings.readers("hub:a/b") == settings.readers("builtin")
