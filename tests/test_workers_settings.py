"""Settings: read from the environment, refused with a sentence, handed on to children."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.settings import MOST_SOCKET_PATH, Settings, SettingsError, unknown

NUMBERS = {row.name: row.metadata for row in dataclasses.fields(Settings) if isinstance(row.default, int)}


def test_an_empty_environment_gives_a_service_for_this_machine_only() -> None:
    settings = Settings.from_env({})
    assert settings.embedded_broker
    assert settings.host == "127.0.0.1"
    assert settings.database.startswith("sqlite:///")


@given(st.fixed_dictionaries({name: st.integers(row["least"], row["most"]) for name, row in NUMBERS.items()}))
def test_a_child_gets_the_settings_of_its_parent(numbers: dict[str, int]) -> None:
    settings = Settings(data=Path("somewhere/else"), database_url="postgresql://u:p@h/d", **numbers)  # type: ignore[arg-type]
    assert settings == Settings.from_env(settings.environment())


@pytest.mark.parametrize(
    ("variable", "text", "reason"),
    [
        ("LOCUTION_PORT", "eighty", "whole number"),
        ("LOCUTION_PORT", "70000", "from 1 to 65535"),
        ("LOCUTION_READ_BATCH", "0", "from 1 to"),
        ("LOCUTION_MODEL", "gpt", "builtin, measured"),
        ("LOCUTION_BROKER_URL", "localhost", "redis://"),
        ("LOCUTION_DATABASE_URL", "mysql://x/y", "postgresql"),
    ],
)
def test_a_bad_value_is_refused_with_its_variable_and_what_is_valid(variable: str, text: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({variable: text})
    assert variable in str(caught.value)
    assert text in str(caught.value)
    assert reason in str(caught.value)


def test_a_misspelt_variable_is_found() -> None:
    assert ["LOCUTION_PROT"] == unknown({"LOCUTION_PROT": "1", "LOCUTION_PORT": "1", "HOME": "/"})


def test_the_table_lists_every_setting_and_masks_passwords() -> None:
    table = Settings(database_url="postgresql+psycopg://me:secret@db/locution").table()
    assert [row.name for row in dataclasses.fields(Settings)] == [row[0][len("LOCUTION_") :].lower() for row in table]
    assert all(meaning for _, _, _, meaning in table)
    assert "secret" not in str(table)
    assert "postgresql+psycopg://me:***@db/locution" in str(table)


@given(st.text("ab/% é", min_size=1, max_size=150))
def test_the_broker_socket_fits_the_kernel_wherever_the_data_lies(name: str) -> None:
    settings = Settings(data=Path("/somewhere") / name.replace("/", "_"))
    assert len(str(settings.broker_socket).encode()) <= MOST_SOCKET_PATH
    assert settings.broker_socket == Settings(data=settings.data).broker_socket


def test_two_data_folders_with_long_paths_have_two_sockets(tmp_path: Path) -> None:
    long = "x" * 120
    assert Settings(data=tmp_path / long / "a").broker_socket != Settings(data=tmp_path / long / "b").broker_socket
