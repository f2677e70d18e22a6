"""The table of models: one row a family, and the way from a name to its captioner.

A family is one name ('builtin'), or a prefix ('hub:') before what the model is called there. Whoever names, lists or
loads models asks here; a family from outside is registered. Loads no library: back ends load when a model is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vlm.models.known_models import DEFAULT_HUB, choose
from vlm.values.captioner import Captioner, ModelError
from vlm.values.servers import Servers

Load = Callable[..., Captioner]
"""Given what stands behind the prefix ('' where the name is whole); of a family on servers, and how to use those."""

DEFAULTS = Servers()


@dataclass(frozen=True)
class Family:
    """One row. `load` makes a captioner, or raises ModelError with what to do; `help` says what it is, `usage` how it
    is written.

    `open` is what a stranger may write behind the prefix, as a pattern; None leaves it to the settings, for names that
    could open files or call servers. Of `large` families one model is held at a time: two may not fit into a GPU.
    `on_servers`: its models are elsewhere, so `load` is told how to use servers.
    """

    name: str
    load: Load
    help: str
    usage: str
    open: str | None = None
    large: bool = False
    on_servers: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the name is that of one model, not a prefix."""
        return not self.name.endswith(":")

    def names(self, model: str) -> bool:
        """Whether the model is of this family."""
        return model == self.name if self.is_whole else model.startswith(self.name) and model != self.name


_FAMILIES: dict[str, Family] = {}


def register(
    name: str,
    load: Load,
    help: str,
    usage: str | None = None,
    open: str | None = None,
    large: bool = False,
    on_servers: bool = False,
) -> Family:
    """Add a family (see `Family`; a prefix ends in ':'), from now on, in this process.

    Raises ValueError if there is one of this name.
    """
    if name in _FAMILIES:
        raise ValueError(f"There is a model '{name}' already.")
    usage = usage or (f"{name}<name>" if name.endswith(":") else name)
    _FAMILIES[name] = Family(name, load, help, usage, open, large, on_servers)
    return _FAMILIES[name]


def unregister(name: str) -> None:
    """Take a family out again. Raises KeyError if there is none of this name."""
    del _FAMILIES[name]


@contextmanager
def registered(name: str, load: Load, help: str) -> Iterator[Family]:
    """The family is known inside the block."""
    row = register(name, load, help)
    try:
        yield row
    finally:
        unregister(name)


def families() -> tuple[Family, ...]:
    """Every family, those that ship first."""
    return tuple(_FAMILIES.values())


def find_family(model: str) -> Family | None:
    """The family of a model; None for a name that none has."""
    return next((row for row in families() if row.names(model)), None)


def is_open(model: str) -> bool:
    """Whether any stranger may name this model: it opens no file and calls no server of their choice."""
    row = find_family(model)
    if row is None or row.is_whole:
        return row is not None
    return row.open is not None and re.fullmatch(row.open, model.removeprefix(row.name)) is not None


def valid_models() -> str:
    """The sentence that says which names would be right."""
    *others, last = (row.usage for row in families())
    return f"Use {', '.join(others)} or {last}."


def resolve(name: str) -> str:
    """The name of a model: 'auto' becomes the best this machine runs (logged, with the reason), others stay."""
    return choose().name if name == "auto" else name


def load_captioner(name: str, servers: Servers = DEFAULTS) -> Captioner:
    """The captioner of this name; `servers` says how models elsewhere are asked.

    Raises ModelError with the valid names, or with what the model lacks.
    """
    row = find_family(name)
    if row is None:
        raise ModelError(f"Model '{name}' is not known. {valid_models()}")
    spec = "" if row.is_whole else name.removeprefix(row.name)
    return row.load(spec, servers) if row.on_servers else row.load(spec)


# --- those that ship


def _builtin(_: str) -> Captioner:
    from vlm.models.builtin import Builtin

    return Builtin()


def _measured(_: str) -> Captioner:
    from vlm.models.measured import Measured

    return Measured()


def _auto(_: str) -> Captioner:
    return load_captioner(resolve("auto"))


def _hub(spec: str) -> Captioner:
    from vlm.models.hub import Hub

    return Hub.load(spec)


def _remote(spec: str, servers: Servers) -> Captioner:
    from vlm.models.remote import Remote

    return Remote.load(spec, servers)


register("builtin", _builtin, "Locution's own small model: looks at the drawn tracks, runs on any CPU")
register("measured", _measured, "No model: states the measurements")
register("auto", _auto, f"hub:{DEFAULT_HUB} where there is a GPU, else builtin")
register(
    "hub:",
    _hub,
    "Any Hugging Face image-text-to-text model",
    usage="hub:<Hugging Face id>[@revision]",
    open=r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?(@[\w.-]+)?",
    large=True,
)
register(
    "remote:",
    _remote,
    "A model on an OpenAI-compatible server",
    usage="remote:<base url>#<model>",
    on_servers=True,
)
