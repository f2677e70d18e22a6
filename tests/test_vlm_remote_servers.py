"""Servers as they are: one that is not there, models that think aloud unless told not to, answers among thoughts."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.openai_server import Running
from tests.test_vlm_hub import ANSWER, make_figure
from vlm.models.remote import Remote
from vlm.models.remote_answer import STILL_THINKING
from vlm.values.captioner import Figure
from vlm.values.servers import Limits

LIMITS = Limits(seconds=60.0, patience=60.0, at_once=8, first_wait=0.05)


@pytest.fixture
def figures(tmp_path: Path) -> list[Figure]:
    return [make_figure(tmp_path / f"{number}.png", number) for number in range(4)]


def test_a_server_that_never_answered_is_not_waited_for_as_long_as_one_that_did(figures: list[Figure]) -> None:
    nobody = Running()
    nobody.stop()
    began = time.monotonic()
    readings = Remote(nobody.base, "tiny", "", replace(LIMITS, patience=600, unmet=0.5)).read(figures)
    assert time.monotonic() - began < 300
    assert all("cannot be reached" in str(reading.error) for reading in readings)


def test_a_model_that_thinks_is_told_not_to_whatever_it_is_served_as(figures: list[Figure]) -> None:
    with Running() as fresh:
        fresh.plan(answer=ANSWER, thinks=True, model="qwen35")
        readings = Remote(fresh.base, "qwen35", "", LIMITS).read(figures)
        assert [None] * len(figures) == [reading.error for reading in readings]
        assert len(figures) == len(fresh.seen()["requests"])


def test_one_that_cannot_be_told_is_said_to_have_thought_until_it_was_cut_off(figures: list[Figure]) -> None:
    with Running() as fresh:
        fresh.plan(answer=ANSWER, thinks=True, refuses=["chat_template_kwargs"])
        (reading,) = Remote(fresh.base, "tiny", "", replace(LIMITS, at_once=1)).read(figures[:1])
        assert STILL_THINKING == reading.error
        assert 2 == len(fresh.seen()["requests"])  # refused, then thought: a shorter answer would fare the same


def test_an_answer_where_thoughts_go_is_read(figures: list[Figure]) -> None:
    with Running() as fresh:
        fresh.plan(answer=ANSWER, aside=True)
        readings = Remote(fresh.base, "tiny", "", LIMITS).read(figures)
        assert all(reading.claims and not reading.error for reading in readings)
