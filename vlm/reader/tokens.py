"""The language of our own model: what it may say of one strip, as tokens, and the grammar that keeps it well formed.

The first token is the question: what kind of track the strip was cut from.

    <signal>     no_data | flat | noisy                                                <eos>
    <signal>     signal  (domain L L)*  (peak L H)*  [strongest L]  count N  [low]     <eos>
    <intervals>  none | tiled | dense                                                  <eos>
    <intervals>  few  (box L L)*  count N                                              <eos>
    <links>      none | dense                                                          <eos>
    <links>      few  (arc L L)*                                                       <eos>
    <contacts>   no_data | plain                                                       <eos>
    <contacts>   domains  (boundary L)*                                                <eos>

L: one of LOCATIONS equal bins of the window, left to right. H: height in HEIGHTS classes of the drawn range.
N: a number, the last class meaning "that many or more". Things come left to right; of more than fit the tallest
(peaks), widest (boxes, arcs) or strongest (boundaries) are listed. Only arcs with both anchors in the window are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from renderer.values.region import Region

LOCATIONS = 128
HEIGHTS = 8
COUNTS = 11
MOST_PEAKS = 12
MOST_DOMAINS = 4
MOST_BOXES = 12
MOST_ARCS = 12
MOST_BOUNDARIES = 12

SPECIAL = ("<pad>", "<image>", "<start>", "<end>", "<signal>", "<eos>")
SIGNAL_WORDS = ("no_data", "flat", "noisy", "signal", "domain", "peak", "strongest", "count", "low")
ROW_SPECIAL = ("<intervals>", "<links>", "<contacts>")
ROW_WORDS = ("none", "few", "tiled", "dense", "box", "arc", "plain", "domains", "boundary")
VOCABULARY = (
    *SPECIAL,
    *SIGNAL_WORDS,
    *(f"L{n}" for n in range(LOCATIONS)),
    *(f"H{n}" for n in range(HEIGHTS)),
    *(f"N{n}" for n in range(COUNTS)),
    *ROW_SPECIAL,
    *ROW_WORDS,
)
FEW = "few"
IDS = {token: number for number, token in enumerate(VOCABULARY)}
WORDS = frozenset((*SIGNAL_WORDS, *ROW_WORDS))
L0, H0, N0 = IDS["L0"], IDS["H0"], IDS["N0"]
PAD, IMAGE, START, END, SIGNAL, EOS = (IDS[token] for token in SPECIAL)
QUESTIONS = {"signal": SIGNAL, "intervals": IDS["<intervals>"], "links": IDS["<links>"], "contacts": IDS["<contacts>"]}
"""The first token of an answer by the kind of its track: the kinds that can be read."""

_HS = frozenset(range(H0, H0 + HEIGHTS))
_NS = frozenset(range(N0, N0 + COUNTS))

MAX_LENGTH = 2 + 3 * MOST_DOMAINS + 3 * MOST_PEAKS + 2 + 2 + 1 + 1
"""Tokens of the longest well-formed answer, question and <eos> included."""


@dataclass(frozen=True)
class StripAnswer:
    """One answer in words: bins, not positions. Pairs are (first bin, last bin), but for peaks (bin, height class)."""

    state: str
    peaks: tuple[tuple[int, int], ...] = ()
    domains: tuple[tuple[int, int], ...] = ()
    boxes: tuple[tuple[int, int], ...] = ()
    arcs: tuple[tuple[int, int], ...] = ()
    boundaries: tuple[int, ...] = ()
    strongest: int | None = None
    count: int | None = None
    low: bool = False


def to_bin(position: int, region: Region) -> int:
    """The location bin of a 0-based genome position inside `region`."""
    return min(LOCATIONS - 1, max(0, (position - region.start) * LOCATIONS // region.span))


def from_bin(number: int, region: Region) -> tuple[int, int]:
    """The genome interval [start, end) of a location bin, never empty."""
    start = region.start - (-number * region.span // LOCATIONS)  # rounded up: the first position `to_bin` puts there
    end = region.start - (-(number + 1) * region.span // LOCATIONS)
    start = min(start, region.end - 1)
    return start, max(min(end, region.end), start + 1)


@dataclass(frozen=True)
class Word:
    """One word of an answer with its arguments: bins, height classes or counts as `shape` has letters (L, H, N).

    `at` is its place in the answer; `places` and `count` are its arguments by what they mean.
    """

    word: str
    shape: str
    arguments: tuple[int, ...]
    at: int

    @property
    def places(self) -> tuple[int, ...]:
        """The bins that were said."""
        return tuple(one for one, letter in zip(self.arguments, self.shape, strict=True) if letter == "L")

    @property
    def count(self) -> int | None:
        """The number that was said; COUNTS - 1 stands for that many or more."""
        return self.arguments[0] if self.shape == "N" else None


def words_of(tokens: list[int]) -> Iterator[Word]:
    """The words of a sequence that the grammar allows, left to right, without question and end."""
    at = 1
    while at < len(tokens) and tokens[at] not in (EOS, PAD):
        word = VOCABULARY[tokens[at]]
        shape = _ARGUMENTS.get(word, "")
        given = tokens[at + 1 : at + 1 + len(shape)]
        yield Word(word, shape, tuple(int(VOCABULARY[token][1:]) for token in given), at)
        at += 1 + len(shape)


def decode(tokens: list[int]) -> StripAnswer:
    """What a sequence says that the grammar allows."""
    state, *words = words_of(tokens)
    said = StripAnswer(state.word)
    for one in words:
        said = _add(said, one.word, list(one.arguments))
    return said


_PAIRS = {"peak": "peaks", "domain": "domains", "box": "boxes", "arc": "arcs"}


def _add(said: StripAnswer, word: str, arguments: list[int]) -> StripAnswer:
    if word in _PAIRS:
        name = _PAIRS[word]
        new: dict[str, Any] = {name: (*getattr(said, name), tuple(arguments))}
    elif word == "boundary":
        new = {"boundaries": (*said.boundaries, arguments[0])}
    else:  # strongest, count, low
        new = {word: arguments[0] if arguments else True}
    return replace(said, **new)


# --- the grammar

_STATES = {
    "<signal>": ("no_data", "flat", "noisy", "signal"),
    "<intervals>": ("none", "few", "tiled", "dense"),
    "<links>": ("none", "few", "dense"),
    "<contacts>": ("no_data", "plain", "domains"),
}
_ARGUMENTS = {"domain": "LL", "peak": "LH", "strongest": "L", "count": "N", "box": "LL", "arc": "LL", "boundary": "L"}
_FOLLOWERS: dict[str, dict[str, tuple[str, ...]]] = {
    "<signal>": {
        "signal": ("domain", "peak", "count"),
        "domain": ("domain", "peak", "count"),
        "peak": ("peak", "strongest"),
        "strongest": ("count",),
        "count": ("low", "<eos>"),
    },
    "<intervals>": {"few": ("box", "count"), "box": ("box", "count")},
    "<links>": {"few": ("arc", "<eos>"), "arc": ("arc", "<eos>")},
    "<contacts>": {"domains": ("boundary",), "boundary": ("boundary", "<eos>")},
}
_LIMITS = {"domain": MOST_DOMAINS, "peak": MOST_PEAKS, "box": MOST_BOXES, "arc": MOST_ARCS, "boundary": MOST_BOUNDARIES}


def allowed_next(tokens: list[int]) -> frozenset[int]:
    """The tokens the grammar allows after `tokens`, which begin with a question and are well formed so far.

    Things are said left to right, and the strongest peak is one of those listed.
    """
    if tokens[-1] in (EOS, PAD):
        return frozenset([PAD])
    question = VOCABULARY[tokens[0]]
    if len(tokens) == 1:
        return frozenset(IDS[state] for state in _STATES[question])
    at = next(i for i in range(len(tokens) - 1, 0, -1) if VOCABULARY[tokens[i]] in WORDS)
    word, given = VOCABULARY[tokens[at]], tokens[at + 1 :]
    wanted = _ARGUMENTS.get(word, "")
    if len(given) < len(wanted):
        return _argument(word, wanted[len(given)], given, tokens[:at])
    followers = _FOLLOWERS[question].get(word, ("<eos>",))
    full = tokens.count(IDS[word]) >= _LIMITS.get(word, MAX_LENGTH) or _at_end(word, given)
    return frozenset(IDS[f] for f in followers if not (f == word and full))


def _at_end(word: str, given: list[int]) -> bool:
    """Whether nothing of this kind could come after it: there is no location left."""
    return bool(given) and word != "arc" and given[0 if word != "box" else 1] == L0 + LOCATIONS - 1


def _argument(word: str, kind: str, given: list[int], before: list[int]) -> frozenset[int]:
    if kind == "H":
        return _HS
    if kind == "N":
        return _NS
    if word == "strongest":
        return frozenset(before[i + 1] for i, token in enumerate(before) if token == IDS["peak"])
    if given:  # the far end of a domain, box or arc
        return frozenset(range(given[0], L0 + LOCATIONS))
    earlier = [i for i, token in enumerate(before) if token == IDS[word]]
    first = _first_after(word, before, earlier[-1]) if earlier else L0
    return frozenset(range(min(first, L0 + LOCATIONS - 1), L0 + LOCATIONS))


def _first_after(word: str, before: list[int], at: int) -> int:
    """The leftmost location the next thing of this kind may have. Arcs may share their left anchor."""
    if word == "arc":
        return before[at + 1]
    return before[at + len(_ARGUMENTS[word].rstrip("H"))] + 1
