"""Training strips of rows that are no signals: intervals, links and contact maps, simulated, drawn by the real
renderer, cut by the Layout, labelled by `renderer.measure.rows` and `renderer.measure.contacts`.

With `simulate` and `scene_strips` the only part of vlm that imports the renderer's drawing. See
`shards` for what a shard holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from renderer.figure.page import Page
from renderer.figure.rows.contacts import contact_row
from renderer.figure.rows.kinds import Row, interval_row, link_row
from renderer.figure.style import Theme
from renderer.measure.contacts import measure_contacts
from renderer.measure.rows import measure_intervals, measure_links
from renderer.values.evidence import TrackEvidence
from renderer.window.contacts import ContactMap
from renderer.window.intervals import Interval, Link
from vlm.reader import strips
from vlm.reader.training import contact_maps
from vlm.reader.training.shards import Drawn, Sink
from vlm.reader.training.simulate import WINDOW, Rng, random_color, random_theme, raster

PER_PAGE = 16
WORDS = ("peak_{}", "Domain {}", "CTCF", "Tss", "Enh", "ReprPC", "MACS_{}", "loop{}", "", "", "TAD{}", "Quies")
"""Names as BED files carry them."""

DrawnRow = tuple[Row, TrackEvidence]


def _edges(low: float, high: float) -> tuple[int, int]:
    """Shares of the window as positions, at least one base apart."""
    start = WINDOW.start + int(low * WINDOW.span)
    return start, max(start + 1, WINDOW.start + int(high * WINDOW.span))


def _scattered(rng: Rng, most: int) -> list[tuple[int, int]]:
    """Peaks, genes, domains: a few boxes of like width anywhere, some cut by the window's edges."""
    typical = 10 ** rng.uniform(-3.7, -0.6)
    spans = []
    for _ in range(rng.integers(0, most + 1)):
        middle, width = rng.uniform(-0.05, 1.05), typical * rng.lognormal(0, rng.uniform(0.05, 0.9))
        spans.append(_edges(max(0.0, middle - width / 2), min(1.0, middle + width / 2)))
    return [span for span in spans if span[0] < WINDOW.end]


def _clustered(rng: Rng) -> list[tuple[int, int]]:
    """Peaks in clumps: neighbours that run into one box."""
    spans = []
    for _ in range(rng.integers(1, 8)):
        centre = rng.uniform(0, 1)
        for _ in range(rng.integers(1, 9)):
            middle = min(0.999, max(0.0, rng.normal(centre, 0.01)))
            spans.append(_edges(middle, min(1.0, middle + 10 ** rng.uniform(-3.5, -2))))
    return spans


def _tiles(rng: Rng) -> list[tuple[int, int]]:
    """TADs, chromatin states: boxes side by side, here and there a gap."""
    cuts = np.sort(rng.uniform(0, 1, rng.integers(2, 40) if rng.random() < 0.6 else rng.integers(40, 200)))
    gap = rng.choice([0.0, 0.0, 0.05, 0.5])
    pairs = zip(np.concatenate([[0.0], cuts]), np.concatenate([cuts, [1.0]]), strict=True)
    return [_edges(low, high) for low, high in pairs if rng.random() >= gap]


def draw_intervals(rng: Rng, number: int, theme: Theme) -> DrawnRow:
    """One row of intervals."""
    items = _dress(rng, sorted(_spans(rng)))
    return interval_row(number, "", items, WINDOW, random_color(rng), theme), measure_intervals(items, WINDOW)


def _spans(rng: Rng) -> list[tuple[int, int]]:
    pick = rng.random()
    if pick < 0.65:
        return _scattered(rng, 14 if pick < 0.55 else 60)
    return _clustered(rng) if pick < 0.8 else _tiles(rng)


def _dress(rng: Rng, spans: Sequence[tuple[int, int]]) -> list[Interval]:
    """Names, strands, colours, scores and summits as some files have them and others have not."""
    word, strands, scored = str(rng.choice(WORDS)), rng.random() < 0.3, rng.random() < 0.3
    palette = [random_color(rng) for _ in range(rng.integers(2, 9))] if rng.random() < 0.3 else []
    summits = rng.random() < 0.2
    return [
        Interval(
            start,
            end,
            word.format(number),
            str(rng.choice(["+", "-"])) if strands else ".",
            color=str(rng.choice(palette)) if palette else None,
            summit=int(rng.integers(start, end)) if summits else None,
            score=float(rng.integers(0, 1001)) if scored else None,
        )
        for number, (start, end) in enumerate(spans)
    ]


def draw_links(rng: Rng, number: int, theme: Theme) -> DrawnRow:
    """One row of arcs: loops between a few anchors, or anywhere; some leave the window."""
    anchors = rng.uniform(0, 1, rng.integers(2, 12))
    most = rng.choice([4, 12, 12, 40])
    links = []
    for _ in range(rng.integers(0, most + 1)):
        one, two = np.sort(rng.choice(anchors, 2, replace=False) if rng.random() < 0.6 else rng.uniform(-0.2, 1.2, 2))
        width = 10 ** rng.uniform(-3.3, -1.7)
        sides = [int((foot - width / 2) * WINDOW.span) for foot in (one, two)]
        size = max(1, int(width * WINDOW.span))
        if sides[0] > 0:
            links.append(Link(sides[0], sides[0] + size, sides[1], sides[1] + size, float(rng.lognormal(1, 1))))
    links = [link for link in links if link.start1 < WINDOW.end or link.start2 < WINDOW.end]
    return link_row(number, "", links, WINDOW, random_color(rng), theme), measure_links(links, WINDOW)


def draw_contacts(rng: Rng, number: int, theme: Theme) -> DrawnRow:
    """One triangle of a simulated contact map."""
    counts = contact_maps.simulate_map(rng)
    bins = len(counts)
    edges = np.linspace(WINDOW.start, WINDOW.end, bins + 1).astype(np.int64)
    found = ContactMap(edges, counts, balanced=False, resolution=WINDOW.span // bins)
    return contact_row(number, "", found, WINDOW, theme), measure_contacts(found, WINDOW)


def draw_rows(rng: Rng, kind: str, sink: Sink) -> None:
    """One page of rows of a kind in a random look; their strips, with evidence in WINDOW, go to `sink`."""
    theme = random_theme(rng)
    makers: dict[str, Callable[[int], DrawnRow]] = {
        "intervals": lambda number: draw_intervals(rng, number, theme),
        "links": lambda number: draw_links(rng, number, theme),
        "contacts": lambda number: draw_contacts(rng, number, theme),
    }
    drawn = [makers[kind](number) for number in range(1, PER_PAGE + 1)]
    page = Page([row for row, _ in drawn], WINDOW, "", theme)
    picture = raster(page)
    for row, found in drawn:
        sink.add(Drawn(strips.cut_ink(picture, page.layout, row.track, kind), found, WINDOW))


def write_row_shard(path: Path, kind: str, seed: int, size: int) -> None:
    """Draw one shard of strips of a kind. The same seed gives the same shard."""
    rng, sink = np.random.default_rng(seed), Sink()
    while len(sink) < size:
        draw_rows(rng, kind, sink)
    sink.write(path, size)
