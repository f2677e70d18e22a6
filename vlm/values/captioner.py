"""The seam between Locution and any model that looks at figures.

A Captioner gets figures and says claims; it is never told the measurements (`measured`, the model-free baseline,
is the one exception, and says so in its name). Back ends load late: naming a model costs no torch import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from renderer.values.errors import LocutionError
from renderer.values.evidence import Evidence, Gene
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.values.claim import Claim


class ModelError(LocutionError):
    """A model that cannot be loaded or run; the text says what to do."""


@dataclass(frozen=True)
class Ask:
    """What a model that reads a prompt is asked beyond the figure; a model that reads none goes by the figure alone.

    `language` is the code of that of its sentences. `facts` are measured facts it is told, in words. `wrong` are
    statements of its first answer that did not hold, for a second one. `short` asks for less, where the first answer
    was cut off. `screenshot`: the picture comes from elsewhere, with no data behind it, so that words are all there is.
    """

    language: str = "en"
    facts: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    short: bool = False
    screenshot: bool = False


@dataclass(frozen=True)
class Figure:
    """One drawn scene as a model gets it: the PNG, where the tracks are, what they are called, the genes in view."""

    png: Path
    layout: Layout
    scene: Scene
    genes: tuple[Gene, ...] = ()
    evidence: Evidence | None = None
    ask: Ask = Ask()

    @property
    def region(self) -> Region:
        """The window that is drawn."""
        return self.scene.region


@dataclass(frozen=True)
class ModelInfo:
    """What the record says of the model. `prompted`: it is told what `Ask` says, and answers in words as well.
    `measures`: it states the measurements, so it is shown them. `small`: each of several processes may hold one, forked
    from the one that loaded it: it has no device and no threads."""

    name: str
    revision: str
    device: str
    prompted: bool = False
    measures: bool = False
    small: bool = False


@dataclass(frozen=True)
class Said:
    """One sentence in a model's own words, and the claims it says it makes; with none it is an opinion."""

    text: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class RawReading:
    """What a model said of one figure, unchecked. `error` says why there are no claims, if there are none.

    `sentences` are a prompted model's own words, in order; the claims in them are among `claims`. `failed` means that
    the figure could not be read at all, as against an answer that could not be used. `asked`: how often it was asked.
    """

    claims: tuple[Claim, ...]
    text: str | None = None
    error: str | None = None
    warnings: tuple[str, ...] = field(default=())
    failed: bool = False
    sentences: tuple[Said, ...] = ()
    asked: int = 1


class Captioner(Protocol):
    """A model that reads figures. `read` answers in the order of its input and never raises for one bad figure."""

    @property
    def info(self) -> ModelInfo: ...

    def read(self, figures: list[Figure]) -> list[RawReading]: ...


Loader = Callable[[str], Captioner]
"""From a model's name to its captioner; raises ModelError."""


CANCELLED = "Reading was cancelled before the model had answered."
"""The error of a figure that was not read because nobody wants it any more."""


CANCEL_SECONDS = 1.0
"""Between two looks at whether anybody wants it: a model asks for every word it writes."""


@runtime_checkable
class Reachable(Protocol):
    """A model that is elsewhere. `check` raises ModelError within seconds where nobody answers there: reading itself
    waits for a server that may come back."""

    def check(self) -> None: ...


@runtime_checkable
class Cancellable(Protocol):
    """A captioner that can be stopped: it asks `cancelled` now and then, from any thread. Set it before `read`."""

    cancelled: Callable[[], bool]
