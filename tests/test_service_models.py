"""`locution models`: what is listed, checked and fetched, with and without a network, a GPU, a cache."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import locution
from service.commands.models import table
from tests.openai_server import Running
from vlm.models.known_models import DEFAULT_HUB, KNOWN, USUAL, Setup, choose, find, setup_of
from vlm.models.loading import load_captioner
from vlm.models.model_store import Machine, cached, check, fetch, folder_facts, obstacle
from vlm.values.captioner import ModelError

CPU, GPU = Machine((), 16.0), Machine((("Test GPU", 24.0),), 64.0)

PICTURE_ANSWER = {
    "sentences": [{"text": "One peak.", "claims": [{"kind": "strongest_peak", "tracks": [1], "x": [490, 510]}]}]
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_vlm: Path) -> Path:
    """A hub cache that holds the tiny model as lab/tiny at one commit, and lab/half, which has no weights yet."""
    import huggingface_hub.constants
    import transformers.utils.hub

    for name, files in (("tiny", list(tiny_vlm.iterdir())), ("half", [tiny_vlm / "config.json"])):
        repo = tmp_path / f"models--lab--{name}"
        snapshot = repo / "snapshots" / ("c" * 40)
        snapshot.mkdir(parents=True)
        (repo / "refs").mkdir()
        (repo / "refs" / "main").write_text("c" * 40, encoding="utf-8")
        for file in files:
            shutil.copy(file, snapshot / file.name)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    for module in (huggingface_hub.constants, transformers.utils.hub.constants):
        monkeypatch.setattr(module, "HF_HUB_OFFLINE", True)
        monkeypatch.setattr(module, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


# --- the table


def test_the_default_is_in_the_table_and_names_are_found_with_or_without_revision() -> None:
    assert KNOWN[0] is find(f"hub:{DEFAULT_HUB}@main")
    assert find("qwen/qwen3.5-4b") is find(DEFAULT_HUB)
    assert find("nobody/nothing") is None
    assert setup_of("nobody/nothing") is USUAL


def test_every_known_model_has_a_source_and_no_name_comes_twice() -> None:
    assert [] == [known.id for known in KNOWN if not known.source or "/" not in known.id]
    assert len({known.id for known in KNOWN}) == len(KNOWN)


# --- auto


def test_auto_is_builtin_without_a_gpu_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert ("builtin", "there is no GPU") == (choose([]).name, choose([]).reason)
    assert "model auto: builtin, because there is no GPU" in caplog.text


@pytest.mark.parametrize(("installed", "name"), [(True, f"hub:{DEFAULT_HUB}"), (False, "builtin")])
def test_auto_takes_the_gpu_if_the_model_s_processor_is_there(
    installed: bool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vlm.models.known_models.is_there", lambda module: installed)
    choice = choose(["Test GPU"])
    assert name == choice.name
    assert "Test GPU" in choice.reason


def test_the_captioner_called_auto_is_what_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlm.models.known_models._gpus", lambda: [])
    assert "builtin" == load_captioner("auto").info.name


# --- what would run


@pytest.mark.parametrize(
    ("parameters", "setup", "machine", "reason"),
    [
        (4.0, Setup(), GPU, None),
        (70.0, Setup(), GPU, "needs about 182.0 GB of GPU memory, there is 24 GB"),
        (0.5, Setup(), CPU, None),
        (2.0, Setup(), CPU, "too slow without a GPU: minutes a figure"),
        (9.0, Setup(), CPU, "needs about 47 GB of memory on a CPU, there is 16 GB"),
        (None, Setup(), CPU, None),
        (0.5, Setup(extras=("no_such_module",)), GPU, "needs no_such_module (extra 'gpu')"),
    ],
)
def test_what_stands_in_a_model_s_way_is_said(
    parameters: float | None, setup: Setup, machine: Machine, reason: str | None
) -> None:
    assert reason == obstacle(parameters, setup, machine)


def test_the_cache_tells_whole_models_from_parts(cache: Path) -> None:
    found = cached()
    assert {"lab/tiny": True, "lab/half": False} == {name: one[0].complete for name, one in found.items()}
    assert "c" * 40 == found["lab/tiny"][0].revision


def test_a_cached_model_passes_the_check_offline(cache: Path) -> None:
    report = check("hub:lab/tiny", CPU, None, USUAL)
    assert () == report.trouble
    assert "Idefics3ForConditionalGeneration" == report.facts["class"]
    assert report.facts["weights"].startswith("cccccccccccc (0.0 GB)")


def test_a_cached_model_is_loaded_at_its_commit(cache: Path) -> None:
    assert "c" * 40 == load_captioner("hub:lab/tiny").info.revision


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "llama"}, "does not take pictures"),
        ({"model_type": "nonsense"}, "not an image-text-to-text model"),
        ({"model_type": "mine", "auto_map": {"AutoConfig": "mine.Config"}}, "code of its own"),
    ],
)
def test_a_model_that_would_not_run_is_told_with_the_reason(
    config: dict[str, object], said: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert said in " ".join(check(str(tmp_path), CPU, None, USUAL).trouble)


# --- fetching


def test_offline_nothing_is_fetched_and_the_reason_is_clear(cache: Path) -> None:
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE is set"):
        fetch("Qwen/Qwen3.5-4B")


def test_without_network_fetching_says_what_to_do(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def fail(*_: object, **__: object) -> str:
        raise OSError("We couldn't connect to the hub")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(ModelError, match=r"couldn't connect .*locution models get lab/other"):
        fetch("lab/other@v1")


def test_what_was_fetched_is_pinned_and_has_weights(cache: Path) -> None:
    snapshot = cache / "models--lab--tiny" / "snapshots" / ("c" * 40)
    assert ("c" * 40, True) == (folder_facts(snapshot).revision, folder_facts(snapshot).complete)
    with pytest.raises(ModelError, match="no safetensors"):
        folder_facts(cache / "models--lab--half" / "snapshots" / ("c" * 40))


# --- the commands


def test_the_list_names_every_model_the_machine_and_what_is_cached(cache: Path) -> None:
    shown = CliRunner().invoke(locution, ["models"])
    assert 0 == shown.exit_code, shown.output
    assert [] == [known.id for known in KNOWN if f"hub:{known.id}" not in shown.output]
    assert "This machine:" in shown.output
    assert "auto is" in shown.output
    assert "Also cached: lab/half, lab/tiny." in shown.output


def test_check_ends_with_its_verdict_and_status(cache: Path) -> None:
    good, bad = (CliRunner().invoke(locution, ["models", "check", name]) for name in ("lab/tiny", "lab/none"))
    assert (0, 1) == (good.exit_code, bad.exit_code), good.output + bad.output
    assert "It would run here." in good.output
    assert "no: Model 'lab/none' could not be loaded" in bad.output


def test_get_offline_is_one_sentence_and_exit_2() -> None:
    locution = Path(sys.executable).parent / "locution"
    done = subprocess.run([locution, "models", "get", "lab/tiny"], capture_output=True, text=True)
    assert 2 == done.returncode
    assert "HF_HUB_OFFLINE is set" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_is_aligned_and_cuts_nothing() -> None:
    assert "a    bcd\nxyz  e" == table([("a", "bcd"), ("xyz", "e")])


def test_a_model_on_a_server_is_checked_with_one_small_picture() -> None:
    with Running() as server:
        server.plan(answer=json.dumps(PICTURE_ANSWER), refuses=["json_schema"], thinks=True)
        done = CliRunner().invoke(locution, ["models", "check", f"remote:{server.base}#tiny"])
        assert (0, 2) == (done.exit_code, len(server.seen()["requests"])), done.output
        assert "serves:        tiny" in done.output
        assert "1 claim" in done.output and "held to:       JSON" in done.output
        assert "thinking:      switched off" in done.output


def test_what_is_wrong_with_a_server_is_said() -> None:
    with Running() as server:
        server.plan(faults=[{"kind": "status", "status": 404, "message": "no model 'other'"}])
        done = CliRunner().invoke(locution, ["models", "check", f"remote:{server.base}#other"])
        assert done.exit_code == 1
        assert "no model 'other'" in done.output and "'other' is none of the models it serves." in done.output
    gone = CliRunner().invoke(locution, ["models", "check", f"remote:{server.base}#tiny"])
    assert gone.exit_code == 1 and "cannot be reached" in gone.output
    formless = CliRunner().invoke(locution, ["models", "check", "remote:somewhere"])
    assert formless.exit_code == 1 and "remote:<base url>#<model>" in formless.output


@pytest.mark.parametrize("name", ["builtin", "measured"])
def test_models_that_ship_are_checked_too(name: str) -> None:
    done = CliRunner().invoke(locution, ["models", "check", name])
    assert done.exit_code == 0 and "It would run here." in done.output, done.output
