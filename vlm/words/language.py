"""What a language is: a method for each clause, and how a sentence ends. Knows no word of any.

A language is one subclass of `Language`; `vlm.words.languages` knows which there are. A clause is said
by the method of its name (`FollowExons` by `follow_exons`), as `ast.NodeVisitor` has it. Another language may subclass
one that is there; what a language has no method for is said plainly, as the clause's name and what it holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, ClassVar

from renderer.values.region import Region
from vlm.claims.registry import find
from vlm.words.clauses.clause import Clause, Statement
from vlm.words.parts import Pair, Part, Place

Entry = str | Callable[[Any, Statement], str]
"""The words of a claim kind in a table: a template of {track}, {other}, {near}, {span} and {value}, or a function of
the language and the statement."""


class Language:
    """A caption language, ready to say what is in one window.

    `code` is its key in records, `name` what it is called in English, `own` what its readers call it. `between` stands
    between two sentences. `statements` are the words of each claim kind.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    own: ClassVar[str]
    between: ClassVar[str] = " "
    statements: ClassVar[Mapping[str, Entry]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """The words of the claim kinds are those of all modules that a language is gathered from."""
        super().__init_subclass__(**kwargs)
        known = (vars(base).get("statements", {}) for base in reversed(cls.__mro__))
        cls.statements = {kind: words for some in known for kind, words in some.items()}

    def __init__(self, region: Region) -> None:
        self.region = region

    def __call__(self, part: Part) -> str:
        """A clause, or a part of one, in words."""
        method = getattr(self, method_of(type(part)), None)
        return str(method(part)) if method else self.plain(part)

    def sentence(self, clause: Clause) -> str:
        """A clause as a finished sentence."""
        return self.close(self(clause))

    def entry(self, clause: Clause) -> str:
        """A clause as an entry of a table."""
        return self.tidy(self(clause))

    def close(self, text: str) -> str:
        """A rendered clause as a sentence, with its capital and its full stop."""
        return f"{self.tidy(text)}."

    def tidy(self, text: str) -> str:
        """A rendered clause with its spaces set."""
        return re.sub(r" +", " ", text)

    def join(self, sentences: Iterable[str]) -> str:
        """Finished sentences as one text."""
        return self.between.join(sentences)

    def size(self, text: str) -> float:
        """How long a text is: in words, or in as many words as a text of its length has in a language that parts
        them."""
        return float(len(text.split()))

    def each(self, parts: Iterable[Part | str]) -> list[str]:
        """Several parts in words; names stay as they are."""
        return [part if isinstance(part, str) else self(part) for part in parts]

    def plain(self, part: Part) -> str:
        """The name of a clause or part and what it holds, for a language that has no words for it."""
        held = (word for one in fields(part) for word in self._held(getattr(part, one.name)))
        return " ".join([type(part).__name__, *held])

    def _held(self, value: Any) -> list[str]:
        if isinstance(value, tuple):
            return [word for one in value for word in self._held(one)]
        if isinstance(value, Part):
            return [self(value)]
        return [] if value is None or isinstance(value, bool) else [str(value)]

    def worded(self, claim: Statement) -> str | None:
        """The words this language has for a claim of this kind, or the kind has of its own; None if there are none."""
        kind = find(claim.kind)
        entry = self.statements.get(claim.kind) or (kind.words.get(self.code) if kind else None)
        if not isinstance(entry, str):
            return entry(self, claim) if entry else None
        near, span = self.at(claim.middle), self.span(claim.start, claim.end)
        return entry.format(track=claim.track, other=claim.other, near=near, span=span, value=claim.value)

    def at(self, position: float) -> str:
        """A 0-based position as it is read off the axis: '5.071 Mb', or '24,297,400' in a small window."""
        base = int(position) + 1
        number, unit = _format(base, self.region)
        return f"{number}{unit}" if float(number.replace(",", "")) else f"{base:,}"

    def span(self, start: int, end: int) -> str:
        """A 0-based half-open interval: '5.07–5.12 Mb'; of one too short for two numbers its middle."""
        finer = int(self.region.span > MIDDLE)
        left, right = _format(start + 1, self.region, finer), _format(end, self.region, finer)
        return self.at((start + end) // 2) if left == right else f"{left[0]}–{''.join(right)}"

    def stretch_at(self, start: int, end: int) -> str:
        """A stretch that holds something: its middle, where it looks like a place in this window."""
        short = end - start <= PLACE_SHARE * self.region.span
        return self.at((start + end) // 2) if short else self.span(start, end)

    def window(self) -> str:
        """The window: 'chr9:5.33–5.60 Mb'."""
        region = self.region
        if region.span < FINE or region.end < 1_000_000:
            return str(region)
        ends = region.start, region.end
        digits = next(d for d in range(1, 7) if all(_is_round(end, d, region.span) for end in ends))
        return f"{region.chrom}:{region.start / 1e6:,.{digits}f}–{region.end / 1e6:,.{digits}f} Mb"


def method_of(kind: type[Part]) -> str:
    """The name of the method that says this class of clauses or parts."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


# --- numbers that are the same in every language


def length(bases: int, digits: int = 2) -> str:
    """'240 kb', '1.5 Mb', '800 bp': to so many significant digits."""
    bases = round(bases, -max(0, len(str(bases)) - digits))
    for unit, name in ((1_000_000, "Mb"), (1_000, "kb")):
        if bases >= unit:
            value = f"{bases / unit:,.3f}".rstrip("0").rstrip(".")
            return f"{value} {name}"
    return f"{bases} bp"


def fold(times: float) -> str:
    """How many times one is the other: '2.1', '14', '400'."""
    if times < 10:
        return f"{times:.1f}"
    return f"{times:.0f}" if times < 100 else f"{float(f'{times:.1g}'):,.0f}"


def ratio_of(value: float) -> str:
    """One level over another, which may be the lower: '2.5', '0.70'."""
    return f"{value:#.2g}".rstrip(".")


def quantity(value: float) -> str:
    """A level in the units of its file, to three significant digits: '27.7', '8.60', '0.184'; counts whole: '318'."""
    size = abs(value)
    if size >= 1_000 or float(size).is_integer():
        return f"{float(f'{size:.3g}') if size >= 100_000 else round(size):,.0f}"
    return f"{size:#.3g}".rstrip(".")


def below_zero(value: float) -> str:
    """A level that may lie below 0, with a minus sign then."""
    return f"{'−' * (value < 0)}{quantity(value)}"


def _is_round(position: int, digits: int, span: int) -> bool:
    """Whether so many decimals of Mb tell a position to a two-thousandth of a window."""
    return digits == 6 or abs(round(position / 1e6, digits) * 1e6 - position) <= span / 2_000


def heights_of(place: Place) -> list[str]:
    """The heights of a place, those of replicates as their range."""
    told, left = [], list(place.heights)
    for run in place.runs or (1,) * len(left):
        some, left = left[:run], left[run:]
        told.append(quantity(some[0]) if run == 1 else f"{quantity(min(some))}–{quantity(max(some))}")
    return told


def levels_of(pair: Pair) -> tuple[str, str]:
    """The levels of both sides, the range of each that has replicates: '8.20–9.00' and '2.60–2.90'."""
    if pair.high.count == pair.low.count == 1:
        return pair_of(pair.high.value, pair.low.value)
    high, low = (
        f"{quantity(side.least)}–{quantity(side.most)}" if side.count > 1 else quantity(side.value)
        for side in (pair.high, pair.low)
    )
    return high, low


def pair_of(one: float, other: float) -> tuple[str, str]:
    """Two levels that are compared, to three significant digits each; both whole if one is a count."""
    return quantity(one), quantity(other)


PLACE_SHARE = 0.01
"""A stretch of so much of the window is told as a place."""

FINE, NARROW, MIDDLE = 20_000, 1_000_000, 5_000_000
"""Windows up to these widths (bp) show positions to the base pair or nearly, in kb, in tens of kb; wider ones in
hundreds of kb."""


def grain(region: Region) -> float:
    """The base pairs that positions in a window are rounded to, a power of ten."""
    if region.span < FINE:
        return 10.0 ** max(0, math.floor(math.log10(max(1, region.span) / 200)))
    return 1e3 if region.span <= NARROW else 1e4 if region.span <= MIDDLE else 1e5


def _format(position: int, region: Region, finer: int = 0) -> tuple[str, str]:
    """A 1-based position rounded to what the window shows, or `finer` by so many digits, and its unit."""
    step = grain(region)
    if region.span < FINE:
        return f"{round(position / step) * int(step):,}", ""
    decimals = round(6 - math.log10(step)) + finer
    if region.end < 1_000_000:
        return f"{position / 1_000:.{max(0, decimals - 3)}f}", " kb"
    return f"{position / 1_000_000:,.{decimals}f}", " Mb"
