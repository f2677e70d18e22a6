"""The same captioner on other real model classes whose processors need no torchvision: LLaVA and Gemma 3, made tiny."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.models.hub import Hub
from vlm.values.captioner import Figure

REGION = Region("chr1", 0, 100_000)
SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
TEXT: dict[str, Any] = {
    **SMALL,
    "num_key_value_heads": 2,
    "max_position_embeddings": 16384,
    "pad_token_id": 0,
    "bos_token_id": None,
    "eos_token_id": 1,
}
SIGLIP = SMALL | {"model_type": "siglip_vision_model", "image_size": 32}


def llava(tokenizer: Any) -> tuple[Any, Any]:
    from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    config = LlavaConfig(
        vision_config=SIGLIP | {"patch_size": 16},
        vision_feature_layer=-1,
        image_token_index=2,
        text_config=TEXT | {"model_type": "llama", "vocab_size": len(tokenizer)},
        vision_feature_select_strategy="full",
    )
    images = SiglipImageProcessorPil(size={"height": 32, "width": 32})
    processor = LlavaProcessor(
        images,
        tokenizer,
        patch_size=16,
        vision_feature_select_strategy="full",
        image_token="<image>",
        chat_template=tokenizer.chat_template,
    )
    return LlavaForConditionalGeneration(config), processor


def gemma3(tokenizer: Any) -> tuple[Any, Any]:
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3Processor, PreTrainedTokenizerFast
    from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

    named = {"image_token": "<image>", "boi_token": "<fake_token_around_image>", "eoi_token": "<global-img>"}
    own = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer, pad_token="<pad>", eos_token="<eos>", extra_special_tokens=named
    )
    # Attention reaches over the whole prompt: in bytes it is longer than the published window of 512.
    text = TEXT | {"vocab_size": len(tokenizer), "head_dim": 16, "sliding_window": 8192}
    config = Gemma3Config(
        vision_config=SIGLIP | {"patch_size": 8},
        text_config=text,
        image_token_index=2,
        boi_token_index=3,
        eoi_token_index=5,
        mm_tokens_per_image=4,
    )
    images = Gemma3ImageProcessorPil(size={"height": 32, "width": 32})
    template = tokenizer.chat_template.replace("<image>", "<fake_token_around_image>")
    processor = Gemma3Processor(images, own, image_seq_length=4, chat_template=template)
    model = Gemma3ForConditionalGeneration(config)
    torch.nn.init.normal_(model.model.multi_modal_projector.mm_input_projection_weight)  # zeros, until it is trained
    return model, processor


@pytest.fixture(scope="module", params=[llava, gemma3], ids=lambda make: make.__name__)
def hub(request: pytest.FixtureRequest, byte_tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    make: Callable[[Any], tuple[Any, Any]] = request.param
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp(make.__name__)
    for part in make(byte_tokenizer):
        part.save_pretrained(folder)
    return Hub.load(str(folder))


def make_figure(path: Path, seed: int, label: str = "H3K4me3") -> Figure:
    """A figure of coloured noise; seed -1 is blank paper."""
    ink = np.random.default_rng(abs(seed)).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(ink if seed >= 0 else np.full_like(ink, 255)).save(path)
    scene = Scene(REGION, (Track(1, label, "signal", "bigwig", Path("signal.bw")),), "hg38")
    return Figure(path, Layout(400, 300, REGION, (TrackBox(1, 50, 390, 20, 280, 0.0, 5.5),)), scene)


def last_logits(hub: Hub, figures: list[Figure]) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = hub.model(**hub.inputs(figures)).logits[:, -1]
    return logits


def test_a_padded_batch_answers_as_its_figures_alone(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlm.models.hub.MOST_TOKENS", 16)
    figures = [make_figure(tmp_path / "a.png", 1), make_figure(tmp_path / "b.png", 2, "a much longer label")]
    assert hub.generate(figures) == [*hub.generate(figures[:1]), *hub.generate(figures[1:])]
    for row, figure in zip(last_logits(hub, figures), figures, strict=True):
        assert torch.allclose(row, last_logits(hub, [figure])[0], atol=1e-4)


def test_blank_paper_changes_what_is_computed(hub: Hub, tmp_path: Path) -> None:
    figures = [make_figure(tmp_path / f"{name}.png", seed) for name, seed in (("a", 1), ("b", -1), ("c", 1))]
    seen, blank, again = last_logits(hub, figures)
    assert torch.equal(seen, again)
    assert (seen - blank).abs().max() > 1e-4


def test_a_label_with_the_model_s_own_tokens_stays_text(hub: Hub, tmp_path: Path) -> None:
    tokens = hub.processor.tokenizer.all_special_tokens
    plain, laden = make_figure(tmp_path / "a.png", 1, "AB"), make_figure(tmp_path / "b.png", 1, f"A{''.join(tokens)}B")
    assert hub.inputs([plain])["input_ids"].tolist() == hub.inputs([laden])["input_ids"].tolist()
