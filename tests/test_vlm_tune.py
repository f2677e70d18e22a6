"""Fine-tuning: targets a perfect reader would write, a real LoRA on a tiny model, stopped and gone on with."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from renderer.sandbox.files import InProcess
from renderer.values.evidence import Evidence, Gene, GeneEvidence, Peak, SignalEvidence
from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from service.cli import locution
from service.commands.locus import draw_scenes
from vlm.claims.verify import judge_all
from vlm.models.hub import Hub
from vlm.prompted.answer import parse_answer
from vlm.prompted.schema import answer_schema
from vlm.prompted.sentences import check_sentences
from vlm.score.tune import CHECKPOINT, LOG, Example, Plan, Tuner, example_of, split, target_of
from vlm.values.captioner import Figure, ModelError

peft = pytest.importorskip("peft")

REGION = Region("chr1", 0, 100_000)
GENES = (Gene("ALPHA", 39_500, 60_000, "+", (39_500,)),)
TRACKS = (
    Track(1, "H3K4me3", "signal", "bigwig", Path("a.bw")),
    Track(2, "Input", "signal", "bigwig", Path("b.bw")),
    Track(3, "genes", "genes", "gtf", Path("c.gtf")),
)
SHORT = '{"sentences":[{"text":"Flat.","claims":[{"kind":"flat","tracks":[2]}]}]}'


def make_figure(folder: Path, seed: int = 0) -> Figure:
    path = folder / f"{seed}.png"
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (60, 80, 3), dtype=np.uint8)).save(path)
    peak = Peak(39_000, 41_000, 40_000, 5.5, 1.0, 0.95, True)
    signal = SignalEvidence("signal", 0.0, 5.5, 5.5, 0.2, 1.0, (peak,), (), True)
    flat = SignalEvidence("flat", 0.0, 5.5, 0.1, 0.0, 1.0, (), (), True)
    evidence = Evidence(REGION, {1: signal, 2: flat, 3: GeneEvidence(GENES)})
    layout = Layout(80, 60, REGION, (TrackBox(1, 5, 75, 5, 20, 0.0, 5.5),))
    return Figure(path, layout, Scene(REGION, TRACKS, "hg38"), GENES, evidence)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_target_is_an_answer_that_follows_the_schema_and_holds(language: Any, tmp_path: Path) -> None:
    figure = make_figure(tmp_path)
    target = target_of(figure, language)
    assert target is not None
    jsonschema.validate(json.loads(target), answer_schema(figure))
    raw = parse_answer(target, figure)
    assert {"strongest_peak", "peak_at_tss", "flat"} <= {claim.kind for claim in raw.claims}
    assert figure.evidence is not None
    assert {"supported"} == {one.verdict for one in judge_all(raw.claims, figure.evidence, figure.scene)}
    assert () == raw.warnings


@pytest.mark.parametrize("name", ["coolbox_k562_05", "fly_chrx_02", "ctcf_gm12878_01"])
def test_real_loci_label_themselves(name: str, scenes: Path, tmp_path: Path) -> None:
    """Signals, peaks, links and crowded annotations: every target fits its schema, holds, and passes its own check."""
    (figure,) = draw_scenes(InProcess(), scenes, [name], tmp_path).values()
    target = target_of(figure)
    assert target is not None and figure.evidence is not None
    jsonschema.validate(json.loads(target), answer_schema(figure))
    raw = parse_answer(target, figure)
    judged = judge_all(raw.claims, figure.evidence, figure.scene)
    assert {"supported"} == {one.verdict for one in judged}
    assert {"supported"} == {one.verdict for one in check_sentences(raw.sentences, judged, figure)}
    assert len(raw.claims) >= 4


def test_an_example_shows_the_model_no_measurement(tmp_path: Path) -> None:
    example = example_of(make_figure(tmp_path), "zh")
    assert example is not None
    assert example.figure.evidence is None
    assert "zh" == example.figure.ask.language


def test_a_figure_nothing_can_be_said_of_is_no_example(tmp_path: Path) -> None:
    figure = make_figure(tmp_path)
    assert example_of(replace(figure, evidence=Evidence(REGION, {}))) is None


@pytest.mark.parametrize(("count", "held"), [(3, 0), (9, 0), (10, 1), (40, 4)])
def test_every_tenth_example_is_held_out(count: int, held: int, tmp_path: Path) -> None:
    example = Example(make_figure(tmp_path), SHORT)
    learn, out = split([example] * count)
    assert (count - held, held) == (len(learn), len(out))


@pytest.fixture
def examples(tmp_path: Path) -> list[Example]:
    return [Example(replace(make_figure(tmp_path, seed), evidence=None), SHORT) for seed in (1, 2)]


PLAN = Plan(steps=6, rank=8, rate=1e-2, gather=1, keep=3)


@pytest.fixture(scope="module")
def base(tiny_vlm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with louder logits: those of a random head are all alike, whatever a LoRA below it learns."""
    folder = tmp_path_factory.mktemp("tune") / "base"
    shutil.copytree(tiny_vlm, folder)
    model = Hub.load(str(tiny_vlm)).model
    with torch.no_grad():
        model.lm_head.weight.mul_(15)
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def tuned(base: Path, examples: list[Example], tmp_path: Path) -> Path:
    """A LoRA trained for real in one go."""
    Tuner(str(base), tmp_path / "lora", PLAN).run(examples)
    return tmp_path / "lora"


def losses(folder: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def test_the_loss_falls_and_the_model_reads_differently_afterwards(
    tuned: Path, base: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = losses(tuned)
    assert PLAN.steps == len(found)
    assert max(found[-2:]) < 0.8 * found[0]
    monkeypatch.setattr("vlm.models.hub.MOST_TOKENS", 40)
    before, after = Hub.load(str(base)), Hub.load(str(tuned))
    for hub in (before, after):
        monkeypatch.setattr(hub, "_grammar", None)
    assert f"hub:{tuned.name}" == after.info.name
    assert after.info.revision.startswith("local+")
    assert before.generate([examples[0].figure]) != after.generate([examples[0].figure])


def test_only_the_answer_is_learnt_and_its_end(base: Path, examples: list[Example], tmp_path: Path) -> None:
    tuner = Tuner(str(base), tmp_path / "lora", PLAN)
    ids = tuner._answer(SHORT)[0].tolist()
    assert SHORT == tuner.hub.processor.tokenizer.decode(ids[:-1])
    assert ids[-1] in tuner.hub.end_tokens()
    inputs, prompt = tuner._filled(examples[0])
    assert ids == inputs["input_ids"][0, prompt:].tolist()
    assert inputs["input_ids"].shape == inputs["attention_mask"].shape
    with torch.no_grad():
        logits = tuner.model.eval()(**inputs).logits[0, prompt - 1 : -1]
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(ids))
    assert pytest.approx(float(expected), rel=1e-4) == tuner.loss(examples[:1])


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(
    base: Path, tuned: Path, examples: list[Example], tmp_path: Path
) -> None:
    """Stopped after four steps, of which the checkpoint holds three: the fourth is made again, and all are the same."""
    folder = tmp_path / "other"

    def stop(entry: dict[str, Any]) -> None:
        if entry["step"] == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Tuner(str(base), folder, PLAN).run(examples, stop)
    again = Tuner(str(base), folder, PLAN)
    assert 3 == again.step
    again.run(examples)
    whole, parts = losses(tuned), losses(folder)
    assert pytest.approx(whole[3:], abs=1e-4) == parts[-3:]
    assert not (folder / f"{CHECKPOINT}.partial").exists()


def test_a_folder_of_another_run_is_refused(base: Path, tuned: Path) -> None:
    with pytest.raises(ModelError, match=r"another rank \(8, not 4\)"):
        Tuner(str(base), tuned, replace(PLAN, rank=4))


def test_a_lora_is_no_base(tuned: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a LoRA already"):
        Tuner(str(tuned), tmp_path / "more", PLAN)


def test_nothing_to_learn_from_is_an_error(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nothing to learn from"):
        Tuner(str(base), tmp_path / "lora", PLAN).run([])


def test_a_lora_without_safetensors_or_base_is_refused(tuned: Path) -> None:
    (tuned / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="base_model_name_or_path"):
        Hub.load(str(tuned))
    (tuned / "adapter_model.safetensors").unlink()
    with pytest.raises(ModelError, match="only safetensors are read"):
        Hub.load(str(tuned))


def test_without_peft_the_extra_is_named(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlm.score.tune.is_there", lambda name: False)
    with pytest.raises(ModelError, match="Install the extra 'tune'"):
        Tuner(str(base), tmp_path / "lora", PLAN)


def test_the_command_tunes_on_scenes_and_says_how_to_use_it(
    base: Path, make_bigwig: Any, peaky: np.ndarray, gtf: Path, tmp_path: Path
) -> None:
    make_bigwig(peaky, "H3K4me3.bw")
    tracks = [{"file": "H3K4me3.bw", "label": "H3K4me3"}, {"file": gtf.name, "label": "genes", "kind": "genes"}]
    entry = {"id": "one", "region": "chr1:1-100000", "tracks": tracks}
    (tmp_path / "scenes.json").write_text(json.dumps([entry]), encoding="utf-8")
    arguments = ["--base", str(base), "--scenes", str(tmp_path / "scenes.json"), "--out", str(tmp_path / "lora")]
    done = CliRunner().invoke(locution, ["tune", *arguments, "--steps", "2", "--gather", "1", "--rank", "4"])
    assert 0 == done.exit_code, done.output
    assert f"Use it as --model hub:{tmp_path / 'lora'}" in done.output
    assert '"examples": 1' in done.output
    assert 2 == len(losses(tmp_path / "lora"))
    again = CliRunner().invoke(locution, ["tune", *arguments, "--steps", "3", "--gather", "1", "--rank", "8"])
    assert 2 == again.exit_code
    assert "another rank (4, not 8)" in again.output
