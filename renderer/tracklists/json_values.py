"""What the two JSON formats (WashU datahub, IGV session) share: reading values that may be of any type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from renderer.assays.labels import strand_named
from renderer.tracklists.entries import ListedTrack, Notes, color_of, first_of, number, pixels
from renderer.values.errors import FormatError

Json = dict[str, Any]


def looks_like(text: str) -> bool:
    """Whether a text begins like JSON, and not like the head of an INI section."""
    return re.match(r"\s*(\{|\[\s*[\[\]{\"])", text) is not None


def parse(text: str, name: str) -> Any:
    """The JSON of a file. Raises FormatError with the line, also for nesting that no list has."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise FormatError(name, f"the JSON ends or breaks here ({exc.msg})", "Write valid JSON.", exc.lineno) from exc
    except RecursionError as exc:
        raise FormatError(name, "the JSON is nested too deeply", "A track is an object in a list.") from exc


def objects(value: Any, name: str, what: str) -> list[Json]:
    """A list of objects. Raises FormatError, naming the first that is none."""
    if not isinstance(value, list):
        raise FormatError(name, f"{what} is {_kind(value)}", "It must be a list of tracks.")
    for at, one in enumerate(value, 1):
        if not isinstance(one, dict):
            raise FormatError(name, f"{what}: item {at} is {_kind(one)}", "A track is an object, {...}.")
    return value


def _kind(value: Any) -> str:
    names = {list: "a list", dict: "an object", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


class Fields:
    """The settings of one object, noting which were asked for, so that the rest can be listed as ignored."""

    def __init__(self, data: Mapping[str, Any], name: str, where: str, notes: Notes) -> None:
        self.data, self.name, self.where, self.notes = data, name, where, notes
        self.used: set[str] = set()

    def get(self, key: str) -> Any:
        """The value as it is, or None."""
        self.used.add(key)
        return self.data.get(key)

    def text(self, *keys: str) -> str | None:
        """The first of these that is a text or a number."""
        self.used.update(keys)
        simple = {key: self.data[key] for key in keys if isinstance(self.data.get(key), str | int | float)}
        return first_of(simple, *keys)

    def location(self, key: str) -> str | None:
        """A path or URL, as it is written: its spaces count."""
        value = self.get(key)
        return value if isinstance(value, str) and value.strip() else None

    def number(self, key: str) -> float | None:
        """A number, or None where it is not said. Raises FormatError."""
        value = self.get(key)
        return None if value is None or value == "" else number(value, self.name, f"{self.where}: {key}")

    def pixels(self, key: str) -> int | None:
        """A height. Raises FormatError."""
        value = self.get(key)
        return None if value is None or value == "" else pixels(value, self.name, f"{self.where}: {key}")

    def color(self, key: str) -> str | None:
        """A colour; one that is none is noted."""
        value = self.get(key)
        color = None if value is None else color_of(value)
        if value is not None and color is None:
            self.notes.say(f"{self.where}: '{str(value)[:40]}' is no colour and is not used.")
        return color

    def inner(self, key: str) -> Fields:
        """The settings of an object within; empty where there is none."""
        value = self.get(key)
        return Fields(value if isinstance(value, dict) else {}, self.name, self.where, self.notes)

    def done(self) -> None:
        """Note what nobody asked for."""
        self.notes.ignore_rest(self.data, self.used, self.where)


def facts(fields: Fields) -> tuple[str | None, str | None, str | None]:
    """Assay, sample and strand from an object of metadata, whose keys are written in any case."""
    lower = {str(key).lower(): key for key in fields.data}

    def find(*names: str) -> str | None:
        return fields.text(*(lower[name] for name in names if name in lower))

    found = (
        find("assay", "antibody", "target", "mark"),
        find("sample", "cell", "biosample"),
        strand_named(find("strand")),
    )
    fields.done()
    return found


def metadata(track: ListedTrack) -> Json:
    """The inverse of `facts`."""
    said = {"assay": track.assay, "sample": track.sample, "strand": track.strand}
    return {name: value for name, value in said.items() if value}
