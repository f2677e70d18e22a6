"""Modules from outside, which register formats, claim kinds, languages or models when they are imported.

LOCUTION_PLUGINS names them. Every process loads them once, as it starts: the command line, the web server, workers, and
the sandbox's own process. They must be installed, or lie in a folder of PYTHONPATH.
"""

from __future__ import annotations

import importlib
import os

from renderer.values.errors import LocutionError

VARIABLE = "LOCUTION_PLUGINS"


class PluginError(LocutionError):
    """A module of LOCUTION_PLUGINS that cannot be loaded: the installation is at fault, not a file."""


def load_plugins() -> None:
    """Import the modules that LOCUTION_PLUGINS names between commas. Raises PluginError."""
    for name in os.environ.get(VARIABLE, "").replace(",", " ").split():
        try:
            importlib.import_module(name)
        except Exception as exc:
            found = f"{VARIABLE} names '{name}', which cannot be loaded ({type(exc).__name__}: {exc})."
            raise PluginError(f"{found} Install it, or put its folder into PYTHONPATH.") from exc
