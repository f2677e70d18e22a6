"""The models a reading worker holds: loaded once, kept between batches.

Small models stay; of the large ones one at a time, because two may not fit into a GPU's memory.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from typing import TYPE_CHECKING

from vlm.models.loading import find_family, load_captioner, resolve
from vlm.values.captioner import ModelError

if TYPE_CHECKING:
    from vlm.values.captioner import Captioner, Loader

log = logging.getLogger(__name__)

FAILURE_SECONDS = 60.0
"""A model that could not be loaded is not tried again for this long: each try may wait for a network."""


class Models:
    """Captioners by name. `load` makes one; tests give their own."""

    def __init__(self, load: Loader = load_captioner) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._held: dict[str, Captioner] = {}
        self._failed: dict[str, tuple[float, ModelError]] = {}

    def get(self, name: str) -> Captioner:
        """The captioner of this name. Raises ModelError with what to do, for a minute without trying anew."""
        name = resolve(name)
        with self._lock:
            if name not in self._held:
                when, error = self._failed.get(name, (0.0, None))
                if error is not None and time.monotonic() - when < FAILURE_SECONDS:
                    raise error
                self._make_room(name)
                self._held[name] = self._try(name)
            return self._held[name]

    def _make_room(self, name: str) -> None:
        large = [other for other in self._held if _is_large(other)] if _is_large(name) else []
        for other in large:
            log.info("%s makes room for %s", other, name)
            del self._held[other]
        if large:
            gc.collect()

    def _try(self, name: str) -> Captioner:
        began = time.monotonic()
        try:
            found = self._load(name)
        except ModelError as error:
            self._failed[name] = (time.monotonic(), error)
            raise
        except Exception as error:
            log.exception("cannot load %s", name)
            failure = ModelError(f"The model {name} cannot be loaded ({type(error).__name__}: {error}).")
            self._failed[name] = (time.monotonic(), failure)
            raise failure from error
        log.info("loaded %s in %.1f s", name, time.monotonic() - began)
        return found


def _is_large(name: str) -> bool:
    family = find_family(name)
    return family is not None and family.large
