"""Models on a server: every way it fails costs a figure its reading at most, with the reason, and never another's."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from renderer.values.evidence import Evidence, Peak, SignalEvidence
from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from tests.openai_server import Running
from vlm.models.remote import Remote
from vlm.reading import read_figures
from vlm.values.captioner import CANCELLED, Ask, Cancellable, Figure
from vlm.values.servers import Limits

REGION = Region("chr1", 0, 100_000)
PEAK = {"kind": "strongest_peak", "tracks": [1], "start": 39_900, "end": 40_100}
ANSWER = json.dumps({"sentences": [{"text": "One peak.", "claims": [PEAK]}, {"text": "No more.", "claims": [PEAK]}]})
PLENTY = 120.0
"""Seconds that no answer here needs, however busy the machine, unless it is meant never to come."""

LIMITS = Limits(seconds=PLENTY, patience=PLENTY, at_once=8, first_wait=0.05)
ALONE = replace(LIMITS, at_once=1)
LATE = ({"kind": "slow", "seconds": 30}, {"kind": "drip", "seconds": 30})
"""Answers that are not whole in time."""

KEY = "sk-very-secret-1234567890"


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    server = Running()
    yield server
    server.stop()


@pytest.fixture
def server(process: Running) -> Running:
    """The server with a good answer and nothing wrong."""
    process.plan(answer=ANSWER, latency=0.0, faults=[], refuses=[], key="")
    return process


def make_figure(path: Path, label: str = "H3K4me3", size: tuple[int, int] = (400, 300)) -> Figure:
    """A figure with one measured peak at 40,000."""
    Image.new("RGB", size, "white").save(path)
    scene = Scene(REGION, (Track(1, label, "signal", "bigwig", Path("signal.bw")),), "hg38")
    layout = Layout(size[0], size[1], REGION, (TrackBox(1, 50, size[0] - 10, 20, size[1] - 20, 0.0, 5.5),))
    peak = Peak(39_000, 41_000, 40_000, 5.5, 1.0, 0.95, True)
    evidence = Evidence(REGION, {1: SignalEvidence("signal", 0.0, 5.5, 5.5, 0.2, 1.0, (peak,), (), True)})
    return Figure(path, layout, scene, (), evidence)


@pytest.fixture
def figures(tmp_path: Path) -> list[Figure]:
    return [make_figure(tmp_path / f"{number}.png", f"track {number}") for number in range(3)]


def remote(server: Running, limits: Limits = LIMITS, key: str = "") -> Remote:
    return Remote(server.base, "tiny", key, limits)


def requests(server: Running, before: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.seen()["requests"]
    return found[before:]


def count(server: Running) -> int:
    return len(requests(server))


def test_a_good_answer_becomes_claims_and_the_record_names_the_served_model(
    server: Running, figures: list[Figure]
) -> None:
    records = read_figures(remote(server), figures)
    assert ["done"] * 3 == [record["status"] for record in records]
    assert [("strongest_peak", "supported")] == [(c["kind"], c["verdict"]) for c in records[0]["claims"]]
    model = records[0]["model"]
    assert (f"remote:{server.base}#tiny", "tiny-vlm-2026-11-01") == (model["name"], model["revision"])
    assert "remote" == model["device"]


def test_a_request_has_the_picture_first_the_prompt_after_it_and_a_schema(
    server: Running, figures: list[Figure]
) -> None:
    before = count(server)
    remote(server).read(figures[:1])
    body = requests(server, before)[0]["body"]
    picture, text = body["messages"][0]["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert '1: "track 0"' in text["text"]
    assert "json_schema" == body["response_format"]["type"]
    assert "sentences" in body["response_format"]["json_schema"]["schema"]["properties"]
    assert (0, 0) == (body["temperature"], body["seed"])


# --- faults that another try mends


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "headers": {"Retry-After": "0.3"}},
        {"kind": "status", "status": 429, "headers": {"x-ratelimit-reset-requests": "200ms"}},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
        *LATE,
        {"kind": "hang_up"},
        {"kind": "raw", "body": '{"choices": [{"mess'},
        {"kind": "raw", "body": "[1, 2]"},
    ],
    ids=lambda fault: str(fault.get("status") or fault["kind"]),
)
def test_a_passing_fault_costs_time_and_no_reading(
    server: Running, figures: list[Figure], fault: dict[str, Any]
) -> None:
    server.plan(faults=[fault])
    readings = remote(server, replace(LIMITS, seconds=3.0) if fault in LATE else LIMITS).read(figures)
    assert [None] * 3 == [reading.error for reading in readings]
    assert [1] * 3 == [len(reading.claims) for reading in readings]


def test_retry_after_is_obeyed_by_all_requests(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "status", "status": 429, "headers": {"Retry-After": "0.7"}}])
    before = count(server)
    remote(server, ALONE).read(figures)
    times = [request["at"] for request in requests(server, before)]
    assert 4 == len(times)
    assert times[1] - times[0] >= 0.69


def test_a_used_up_rate_limit_holds_the_next_request(server: Running, figures: list[Figure]) -> None:
    spent = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "600ms"}
    server.plan(faults=[{"kind": "status", "status": 500, "headers": spent}])
    before = count(server)
    remote(server, ALONE).read(figures[:1])
    first, second = (request["at"] for request in requests(server, before))
    assert second - first >= 0.59


# --- faults that end a figure, and that one alone


@pytest.mark.parametrize(
    ("fault", "times", "reason"),
    [
        ({"kind": "status", "status": 500, "message": "CUDA error"}, 4, r"failed \(500: CUDA error\) \(4 tries\)"),
        (LATE[0], 2, r"no whole answer within 0.5 s \(2 tries\)"),
        (LATE[1], 2, r"no whole answer within 0.5 s \(2 tries\)"),
        (
            {"kind": "status", "status": 413, "message": "image too large"},
            1,
            r"refused this figure \(413: image too la",
        ),
        ({"kind": "endless"}, 1, "longer than 4,000,000 bytes"),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "900"}}, 1, "asks to wait 900 s"),
    ],
)
def test_a_lasting_fault_fails_its_figure_with_the_reason(
    server: Running, figures: list[Figure], fault: dict[str, Any], times: int, reason: str
) -> None:
    server.plan(faults=[fault] * times)
    before = count(server)
    readings = remote(server, replace(ALONE, seconds=0.5) if fault in LATE else ALONE).read(figures[:1])
    assert readings[0].failed
    assert readings[0].error is not None
    assert re.search(reason, readings[0].error), readings[0].error
    assert times == count(server) - before
    assert not remote(server).read(figures[1:])[0].failed


def test_one_failing_figure_fails_itself_only(server: Running, figures: list[Figure], tmp_path: Path) -> None:
    gone = make_figure(tmp_path / "gone.png")
    gone.png.unlink()
    records = read_figures(remote(server), [figures[0], gone, figures[1]])
    assert ["done", "failed", "done"] == [record["status"] for record in records]
    assert "gone.png" in records[1]["error"]


def test_a_refusal_is_not_repeated_and_shows_the_servers_message(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "status", "status": 422, "message": "image could not be decoded"}] * 2)
    before = count(server)
    reading = remote(server).read(figures[:1])[0]
    assert "422: image could not be decoded" in str(reading.error)
    assert 2 == count(server) - before  # as asked, and once plainly


# --- faults of the address, the key and the model


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "html"}, "answers with 'text/html', not with JSON.*ends in /v1"),
        ({"kind": "redirect", "to": "http://elsewhere.example/v1"}, "redirects to elsewhere.example, which is not"),
        (
            {"kind": "status", "status": 404, "message": "The model `tiny` does not exist"},
            "no such model or address.*tiny",
        ),
        ({"kind": "status", "status": 403, "message": "no"}, "refuses the key.*LOCUTION_API_KEY"),
    ],
)
def test_what_every_request_would_meet_ends_the_batch_at_once(
    server: Running, figures: list[Figure], fault: dict[str, Any], reason: str
) -> None:
    server.plan(faults=[fault])
    before = count(server)
    readings = remote(server, ALONE).read(figures)
    assert [True] * 3 == [reading.failed for reading in readings]
    assert all(re.search(reason, str(reading.error)) for reading in readings), readings[0].error
    assert 1 == count(server) - before


def test_the_key_goes_to_the_server_and_nowhere_else(
    server: Running, figures: list[Figure], caplog: pytest.LogCaptureFixture
) -> None:
    server.plan(key=KEY)
    before = count(server)
    with caplog.at_level(logging.DEBUG):
        record = read_figures(remote(server, key=KEY), figures[:1])[0]
        wrong = read_figures(remote(server, key="sk-another-secret"), figures[:1])[0]
    assert "done" == record["status"]
    assert f"Bearer {KEY}" == requests(server, before)[0]["headers"]["Authorization"]
    assert "failed" == wrong["status"]
    assert "Incorrect API key provided: ***" in wrong["error"]
    for secret in (KEY, "sk-another-secret"):
        assert secret not in caplog.text
        assert secret not in json.dumps([record, wrong])


# --- what a server can do


@pytest.mark.parametrize(
    "refuses",
    [
        ["json_schema"],
        ["json_schema", "json_object"],
        ["seed"],
        ["temperature"],
        ["max_tokens"],
        ["response_format", "seed", "temperature", "max_tokens"],
    ],
)
def test_what_a_server_refuses_is_left_out_from_then_on(
    server: Running, figures: list[Figure], refuses: list[str]
) -> None:
    server.plan(refuses=refuses)
    captioner = remote(server)
    assert [None] * 3 == [reading.error for reading in captioner.read(figures)]
    before = count(server)
    assert [None] * 3 == [reading.error for reading in captioner.read(figures)]
    assert 3 == count(server) - before


def test_a_server_that_does_not_say_what_it_refuses_is_asked_plainly(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "terse", "status": 400}])
    captioner = remote(server)
    assert captioner.read(figures[:1])[0].error is None
    assert captioner.abilities == captioner.abilities.plain


def test_a_figure_the_server_refuses_either_way_takes_no_ability_from_the_others(
    server: Running, figures: list[Figure]
) -> None:
    server.plan(faults=[{"kind": "terse", "status": 400}] * 2)
    captioner = remote(server)
    assert captioner.read(figures[:1])[0].failed
    assert "json_schema" == captioner.abilities.answer


# --- answers


def test_a_cut_answer_is_asked_for_again_with_fewer_sentences(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "truncated"}])
    before = count(server)
    reading = remote(server).read(figures[:1])[0]
    assert "A first answer broke off; this is a shorter one." in reading.warnings
    schemas = [request["body"]["response_format"]["json_schema"]["schema"] for request in requests(server, before)]
    first, second = (schema["properties"]["sentences"]["maxItems"] for schema in schemas)
    assert first > second


def test_an_answer_that_is_cut_twice_gives_its_complete_sentences(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "truncated"}] * 2)
    before = count(server)
    reading = remote(server).read(figures[:1])[0]
    assert ["strongest_peak"] == [claim.kind for claim in reading.claims]
    assert 2 == count(server) - before


@pytest.mark.parametrize("content", ["I see a peak.", "", None, "{'sentences': 1}", '{"sentences": [{}]}'])
def test_an_answer_that_is_no_claim_is_replaced_by_the_measurements(
    server: Running, figures: list[Figure], content: str | None
) -> None:
    server.plan(faults=[{"kind": "says", "content": content}])
    record = read_figures(remote(server), figures[:1])[0]
    assert "done" == record["status"]
    assert "measured" == record["model"]["fallback"]
    assert any("The measurements speak instead." in warning for warning in record["warnings"])


def test_missing_usage_and_text_in_parts_are_no_fault(server: Running, figures: list[Figure]) -> None:
    parts = [{"type": "text", "text": ANSWER[:20]}, {"type": "text", "text": ANSWER[20:]}]
    server.plan(faults=[{"kind": "says", "content": parts, "usage": False}])
    assert 1 == len(remote(server).read(figures[:1])[0].claims)


def test_a_screenshot_is_read_in_words(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "says", "content": '{"sentences": [{"text": "Two tracks."}]}'}])
    reading = remote(server).read([replace(figures[0], ask=Ask(screenshot=True))])[0]
    assert ["Two tracks."] == [said.text for said in reading.sentences]


# --- many requests, time, cancelling


def test_no_more_are_in_flight_than_allowed(tmp_path: Path) -> None:
    many = [make_figure(tmp_path / f"{number}.png") for number in range(20)]
    with Running() as fresh:
        fresh.plan(answer=ANSWER, latency=0.2)
        readings = remote(fresh, replace(LIMITS, at_once=5)).read(many)
        assert [None] * 20 == [reading.error for reading in readings]
        assert 2 <= fresh.seen()["most_in_flight"] <= 5


def test_readings_keep_the_order_of_their_figures(server: Running, figures: list[Figure]) -> None:
    said = [{"kind": "slow", "seconds": 0.4}, {"kind": "says", "content": '{"sentences": [{"text": "Fast."}]}'}]
    server.plan(faults=said)
    readings = remote(server).read(figures)
    assert ["Fast."] == [reading.text for reading in readings if not reading.claims]


def test_a_batch_that_takes_too_long_ends_with_what_there_is(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[LATE[0]])
    readings = Remote(server.base, "tiny", "", LIMITS, budget=3.0).read(figures)
    assert [False, False, True] == sorted(reading.failed for reading in readings)
    assert "ran out of time" in str(next(reading.error for reading in readings if reading.failed))


def test_a_cancelled_job_stops_sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlm.models.remote.CANCEL_SECONDS", 0.1)
    with Running() as fresh:
        fresh.plan(answer=ANSWER, latency=1.0)
        captioner = remote(fresh, replace(LIMITS, at_once=2))
        assert isinstance(captioner, Cancellable)
        captioner.cancelled = lambda: fresh.seen()["answered"] >= 2
        readings = captioner.read([make_figure(tmp_path / f"{number}.png") for number in range(100)])
        errors = [reading.error for reading in readings]
        assert {None, CANCELLED} == set(errors)
        assert errors.count(None) <= count(fresh) <= errors.count(None) + 2  # those in flight were cut


def test_a_server_that_comes_back_within_patience_loses_nothing(tmp_path: Path) -> None:
    first = Running()
    first.plan(answer=ANSWER, latency=0.15)
    back: list[Running] = []

    def restart() -> None:
        first.stop()
        time.sleep(0.8)
        back.append(Running(first.port))
        back[0].plan(answer=ANSWER, latency=0.0)

    timer = threading.Timer(0.3, restart)
    timer.start()
    many = [make_figure(tmp_path / f"{number}.png") for number in range(12)]
    readings = Remote(first.base, "tiny", "", replace(LIMITS, at_once=2)).read(many)
    timer.join()
    back[0].stop()
    assert [None] * 12 == [reading.error for reading in readings]


def test_a_server_that_stays_away_is_told_of_with_what_to_do(figures: list[Figure]) -> None:
    nobody = Running()
    nobody.stop()
    readings = Remote(nobody.base, "tiny", "", replace(ALONE, patience=0.8)).read(figures)
    assert all("cannot be reached" in str(reading.error) for reading in readings)
    assert all(f"See to the server at {nobody.base}" in str(reading.error) for reading in readings)


def test_where_one_figure_waited_in_vain_no_other_is_sent(server: Running, figures: list[Figure]) -> None:
    server.plan(faults=[{"kind": "status", "status": 503}] * 1000)
    before = count(server)
    readings = remote(server, replace(ALONE, patience=0.8)).read(figures)
    assert all(reading.failed for reading in readings)
    assert 1 == len({json.dumps(request["body"]["messages"]) for request in requests(server, before)})
