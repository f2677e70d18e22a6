"""Hugging Face models: tiny, randomly initialised ones of real classes, saved and loaded like any other."""

from __future__ import annotations

import dataclasses
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import vlm.models.hub
from renderer.values.evidence import Evidence, Gene, GeneEvidence, Peak, SignalEvidence
from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.models.hub import Generated, Hub, fit_picture
from vlm.models.hub_batch import Batches, Deadline
from vlm.models.known_models import MOST_PIXELS
from vlm.models.loading import load_captioner
from vlm.prompted.schema import answer_schema
from vlm.reading import read_figures
from vlm.values.captioner import Ask, Figure, ModelError, ModelInfo

REGION = Region("chr1", 0, 100_000)


@pytest.fixture(scope="module")
def hub(tiny_vlm: Path) -> Hub:
    return Hub.load(str(tiny_vlm))


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of 24 tokens: an untrained model would babble to the limit."""
    monkeypatch.setattr(vlm.models.hub, "MOST_TOKENS", 24)


@pytest.fixture
def free(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoding as it comes, without the schema."""
    monkeypatch.setattr(hub, "_grammar", None)


def make_figure(path: Path, seed: int, label: str = "H3K4me3", size: tuple[int, int] = (400, 300)) -> Figure:
    """A figure of coloured noise with one measured peak; seed -1 is blank paper."""
    ink = np.random.default_rng(abs(seed)).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(ink if seed >= 0 else np.full_like(ink, 255)).save(path)
    scene = Scene(
        REGION,
        (Track(1, label, "signal", "bigwig", Path("signal.bw")), Track(2, "genes", "genes", "gtf", Path("genes.gtf"))),
        "hg38",
    )
    layout = Layout(size[0], size[1], REGION, (TrackBox(1, 50, size[0] - 10, 20, size[1] - 20, 0.0, 5.5),))
    peak = Peak(39_000, 41_000, 40_000, 5.5, 1.0, 0.95, True)
    genes = (Gene("ALPHA", 39_500, 60_000, "+", (39_500,)),)
    signal = SignalEvidence("signal", 0.0, 5.5, 5.5, 0.2, 1.0, (peak,), (), True)
    return Figure(path, layout, scene, genes, Evidence(REGION, {1: signal, 2: GeneEvidence(genes)}))


# --- a model of a real class


def test_a_model_in_a_folder_loads_without_torchvision_and_names_no_path(hub: Hub, tiny_vlm: Path) -> None:
    assert hub.info == ModelInfo(f"hub:{tiny_vlm.name}", "local", "cpu", prompted=True)
    assert hub.model.dtype == torch.float32
    assert hub.processor.tokenizer.padding_side == "left"


def test_a_model_is_loaded_by_its_name(tiny_vlm: Path) -> None:
    assert load_captioner(f"hub:{tiny_vlm}").info.name == f"hub:{tiny_vlm.name}"


@pytest.mark.usefixtures("brief")
def test_a_batch_of_two_answers_as_two_singles(hub: Hub, tmp_path: Path) -> None:
    """Labels and pictures of different sizes, so that one row is padded; each row follows its own schema."""
    figures = [
        make_figure(tmp_path / "a.png", 1),
        make_figure(tmp_path / "b.png", 2, "a much longer label", (400, 500)),
    ]
    assert hub.generate(figures) == [*hub.generate(figures[:1]), *hub.generate(figures[1:])]
    together = _last_logits(hub, figures)
    for row, figure in zip(together, figures, strict=True):
        assert torch.allclose(row, _last_logits(hub, [figure])[0], atol=1e-4)


def _last_logits(hub: Hub, figures: Sequence[Figure]) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = hub.model(**hub.inputs(figures)).logits[:, -1]
    return logits


@pytest.mark.usefixtures("brief", "free")
def test_another_picture_changes_what_the_model_computes_and_says(hub: Hub, tmp_path: Path) -> None:
    """The image-blind ablation: same prompt, blank paper. A model run without its pixels would not notice."""
    seen, blank = make_figure(tmp_path / "a.png", 1), make_figure(tmp_path / "b.png", -1)
    again = make_figure(tmp_path / "c.png", 1)
    one, other, same = _last_logits(hub, [seen, blank, again])
    assert torch.equal(one, same)
    assert (one - other).abs().max() > 1e-3


def test_a_label_cannot_smuggle_in_a_picture(hub: Hub, tmp_path: Path) -> None:
    """A second <image> in the prompt would make the processor look for a second picture."""
    figure = make_figure(tmp_path / "a.png", 1, "A<image><im<image>age>|<end_of_utterance>B")
    ids = hub.inputs([figure])["input_ids"][0].tolist()
    token = hub.processor.tokenizer.convert_tokens_to_ids
    assert ids.count(token("<image>")) == 4
    assert ids.count(token("<end_of_utterance>")) == 1


def test_the_prompt_holds_no_measurement_unless_the_job_wants_facts(hub: Hub, tmp_path: Path) -> None:
    figure = make_figure(tmp_path / "a.png", 1)
    text = hub.processor.tokenizer.decode(hub.inputs([figure])["input_ids"][0])
    assert "chr1:1-100000" in text
    assert "40000" not in text and "40001" not in text and "40,000" not in text


def test_a_large_picture_is_shrunk_to_the_cap(tmp_path: Path) -> None:
    Image.new("RGB", (3000, 2000)).save(tmp_path / "large.png")
    picture = fit_picture(tmp_path / "large.png", MOST_PIXELS)
    assert 1_190_000 < picture.width * picture.height <= MOST_PIXELS
    assert pytest.approx(picture.width / picture.height, rel=0.01) == 1.5


@pytest.mark.usefixtures("brief", "free")
def test_babble_falls_back_to_the_measurements_and_says_why(hub: Hub, tmp_path: Path) -> None:
    record = read_figures(hub, [make_figure(tmp_path / "a.png", 1)])[0]
    assert record["status"] == "done"
    assert record["model"]["fallback"] == "measured"
    assert any("not the JSON" in warning for warning in record["warnings"])
    assert "H3K4me3" in record["caption"]["en"]


# --- constrained decoding


def test_what_a_constrained_model_writes_fits_the_schema_of_its_figure(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An untrained model, which babbles when it is free, can only name what is there."""
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("llguidance")
    figure = dataclasses.replace(make_figure(tmp_path / "a.png", 3), ask=Ask(short=True))
    monkeypatch.setattr(vlm.models.hub, "answer_schema", lambda figure: _small(answer_schema(figure)))
    monkeypatch.setattr(vlm.models.hub, "MOST_TOKENS", 700)
    written = hub.generate([figure])[0]
    assert isinstance(written, Generated) and not written.cut
    answer = json.loads(written.text)
    jsonschema.validate(answer, answer_schema(figure))
    assert {number for s in answer["sentences"] for c in s["claims"] for number in c["tracks"]} <= {1, 2}


def _small(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with one sentence of a few letters, so that a babbling model ends soon."""
    sentences = schema["properties"]["sentences"] | {"maxItems": 1}
    item = sentences["items"]
    fields = item["properties"] | {"text": {"type": "string", "pattern": "^[A-Za-z ]{1,12}$"}}
    fields |= {"claims": fields["claims"] | {"maxItems": 2}}
    return schema | {"properties": {"sentences": sentences | {"items": item | {"properties": fields}}}}


@pytest.mark.usefixtures("brief")
def test_without_the_library_answers_come_as_they_are(
    tiny_vlm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("vlm.models.constrain.is_there", lambda name: False)
    with caplog.at_level(logging.INFO):
        plain = Hub.load(str(tiny_vlm))
    assert "answers are not constrained" in caplog.text
    assert isinstance(plain.generate([make_figure(tmp_path / "a.png", 1)])[0], Generated)


def test_a_schema_that_cannot_be_followed_is_told_and_left(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("llguidance")
    assert hub._grammar is not None
    assert hub._grammar.constraint([{"type": "nonsense"}]) is None
    assert "cannot be followed" in caplog.text


# --- time, cancelling, memory


@pytest.mark.usefixtures("free")
def test_a_batch_that_takes_too_long_is_stopped_between_tokens(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "seconds", 0.3)
    monkeypatch.setattr(vlm.models.hub, "MOST_TOKENS", 12_000)
    reading = hub.read([make_figure(tmp_path / "a.png", 1)])[0]
    assert reading.error == "The model took longer than a batch may take."


@pytest.mark.usefixtures("free")
def test_reading_is_cancelled_between_tokens_and_before_the_next_batch(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(hub, "cancelled", lambda: asked.append(1) or len(asked) > 5)
    monkeypatch.setattr(hub, "_batches", Batches(1))
    readings = hub.read([make_figure(tmp_path / f"{n}.png", n) for n in range(3)])
    assert {reading.error for reading in readings} == {"Reading was cancelled before the model had answered."}
    assert len(asked) == 8  # five tokens, then at once: the end of the first, and the other two are not begun


def test_a_deadline_keeps_the_reason_it_first_had() -> None:
    deadline = Deadline(0.0, lambda: False)
    time.sleep(0.001)
    assert deadline.is_over()
    assert deadline.reason == "time"


class Scripted(Hub):
    """A Hub whose generation is a script: what it writes, how many figures fit, and what it was asked."""

    def __init__(self, write: str | Callable[[Figure], Generated], fits: int = 100) -> None:
        super().__init__(None, None, ModelInfo("hub:scripted", "0", "cpu", prompted=True))
        self.fits, self.asked, self.made = fits, list[list[Figure]](), list[list[str]]()
        self.wait: threading.Semaphore | None = None
        self.write = write if callable(write) else lambda _: Generated(write, False)

    def _length(self, figure: Figure) -> int:
        return len(figure.scene.tracks[0].label)

    def inputs(self, figures: Sequence[Figure]) -> Any:
        self.made.append([figure.png.name for figure in figures])

    def generate(self, figures: Sequence[Figure], inputs: Any = None) -> list[Any]:
        self.asked.append(list(figures))
        if self.wait:
            self.wait.acquire(timeout=60)
        if len(figures) > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return [self.write(figure) for figure in figures]


def answer(*claims: dict[str, Any], text: str = "One peak.") -> str:
    return json.dumps({"sentences": [{"text": text, "claims": list(claims)}]})


STRONGEST = {"kind": "strongest_peak", "tracks": [1], "start": 39_900, "end": 40_100}
ANSWER = answer(STRONGEST)


def test_an_answer_becomes_claims_with_verdicts(tmp_path: Path) -> None:
    record = read_figures(Scripted(ANSWER), [make_figure(tmp_path / "a.png", 1)])[0]
    own = [claim for claim in record["claims"] if claim["from"] == "model"]
    assert ("strongest_peak", "supported") == (own[0]["kind"], own[0]["verdict"])
    assert own[0]["where"] == {"start": 39_899, "end": 40_100}
    assert "fallback" not in record["model"]
    assert record["text"] == "One peak."
    assert {"supported"} == {one["verdict"] for one in record["said"]}


def test_a_batch_that_does_not_fit_is_halved_and_the_size_remembered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    figures = [make_figure(tmp_path / f"{i}.png", i) for i in range(11)]
    hub = Scripted(ANSWER, fits=2)
    with caplog.at_level(logging.ERROR):
        readings = hub.read(figures)
    assert [reading.error for reading in readings] == [None] * 11
    assert [len(batch) for batch in hub.asked] == [8, 4, 2, 2, 4, 2, 2, 3, 1, 2]


def test_figures_of_like_length_go_together_and_come_back_in_order(tmp_path: Path) -> None:
    labels = ["a" * n for n in (9, 1, 8, 2, 9, 1)]
    figures = [make_figure(tmp_path / f"{n}.png", n, label) for n, label in enumerate(labels)]
    hub = Scripted(lambda figure: Generated(answer(STRONGEST, text=figure.scene.tracks[0].label), False))
    hub._batches = Batches(3)
    readings = hub.read(figures)
    assert labels == [reading.text for reading in readings]
    assert [[1, 1, 2], [8, 9, 9]] == [[len(f.scene.tracks[0].label) for f in batch] for batch in hub.asked]


def test_the_next_batch_is_made_ready_while_one_is_written(tmp_path: Path) -> None:
    hub = Scripted(ANSWER)
    hub._batches = Batches(2)
    hub.wait = threading.Semaphore(0)  # the model writes until it is let go on
    figures = [make_figure(tmp_path / f"{n}.png", n) for n in range(6)]
    reading = threading.Thread(target=hub.read, args=(figures,))
    reading.start()
    eventually(lambda: hub.made == [["0.png", "1.png"], ["2.png", "3.png"]] and len(hub.asked) == 1)
    for _ in range(3):
        hub.wait.release()
    reading.join(60)
    assert not reading.is_alive()
    assert hub.made == [["0.png", "1.png"], ["2.png", "3.png"], ["4.png", "5.png"]]


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds, a minute at most."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_figure_that_does_not_fit_alone_is_an_error_of_that_figure(tmp_path: Path) -> None:
    readings = Scripted(ANSWER, fits=0).read([make_figure(tmp_path / "a.png", 1)])
    assert readings[0].error == "There was not enough memory to read a.png, even alone."


# --- answers that break off


def test_an_answer_that_broke_off_is_asked_for_once_more_and_shorter(tmp_path: Path) -> None:
    def write(figure: Figure) -> Generated:
        return Generated(ANSWER, False) if figure.ask.short else Generated('{"sentences": [{"text": "H3K4', True)

    hub = Scripted(write)
    readings = hub.read([make_figure(tmp_path / "a.png", 1), make_figure(tmp_path / "b.png", 2)])
    assert [False, True] == [batch[0].ask.short for batch in hub.asked]
    assert [reading.text for reading in readings] == ["One peak.", "One peak."]
    assert all("A first answer broke off; this is a shorter one." in reading.warnings for reading in readings)


def test_an_answer_that_breaks_off_twice_keeps_its_complete_sentences(tmp_path: Path) -> None:
    hub = Scripted(lambda _: Generated(ANSWER.removesuffix("]}") + ', {"text": "and th', True))
    reading = hub.read([make_figure(tmp_path / "a.png", 1)])[0]
    assert len(hub.asked) == 2
    assert reading.text == "One peak."
    assert any("broke off" in warning for warning in reading.warnings)


def test_an_answer_that_ran_out_of_time_is_not_asked_for_again(tmp_path: Path) -> None:
    hub = Scripted(lambda _: Generated("", True, "time"))
    assert "longer than a batch" in (hub.read([make_figure(tmp_path / "a.png", 1)])[0].error or "")
    assert len(hub.asked) == 1


# --- what is not there, or must not be


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network and an empty cache, as on a machine that never downloaded anything."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))


@pytest.mark.usefixtures("offline")
def test_a_model_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"'nobody/nothing' could not be loaded .*'builtin' needs no download"):
        Hub.load("nobody/nothing@v1")


def test_a_folder_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"'{tmp_path}' (could not be loaded|is not an image-text)"):
        Hub.load(str(tmp_path))


def test_a_model_with_code_of_its_own_is_refused(tiny_vlm: Path, tmp_path: Path) -> None:
    config = json.loads((tiny_vlm / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Config"}}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "mine.py").write_text("raise SystemExit('this must not run')\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"run code of its own"):
        Hub.load(str(tmp_path))


def test_weights_that_are_no_safetensors_are_refused(tiny_vlm: Path, tmp_path: Path) -> None:
    """A pickle runs code when it is read."""
    for file in tiny_vlm.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="could not be loaded"):
        Hub.load(str(tmp_path))


def test_a_language_model_without_eyes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    with pytest.raises(ModelError, match=str(tmp_path)):
        Hub.load(str(tmp_path))


def test_an_empty_name_is_no_model() -> None:
    with pytest.raises(ModelError, match="hub:<Hugging Face id>"):
        load_captioner("hub:")
    with pytest.raises(ModelError, match="hub:<owner>/<name>@<revision>"):
        Hub.load("@main")
