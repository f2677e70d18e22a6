"""Remote models in small: addresses, limits, durations, refusals and answers of every shape."""

from __future__ import annotations

import base64
import io
import logging
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.models.loading import load_captioner
from vlm.models.remote import Abilities, Remote, data_url, parse_spec, without
from vlm.models.remote_answer import Written
from vlm.models.remote_client import backoff, message_of, retry_after, seconds_of
from vlm.values.captioner import Figure, ModelError
from vlm.values.servers import Limits, Servers

KEY = "sk-very-secret-1234567890"
REGION = Region("chr1", 0, 100_000)
FIELDS = ["choices", "message", "content", "finish_reason", "text"]
SHAPES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
)


@given(st.text(max_size=80), st.sampled_from(["json_schema", "json_object", "text"]))
def test_less_is_asked_for_only_of_what_is_named(message: str, answer: Any) -> None:
    has = Abilities(answer)
    less = without(has, message)
    assert less == has or sum(getattr(less, name) != value for name, value in vars(has).items()) == 1


@given(SHAPES)
def test_no_answer_whatever_its_shape_is_an_exception(found: Any) -> None:
    written = Written.of(found if isinstance(found, dict) else {"choices": found})
    assert isinstance(written.text, str)
    assert written.cut or not written.thinking


ASKED = '{"sentences": [{"text": "A peak."}]}'


@pytest.mark.parametrize(
    ("message", "finish", "text", "thinking"),
    [
        ({"content": ASKED}, "stop", ASKED, False),
        ({"content": f'<think>First {{"sentences": [] }} no.</think>{ASKED}'}, "stop", ASKED, False),
        ({"content": f"so it goes</think>{ASKED}"}, "stop", ASKED, False),  # the template opened the thought
        ({"content": None, "reasoning_content": ASKED}, "stop", ASKED, False),
        ({"content": "", "reasoning": ASKED}, "length", ASKED, False),
        ({"content": None, "reasoning_content": "The upper row"}, "length", "", True),
        ({"content": "<think>The upper row"}, "length", "", True),
        ({"content": "<think>The upper row"}, "stop", "", False),
        ({"content": ASKED[:20], "reasoning_content": "The upper row"}, "length", ASKED[:20], False),
        ({"content": [{"type": "text", "text": ASKED[:9]}, {"text": ASKED[9:]}]}, "stop", ASKED, False),
    ],
)
def test_a_thought_is_no_answer_and_an_answer_among_thoughts_is_one(
    message: dict[str, Any], finish: str, text: str, thinking: bool
) -> None:
    found = Written.of({"choices": [{"message": message, "finish_reason": finish}]})
    assert (text, finish == "length", thinking) == (found.text, found.cut, found.thinking)


@pytest.mark.parametrize(
    ("spec", "base", "model"),
    [
        ("http://localhost:8000/v1#Qwen/Qwen3.5-4B", "http://localhost:8000/v1", "Qwen/Qwen3.5-4B"),
        ("https://api.example.org/v1/#gpt-5:mini@x", "https://api.example.org/v1", "gpt-5:mini@x"),
        ("http://host/v1/chat/completions#a", "http://host/v1", "a"),
    ],
)
def test_a_spec_is_an_address_and_a_model(spec: str, base: str, model: str) -> None:
    assert (base, model) == parse_spec(spec)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "gpt",
        "http://host/v1",
        "http://host/v1#",
        "ftp://host#a",
        "http://me:pw@host/v1#a",
        "http://#a",
        "http://host:port/v1#a",
        "http://host/v1?key=1#a",
        "http://host/v1#a b",
    ],
)
def test_a_bad_spec_is_refused_with_the_form_and_without_its_password(spec: str) -> None:
    with pytest.raises(ModelError, match="remote:<base url>#<model>") as caught:
        load_captioner(f"remote:{spec}")
    assert "me:pw" not in str(caught.value)


def test_a_key_that_travels_unencrypted_is_told_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    servers = Servers(KEY, Limits(seconds=30.0, at_once=64))
    with caplog.at_level(logging.WARNING):
        found = load_captioner("remote:http://host/v1#a", servers)
    assert isinstance(found, Remote)
    assert servers.limits == found.limits
    assert KEY not in repr(vars(found.info)) + repr(servers) + caplog.text
    assert "unencrypted" in caplog.text


@given(st.integers(1, 10_000))
def test_back_off_grows_with_jitter_and_is_bounded(tries: int) -> None:
    assert 0.25 <= backoff(tries) <= 20


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2", 2.0), ("1.5s", 1.5), ("6m0s", 360.0), ("120ms", 0.12), ("1h2m", 3720.0), ("soon", None), ("", None)],
)
def test_durations_of_every_server_are_read(text: str, seconds: float | None) -> None:
    assert pytest.approx(seconds) == seconds_of(text)


def test_retry_after_may_be_a_date() -> None:
    wait = retry_after({"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert wait is not None
    assert 57 < wait < 62
    assert 0.25 == retry_after({"retry-after-ms": "250"})
    assert retry_after({"retry-after": "whenever"}) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"error": {"message": "no"}}', "no"),
        ('{"detail": "no"}', "no"),
        ('{"error": "no"}', "no"),
        ("no", "no"),
        ("<h1>no</h1>", " no "),
        ("", ""),
    ],
)
def test_the_servers_words_are_found_in_any_shape(text: str, message: str) -> None:
    assert message == message_of(text)


@pytest.mark.parametrize(("size", "same"), [((1000, 600), True), ((2400, 2000), False)])
def test_a_picture_is_sent_as_it_is_or_shrunk_to_the_pixel_cap(
    tmp_path: Path, size: tuple[int, int], same: bool
) -> None:
    path = tmp_path / "figure.png"
    Image.new("RGB", size, "white").save(path)
    figure = Figure(path, Layout(*size, REGION, ()), Scene(REGION, ()))
    data = base64.b64decode(data_url(figure, 1_200_000).removeprefix("data:image/png;base64,"))
    assert same == (data == path.read_bytes())
    with Image.open(io.BytesIO(data)) as sent:
        assert size[0] * size[1] == sent.width * sent.height or 1_100_000 < sent.width * sent.height <= 1_200_000
