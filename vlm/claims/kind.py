"""What there is to know of one kind of claim, as one value: `Kind`. Each kind is a module of one of the rooms here.

Whoever deals with claims of every kind (the verdicts, `measured`, the prompt, the builtin reader, the score) loops over
`vlm.claims.registry` and asks the kind; nothing elsewhere lists kinds by name, but for those who put them into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Check, told
from vlm.claims.facts import Fact
from vlm.claims.forms import NOTHING, ValueForm
from vlm.claims.ground import Ground, Site
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, TrackType

Points = Literal["state", "summit", "stretch", "gene"]
"""What a claim points out that others can rest on: the one word for a track, a peak, a raised stretch, a gene."""

Form = Literal["start", "peak", "domain", "body", "link", "boundary"]
"""What a rule can take a claim for. start: a summit at a gene's start. body: signal along a gene. The others are what
they are called."""

Topic = Literal["no peak", "not", "low", "strongest", "only", "than", "broad"]
"""What words can state by themselves; `vlm.prompted.implied` knows the words."""


def said_number(claim: Claim, _all: Sequence[Claim]) -> list[float]:
    """The claim's value, if that is a number."""
    return [float(claim.value)] if isinstance(claim.value, int) and not isinstance(claim.value, bool) else []


def told_number(key: str) -> Callable[[Claim, Sequence[Claim]], list[float]]:
    """The number that the claim's value has under this key, if it has one."""

    def numbers(claim: Claim, _all: Sequence[Claim]) -> list[float]:
        number = told(claim, key)
        return [] if number is None else [number]

    return numbers


@dataclass(frozen=True)
class Token:
    """A word of the builtin reader that makes a claim of this kind. With a location, or two, the claim is of that place
    or stretch, else of the window. `value` makes the claim's value of what was said with the word, places (0-based,
    half-open intervals) or a count (an int, or {"min": int}); None for a claim without one."""

    word: str
    value: Callable[[Sequence[Any]], Any] | None = None


def count_said(said: Sequence[Any]) -> Any:
    """The value of a word that counts."""
    return said[0]


@dataclass(frozen=True)
class Kind:
    """One kind of claim.

    tracks: types of the tracks it names, in order.
    check: the verdict on a well-formed claim of measured tracks; raises `checks.Malformed` for a value that is none.
    means: what it says, in one line of a prompt; every kind that is asked has one.
    over: what its interval lies over, in a prompt's words; None for a kind that speaks of the whole window.
    value: the shape of its value, and how that is asked for and read.
    points: what it points out. rests_on: what a joined claim was made from.
    shows: what `vlm.rules` can take it for, once it is supported and the assay of its track is known.
    asked: whether a model may say it. brief: whether it can be the one fact a prompt tells of a track.
    beside: whether it is stated beside what any model says: numbers and comparisons are measured, not seen.
    says: words it can stand for; none_says: words it stands for if its value is 0. numbers: those it stands for.
    stated: claims that follow from the measurements of one track and its figure. turn: its place among those of one
        track, lower first; 0 for most, and then in the order of the registry.
    joined: claims that follow from what was said of several tracks, or from the annotation.
    placed: claims that follow from where one said peak or domain lies among the genes.
    facts: what a caption should not miss, each with its weight; of one track.
    tokens: words of the builtin reader. Its weights know a fixed vocabulary, so a new kind has none.
    symmetric: whether its two tracks may change places and it says the same.
    altered: false versions of a true claim, where those by the shape of its value and its tracks will not do
        (`vlm.score.perturbed`).
    words: templates for tables of claims by the code of a language, for kinds that languages have no words of their
        own for, as '{track}: no data'; there are {track}, {other}, {near}, {span} and {value}.
    """

    name: str
    tracks: tuple[TrackType, ...]
    check: Check
    means: str = ""
    over: str | None = None
    value: ValueForm = NOTHING
    points: Points | None = None
    rests_on: frozenset[Points] = frozenset()
    shows: tuple[Form, ...] = ()
    asked: bool = True
    brief: bool = False
    beside: bool = False
    says: frozenset[Topic] = frozenset()
    none_says: frozenset[Topic] = frozenset()
    numbers: Callable[[Claim, Sequence[Claim]], Iterable[float]] = said_number
    turn: int = 0
    stated: Callable[[Subject], Iterable[Claim]] | None = None
    joined: Callable[[Ground], Iterable[Claim]] | None = None
    placed: Callable[[Site], Iterable[Claim]] | None = None
    facts: Callable[[Subject], Iterable[Fact]] | None = None
    tokens: tuple[Token, ...] = ()
    symmetric: bool = False
    altered: Callable[[Case], Iterable[Altered]] | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_window(self) -> bool:
        """Whether it speaks of the whole window, so that its interval carries no information."""
        return self.over is None

    def can_say(self, claim: Claim, topic: Topic) -> bool:
        """Whether a claim of this kind stands for words on this topic."""
        return topic in self.says or (topic in self.none_says and claim.value == 0)
