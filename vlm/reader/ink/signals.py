"""A signal row measured in its picture: its traced heights, and what is marked beside it of its file, put through the
very measurement that files are put through.

Of the file only three levels are known, as a person sees them: the median, what 99 % stay below, and from where a
stretch stands out. What the measurement asks of a file beside that is guessed from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from renderer.assays.labels import is_minus, strand_of
from renderer.assays.names import assay_of, is_signed
from renderer.measure.signal import LEAST_DOMAIN, About, measure_signal
from renderer.measure.spans import COLUMNS as SHARES
from renderer.measure.spans import HEIGHT, NOISE, SEEN, find_spans
from renderer.measure.updown import FOLD, REACH
from renderer.values.background import QUANTILES, Background, BinMeans
from renderer.values.evidence import SignalEvidence
from renderer.values.layout import FileMarks
from renderer.values.region import Region
from renderer.values.track import Track
from vlm.claims.forms import COUNT
from vlm.claims.registry import kinds
from vlm.claims.stating import track_claims
from vlm.reader.ink.heights import trace_heights
from vlm.reader.ink.picture import Floats, Picture
from vlm.values.claim import Claim

COLUMNS = 1000
"""Heights are measured in as many columns as signals are drawn from, or fewer, if the picture has fewer pixels."""

SHARED = ("shared scale", "file's scale", "scale of ")
"""Remarks of rows whose axis is not their own."""

MEAN, TAIL = 0.1, (2.0, 4.0)
"""Guesses: the mean of a file over its median, in its 99 % level, and what 99.9 and 99.99 % of it stay below."""

ROUNDS = 2
"""The level that stands out hangs on the ground of the window, and that on what stands out."""


@dataclass(frozen=True)
class Seen:
    """What a picture shows of one signal: its heights (file units) in equal columns, and what was measured of them."""

    columns: Floats
    evidence: SignalEvidence


def measure_ink(picture: Picture, track: Track, region: Region) -> Seen | None:
    """What the picture shows of a signal; None where it cannot be measured: no axis, a mean of overlaid files."""
    box, heights = picture.box, trace_heights(picture)
    if heights is None or box.vmin is None or box.vmax is None or track.combine == "overlay":
        return None
    columns = heights.in_columns(COLUMNS)
    down = is_minus(track) or box.vmax <= 0
    row = assay_of(track)
    least = row.least_domain if row else LEAST_DOMAIN
    depths = np.clip(-columns if down else columns, 0, None)
    top = _top(depths, picture, track)
    file = _background(box.file, depths, region, least, top) if box.file else None
    about = About(
        file.mirrored() if file and down else file,
        None,
        True,
        least,
        top,
        is_signed(track),
        down,
        bool(row and row.graded),
    )
    zero = min(1.0, max(0.0, box.share(0.0)))
    drawn = np.array([box.share(one) for one in columns.tolist()]) - zero
    found = measure_signal(columns, region, -zero, 1.0 - zero, about, drawn)
    return Seen(columns, replace(found, vmin=box.vmin, vmax=box.vmax))


def _top(depths: Floats, picture: Picture, track: Track) -> float:
    """What spans are judged by (`renderer.figure.scales`): a row's own height where its axis, as is printed, is that of
    others, of the file or of both strands, else the end of the axis; on a logarithmic one low spans are seen as well.
    """
    box = picture.box
    assert box.vmin is not None
    assert box.vmax is not None
    own = any(words in (box.detail or "") for words in SHARED) or strand_of(track) in ("+", "-")
    top = float(depths.max()) if own else max(-box.vmin, box.vmax)
    return float((2 ** (SEEN * np.log2(1 + top)) - 1) / SEEN) if box.log else top


def _background(marks: FileMarks, depths: Floats, region: Region, least: int | None, top: float) -> Background | None:
    """A file that has the levels that are marked; its noise is such that what is marked to stand out just does."""
    median, high, stands_out = (abs(one) for one in (marks.median, marks.high, marks.stands_out))
    if not 0 < high or not depths.max():
        return None
    stretch, floor = 0.01 * region.span, top / REACH
    ground = max(min(median, float(np.median(depths))), floor)
    for _ in range(ROUNDS):
        ground = min(ground, stands_out / FOLD)  # nothing stands out that is not so much over it
        due = float(_earned(stretch, stands_out, ground))
        file = _file(median, high, due, region, len(depths))
        told = find_spans(depths, region, file, least_domain=least, top=top).least
        grounds = np.geomspace(floor, max(told / FOLD, 1.01 * floor), 400)
        ground = float(grounds[np.abs(_earned(stretch, told, grounds) - due).argmin()])
    return file


def _earned(stretch: float, level: float, ground: float | Floats) -> Floats:
    """What a stretch (bp) at a level earns over its ground (`renderer.measure.spans`)."""
    earned: Floats = np.asarray(stretch * (level * np.log(level / ground) - level + ground))
    return earned


def _file(median: float, high: float, due: float, region: Region, columns: int) -> Background:
    """A file of these levels in which a span must earn `due`: so its bins of a kilobase are no higher than that."""
    least, most = SHARES
    reach = min(max(HEIGHT, least * region.span), most * region.span)
    rows = [_row(round(region.span / columns) or 1, median, high), _row(1_000, median, min(high, due / reach))]
    large = 10**10
    levels = tuple(sorted(rows, key=lambda one: one.width))
    return Background(levels, due / NOISE, 0.0, TAIL[1] * high, large, large, large, 1, 1.0, 0.0, None)


def _row(width: int, median: float, high: float) -> BinMeans:
    known = (0.0, 0.5, 0.99, 0.999, 0.9999), (0.0, median, high, TAIL[0] * high, TAIL[1] * high)
    levels = tuple(float(one) for one in np.interp(QUANTILES, *known))
    return BinMeans(width, 1, median + MEAN * max(0.0, high - median), max(0.0, high - median), levels)


def say(found: SignalEvidence, track: int, region: Region) -> Sequence[Claim]:
    """What a row shows by itself, of what the model has words for; but not how many peaks there are, which hangs on the
    faintest of them."""
    words = {kind.name for kind in kinds() if kind.tokens and kind.tracks == ("signal",) and kind.value is not COUNT}
    claims = track_claims(track, found, region)
    return [replace(claim, source="model") for claim in claims if claim.kind in words]
