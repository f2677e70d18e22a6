"""The table of models: one row a family, asked by whoever names, lists or loads one."""

import pytest

from service.http.model_list import choices, list_models
from vlm.models.loading import find_family, is_open, load_captioner, register, registered, valid_models
from vlm.values.captioner import Figure, ModelError, ModelInfo, RawReading
from workers.queue.held_models import Models
from workers.settings import Settings, SettingsError


class Toy:
    """Says nothing, of anything."""

    def __init__(self, spec: str) -> None:
        self.info = ModelInfo(f"toy:{spec}", "1", "cpu")

    def read(self, figures: list[Figure]) -> list[RawReading]:
        return [RawReading(()) for _ in figures]


def test_a_model_is_one_registered_row():
    with registered("toy", Toy, "A toy"):
        assert "toy:" == load_captioner("toy").info.name
        assert "remote:<base url>#<model> or toy." in valid_models()
        assert {"name": "toy", "kind": "own", "title": "A toy"} in list_models(Settings())
        assert "toy" in [one["name"] for one in choices(Settings())[0][1]]
        assert Settings().allows("toy")
        assert "toy" == Settings.from_env({"LOCUTION_MODEL": "toy"}).model
    with pytest.raises(ModelError, match="Model 'toy' is not known. Use builtin, measured"):
        load_captioner("toy")
    with pytest.raises(SettingsError, match="LOCUTION_MODEL is 'toy'. Use builtin, measured"):
        Settings.from_env({"LOCUTION_MODEL": "toy"})


def test_what_stands_behind_a_prefix_is_given_to_its_family():
    with registered("toy:", Toy, "Toys"):
        assert "toy:a/b" == load_captioner("toy:a/b").info.name
        assert {"name": "toy:<name>", "kind": "toy", "title": "Toys"} in list_models(Settings())
        assert find_family("toy:") is None


def test_a_stranger_may_not_name_a_model_of_a_prefix_that_does_not_say_what_is_safe():
    with registered("toy:", Toy, "Toys"):
        assert not is_open("toy:a")
        assert not Settings().allows("toy:a")
        assert Settings(model="toy:a").allows("toy:a")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("builtin", True),
        ("auto", True),
        ("hub:Qwen/Qwen3-VL-4B-Instruct@main", True),
        ("hub:../weights", False),
        ("hub:/etc/model", False),
        ("hub:", False),
        ("remote:http://127.0.0.1/v1#m", False),
        ("builtin ", False),
        ("", False),
    ],
)
def test_models_that_open_files_or_call_servers_are_not_open_to_strangers(name, safe):
    assert safe == is_open(name)


def test_two_families_of_one_name_are_refused():
    with pytest.raises(ValueError, match="There is a model 'builtin' already"):
        register("builtin", Toy, "Another")


def test_one_large_model_is_held_at_a_time_and_small_ones_stay():
    held = Models(Toy)
    kept, first = held.get("measured"), held.get("hub:a/b")
    assert first is held.get("hub:a/b")
    held.get("hub:c/d")
    assert kept is held.get("measured")
    assert first is not held.get("hub:a/b")
