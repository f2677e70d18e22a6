"""The language of our own model: what it may say of one strip, as tokens, and the grammar that keeps it well formed.

    <bos> no_data | flat | noisy                                                  <eos>
    <bos> signal  (domain L L)*  (peak L H)*  [strongest L]  count N  [low]       <eos>

L: one of LOCATIONS equal bins of the window, left to right. H: height in HEIGHTS classes of the drawn range.
N: number of clear peaks, the last class meaning "that many or more". Peaks come left to right; of more than
MOST_PEAKS the tallest are listed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from renderer.evidence import Peak, SignalEvidence
from renderer.region import Region

LOCATIONS = 128
HEIGHTS = 8
COUNTS = 11
MOST_PEAKS = 12
MOST_DOMAINS = 4

SPECIAL = ("<pad>", "<image>", "<start>", "<end>", "<bos>", "<eos>")
WORDS = ("no_data", "flat", "noisy", "signal", "domain", "peak", "strongest", "count", "low")
VOCABULARY = (
    *SPECIAL, *WORDS,
    *(f"L{n}" for n in range(LOCATIONS)), *(f"H{n}" for n in range(HEIGHTS)), *(f"N{n}" for n in range(COUNTS)),
)  # fmt: skip
IDS = {token: number for number, token in enumerate(VOCABULARY)}
L0, H0, N0 = IDS["L0"], IDS["H0"], IDS["N0"]
PAD, IMAGE, START, END, BOS, EOS = (IDS[token] for token in SPECIAL)
_LS = frozenset(range(L0, L0 + LOCATIONS))
_HS = frozenset(range(H0, H0 + HEIGHTS))
_NS = frozenset(range(N0, N0 + COUNTS))

MAX_LENGTH = 2 + 3 * MOST_DOMAINS + 3 * MOST_PEAKS + 2 + 2 + 1 + 1
"""Tokens of the longest well-formed answer, <bos> and <eos> included."""


@dataclass(frozen=True)
class Said:
    """One answer in words: bins, not positions. `confidence` runs beside `peaks`, `domains` and the rest by name."""

    state: str
    peaks: tuple[tuple[int, int], ...] = ()
    domains: tuple[tuple[int, int], ...] = ()
    strongest: int | None = None
    count: int | None = None
    low: bool = False


def encode(evidence: SignalEvidence, region: Region) -> list[int]:
    """The tokens that describe `evidence` in full: the training target of its strip."""
    words = [BOS, IDS[evidence.state]]
    if evidence.state != "signal":
        return [*words, EOS]
    for domain in evidence.domains[:MOST_DOMAINS]:
        words += [IDS["domain"], L0 + to_bin(domain.start, region), L0 + to_bin(domain.end - 1, region)]
    for peak in _listed(evidence.salient):
        words += [
            IDS["peak"],
            L0 + to_bin(peak.summit, region),
            H0 + min(HEIGHTS - 1, int(peak.height * HEIGHTS)),
        ]
    if evidence.strongest:
        words += [IDS["strongest"], L0 + to_bin(evidence.strongest.summit, region)]
    words += [IDS["count"], N0 + min(COUNTS - 1, len(evidence.salient))]
    return [*words, *([IDS["low"]] if evidence.low_elsewhere else []), EOS]


def _listed(peaks: tuple[Peak, ...]) -> list[Peak]:
    tallest = sorted(peaks, key=lambda peak: -peak.height)[:MOST_PEAKS]
    return sorted(tallest, key=lambda peak: peak.summit)


def to_bin(position: int, region: Region) -> int:
    """The location bin of a 0-based genome position inside `region`."""
    return min(LOCATIONS - 1, max(0, (position - region.start) * LOCATIONS // region.span))


def from_bin(number: int, region: Region) -> tuple[int, int]:
    """The genome interval [start, end) of a location bin, never empty."""
    start = region.start - (-number * region.span // LOCATIONS)  # rounded up: the first position `to_bin` puts there
    end = region.start - (-(number + 1) * region.span // LOCATIONS)
    start = min(start, region.end - 1)
    return start, max(min(end, region.end), start + 1)


def decode(tokens: list[int]) -> Said:
    """The inverse of `encode` on any sequence the grammar allows."""
    words = [VOCABULARY[token] for token in tokens if token not in (BOS, EOS, PAD)]
    said = Said(words[0])
    at = 1
    while at < len(words):
        arguments = [int(word[1:]) for word in words[at + 1 : at + 3] if word[0] in "LHN" and word[1:].isdigit()]
        said, used = _add(said, words[at], arguments)
        at += 1 + used
    return said


def _add(said: Said, word: str, arguments: list[int]) -> tuple[Said, int]:
    if word == "peak":
        return replace(said, peaks=(*said.peaks, (arguments[0], arguments[1]))), 2
    if word == "domain":
        return replace(said, domains=(*said.domains, (arguments[0], arguments[1]))), 2
    if word == "strongest":
        return replace(said, strongest=arguments[0]), 1
    if word == "count":
        return replace(said, count=arguments[0]), 1
    return replace(said, low=True), 0


_STATES = frozenset(IDS[word] for word in ("no_data", "flat", "noisy", "signal"))
_ARGUMENTS = {"domain": "LL", "peak": "LH", "strongest": "L", "count": "N"}
_FOLLOWERS = {
    "signal": ("domain", "peak", "count"),
    "domain": ("domain", "peak", "count"),
    "peak": ("peak", "strongest"),
    "strongest": ("count",),
    "count": ("low", "<eos>"),
}
_LIMITS = {"domain": MOST_DOMAINS, "peak": MOST_PEAKS}


def allowed_next(tokens: list[int]) -> frozenset[int]:
    """The tokens the grammar allows after `tokens`, which begin with <bos> and are well formed so far.

    Peaks and domains are said left to right, and the strongest peak is one of those listed.
    """
    if tokens[-1] in (EOS, PAD):
        return frozenset([PAD])
    if len(tokens) == 1:
        return _STATES
    at = next(i for i in range(len(tokens) - 1, 0, -1) if VOCABULARY[tokens[i]] in WORDS)
    word, given = VOCABULARY[tokens[at]], tokens[at + 1 :]
    wanted = _ARGUMENTS.get(word, "")
    if len(given) < len(wanted):
        return _argument(word, wanted[len(given)], given, tokens[:at])
    followers = _FOLLOWERS.get(word, ("<eos>",))
    full = tokens.count(IDS[word]) >= _LIMITS.get(word, MAX_LENGTH) or (given and given[0] == L0 + LOCATIONS - 1)
    return frozenset(IDS[f] for f in followers if not (f == word and full))


def _argument(word: str, kind: str, given: list[int], before: list[int]) -> frozenset[int]:
    if kind == "H":
        return _HS
    if kind == "N":
        return _NS
    if word == "strongest":
        return frozenset(before[i + 1] for i, token in enumerate(before) if token == IDS["peak"])
    if given:  # the end of a domain
        return frozenset(range(given[0], L0 + LOCATIONS))
    earlier = [i for i, token in enumerate(before) if token == IDS[word]]
    first = before[earlier[-1] + len(_ARGUMENTS[word].rstrip("H"))] + 1 if earlier else L0
    return frozenset(range(min(first, L0 + LOCATIONS - 1), L0 + LOCATIONS))
