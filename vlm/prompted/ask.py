"""What a job asks of a reading, and what of it a model is shown. Only a prompted model is told anything in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from renderer.values.evidence import Evidence
from renderer.values.track import Scene
from vlm.claims.registry import kinds
from vlm.claims.stating import state
from vlm.prompted.labels import clean
from vlm.values.captioner import Captioner, Figure
from vlm.words.caption import statement
from vlm.words.english.language import English
from vlm.words.languages import codes

Facts = Literal["none", "brief"]
Words = Literal["ours", "model"]

MOST_FACTS = 24
"""Facts in a prompt; a figure of more tracks is told of the upper ones."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read. `facts`: measured facts a prompted model is told. `words`: whose sentences are printed, ours or,
    where all of a sentence checks out, the model's in `language`. `repair`: how often the model is asked again with
    what did not hold (0 or 1)."""

    facts: Facts = "none"
    words: Words = "ours"
    language: str = "en"
    repair: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError that says what is valid."""
        for name, valid in {**_VALID, "language": codes()}.items():
            if getattr(self, name) not in valid:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it may be {' or '.join(map(str, valid))}.")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReadOptions:
        """From a job's options; what it does not know is left alone. Raises ValueError."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})

    def to_json(self) -> dict[str, Any]:
        """The inverse of `from_json`."""
        return asdict(self)


_VALID: dict[str, tuple[Any, ...]] = {
    "facts": get_args(Facts),
    "words": get_args(Words),
    "repair": (0, 1),
}


def show(captioner: Captioner, figure: Figure, options: ReadOptions) -> Figure:
    """The figure as a model gets it: with the annotation, without the measurements its claims are held against."""
    ask = replace(figure.ask, language=options.language)
    if options.facts == "brief" and captioner.info.prompted:
        ask = replace(ask, facts=brief_facts(figure))
    if captioner.info.measures or figure.evidence is None:
        return replace(figure, ask=ask)
    return replace(figure, ask=ask, evidence=Evidence(figure.region, dict(figure.evidence.gene_tracks())))


def brief_facts(figure: Figure) -> tuple[str, ...]:
    """One measured fact of each track in English words, the first that applies: where to look, too little for a
    caption."""
    names = [kind.name for kind in kinds() if kind.brief]
    claims = state(figure)
    scene = quoted(figure.scene)
    facts = []
    for track in figure.scene.tracks:
        own = [claim for claim in claims if claim.tracks == (track.number,)]
        first = next((claim for name in names for claim in own if claim.kind == name and not claim.value), None)
        if first is not None:
            facts.append(English(figure.region).entry(statement(first, scene)))
    return tuple(facts[:MOST_FACTS])


def quoted(scene: Scene) -> Scene:
    """The scene with labels a prompt may hold."""
    return replace(scene, tracks=tuple(replace(track, label=clean(track.label)) for track in scene.tracks))
