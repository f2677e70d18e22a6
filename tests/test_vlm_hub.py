"""Hugging Face models: a tiny, randomly initialised one of a real class, saved and loaded like any other."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import vlm.hub
from renderer.evidence import Evidence, Peak, SignalEvidence
from renderer.layout import Layout, TrackBox
from renderer.region import Region
from renderer.track import Scene, Track
from vlm.captioner import Figure, ModelError, ModelInfo, load_captioner
from vlm.hub import Generated, Hub, halving
from vlm.reading import read_figures

REGION = Region("chr1", 0, 100_000)
TOKENS = ["<pad>", "<eos>", "<image>", "<fake_token_around_image>", "<end_of_utterance>", "<global-img>"]
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Idefics3 of 86,000 random parameters with a byte tokenizer: it loads without torchvision."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    tokenizer = _byte_tokenizer()
    square = {"longest_edge": 64}
    images = Idefics3ImageProcessorPil(size=square, max_image_size=square, do_image_splitting=False)
    small: dict[str, Any] = {
        "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    }  # fmt: skip
    config = Idefics3Config(
        image_token_id=TOKENS.index("<image>"), pad_token_id=0, scale_factor=2,
        vision_config=small | {"image_size": 64, "patch_size": 16},
        text_config=small | {"model_type": "llama", "vocab_size": len(tokenizer), "num_key_value_heads": 2,
                             "max_position_embeddings": 16384, "pad_token_id": 0, "bos_token_id": None,
                             "eos_token_id": 1},
    )  # fmt: skip
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("tiny")
    Idefics3ForConditionalGeneration(config).save_pretrained(path)
    Idefics3Processor(images, tokenizer, image_seq_len=4, chat_template=TEMPLATE).save_pretrained(path)
    return path


def _byte_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    places = [f"<row_{i}_col_{j}>" for i in range(1, 7) for j in range(1, 7)]
    words = [*TOKENS, *places, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>",
                                   additional_special_tokens=[*TOKENS[2:], *places])  # fmt: skip


@pytest.fixture(scope="module")
def hub(folder: Path) -> Hub:
    return Hub.load(str(folder))


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of 24 tokens: an untrained model would babble to the limit."""
    monkeypatch.setattr(vlm.hub, "MOST_TOKENS", 24)


def make_figure(path: Path, seed: int, label: str = "H3K4me3", size: tuple[int, int] = (400, 300)) -> Figure:
    """A figure of coloured noise with one measured peak; seed -1 is blank paper."""
    ink = np.random.default_rng(abs(seed)).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(ink if seed >= 0 else np.full_like(ink, 255)).save(path)
    scene = Scene(REGION, (Track(1, label, "signal", "bigwig", Path("signal.bw")),), "hg38")
    layout = Layout(size[0], size[1], REGION, (TrackBox(1, 50, size[0] - 10, 20, size[1] - 20, 0.0, 5.5),))
    peak = Peak(39_000, 41_000, 40_000, 5.5, 1.0, 0.95, True)
    evidence = Evidence(REGION, {1: SignalEvidence("signal", 0.0, 5.5, 5.5, 0.2, 1.0, (peak,), (), True)})
    return Figure(path, layout, scene, (), evidence)


def test_a_model_in_a_folder_loads_without_torchvision_and_names_no_path(hub: Hub, folder: Path) -> None:
    assert hub.info == ModelInfo(f"hub:{folder.name}", "local", "cpu")
    assert hub.model.dtype == torch.float32


def test_a_model_is_loaded_by_its_name(folder: Path) -> None:
    assert load_captioner(f"hub:{folder}").info.name == f"hub:{folder.name}"


@pytest.mark.usefixtures("brief")
def test_a_batch_of_two_answers_as_two_singles(hub: Hub, tmp_path: Path) -> None:
    """Labels and pictures of different sizes, so that one row is padded."""
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


def test_another_picture_changes_what_the_model_computes(hub: Hub, tmp_path: Path) -> None:
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
    assert ids.count(TOKENS.index("<image>")) == 4
    assert ids.count(TOKENS.index("<end_of_utterance>")) == 1


def test_the_prompt_holds_no_measurement(hub: Hub, tmp_path: Path) -> None:
    figure = make_figure(tmp_path / "a.png", 1)
    text = hub.processor.tokenizer.decode(hub.inputs([figure])["input_ids"][0])
    assert "chr1:1-100000" in text
    assert "40000" not in text and "40001" not in text


def test_a_large_picture_is_shrunk_to_the_cap(tmp_path: Path) -> None:
    Image.new("RGB", (3000, 2000)).save(tmp_path / "large.png")
    picture = vlm.hub._picture(tmp_path / "large.png")
    assert 1_190_000 < picture.width * picture.height <= vlm.hub.MOST_PIXELS
    assert pytest.approx(picture.width / picture.height, rel=0.01) == 1.5


@pytest.mark.usefixtures("brief")
def test_babble_falls_back_to_the_measurements_and_says_why(hub: Hub, tmp_path: Path) -> None:
    record = read_figures(hub, [make_figure(tmp_path / "a.png", 1)])[0]
    assert record["status"] == "done"
    assert record["model"]["fallback"] == "measured"
    assert any("not the JSON" in warning for warning in record["warnings"])
    assert "H3K4me3" in record["caption"]["en"]


class Scripted(Hub):
    """A Hub whose generation is a script: what it writes, how many figures fit, and what it was asked."""

    def __init__(self, text: str, fits: int = 100) -> None:
        super().__init__(None, None, ModelInfo("hub:scripted", "0", "cpu"))
        self.text, self.fits, self.asked = text, fits, list[int]()

    def generate(self, figures: Sequence[Figure]) -> list[Any]:
        self.asked.append(len(figures))
        if len(figures) > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return [Generated(self.text, False) for _ in figures]


ANSWER = json.dumps(
    {"sentences": [{"text": "One peak.", "claims": [{"kind": "strongest_peak", "tracks": [1], "start": 39900,
                                                     "end": 40100}]}]}
)  # fmt: skip


def test_an_answer_becomes_claims_with_verdicts(tmp_path: Path) -> None:
    record = read_figures(Scripted(ANSWER), [make_figure(tmp_path / "a.png", 1)])[0]
    assert [(c["kind"], c["verdict"]) for c in record["claims"]] == [("strongest_peak", "supported")]
    assert record["claims"][0]["where"] == {"start": 39_899, "end": 40_100}
    assert "fallback" not in record["model"]
    assert record["text"] == "One peak."


def test_a_batch_that_does_not_fit_is_halved_and_the_size_remembered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    figures = [make_figure(tmp_path / f"{i}.png", i) for i in range(11)]
    hub = Scripted(ANSWER, fits=2)
    with caplog.at_level(logging.ERROR):
        readings = hub.read(figures)
    assert [len(reading.claims) for reading in readings] == [1] * 11
    assert hub.asked == [8, 4, 2, 2, 4, 2, 2, 2, 1]


def test_a_figure_that_does_not_fit_alone_is_an_error_of_that_figure(tmp_path: Path) -> None:
    readings = Scripted(ANSWER, fits=0).read([make_figure(tmp_path / "a.png", 1)])
    assert readings[0].error == "There was not enough memory to read a.png, even alone."


def test_halving_keeps_the_order_and_passes_on_other_errors() -> None:
    def run(items: Sequence[int]) -> list[int]:
        if sum(items) > 10:
            raise MemoryError
        return list(items)

    assert halving(run, [1, 2, 3, 40, 5, 6], lambda _: -1).results == [1, 2, 3, -1, 5, 6]
    with pytest.raises(RuntimeError, match="wrong shape"):
        halving(_broken, [1], lambda _: -1)


def _broken(items: Sequence[int]) -> list[int]:
    raise RuntimeError("wrong shape")


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


def test_a_model_with_code_of_its_own_is_refused(folder: Path, tmp_path: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Config"}}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "mine.py").write_text("raise SystemExit('this must not run')\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"run code of its own"):
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
