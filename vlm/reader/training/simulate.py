"""Training data: simulated signals, drawn by the real renderer, cut by the Layout, labelled by
`renderer.measure.signal`. No one annotates anything.

With `simulate_rows` and `scene_strips` the only part of vlm that imports the renderer's drawing. See
`shards` for what a shard holds.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from renderer.assays.table import ASSAYS
from renderer.figure.page import Page
from renderer.figure.rows.kinds import Row, signal_row
from renderer.figure.style import THEMES, Theme
from renderer.measure.signal import LEAST_DOMAIN, About, measure_signal
from renderer.values.evidence import SignalEvidence
from renderer.values.region import Region
from renderer.window.signal import COLUMNS, Columns, value_range
from vlm.reader import strips
from vlm.reader.training import textures
from vlm.reader.training.shards import Drawn, Sink

PER_PAGE = 16
WINDOW = Region("chr1", 0, 1_000_000)
"""Where simulated columns are drawn; the model never sees positions, only bins."""

LOW, CLIPPED = 0.4, 0.07
"""Share of tracks on a scale that they do not fill, and on one that clips them."""

DOWN, EMPTY = 0.1, 0.01
"""Share of tracks that hang down from zero, and of those without any value."""

Rng = np.random.Generator


def _limits(rng: Rng, columns: Columns) -> tuple[float, float]:
    """Its own scale, a shared one that it does not fill, or one that clips it."""
    low, high = value_range([np.clip(columns, 0, None)])
    pick = rng.random()
    if pick < LOW:
        high *= 10 ** rng.uniform(0.0, 1.5)
    elif pick < LOW + CLIPPED:
        high *= rng.uniform(0.3, 0.95)
    return low, high


def draw_signals(rng: Rng, sink: Sink) -> None:
    """One page of tracks in a random look; their strips go to `sink`."""
    theme = random_theme(rng)
    rows: list[Row] = []
    found: list[SignalEvidence] = []
    for number in range(1, PER_PAGE + 1):
        columns, broad = textures.draw_texture(rng, COLUMNS)
        if rng.random() < EMPTY:
            columns = np.full(COLUMNS, np.nan)
        low, high = _limits(rng, columns)
        found.append(measure_signal(columns, WINDOW, low, high, About(least_domain=LEAST_DOMAIN if broad else None)))
        down = rng.random() < DOWN
        signed, scale = (-columns, (-high, -low)) if down else (columns, (low, high))
        rows.append(signal_row(number, "", signed, WINDOW, scale, random_color(rng), theme))
    page = Page(rows, WINDOW, "", theme)
    image = raster(page)
    for row, one in zip(rows, found, strict=True):
        sink.add(Drawn(strips.cut_ink(image, page.layout, row.track), one, WINDOW))


def random_theme(rng: Rng) -> Theme:
    """One of the themes at a random width and height of its signal rows."""
    base = THEMES[str(rng.choice(list(THEMES)))]
    plot_width = int(rng.choice([500, 1000, 1000, 1000, 2000]))
    return replace(
        base,
        width=plot_width + base.label_width + base.right,
        signal_height=int(rng.choice([30, 45, 54, 60, 60, 60, 80, 120])),
    )


def random_color(rng: Rng) -> str:
    """A colour of the palette, or any that is dark enough."""
    if rng.random() < 0.3:
        return "#" + "".join(f"{rng.integers(0, 180):02x}" for _ in range(3))
    return str(rng.choice([row.color for row in ASSAYS if row.color]))


def raster(page: Page) -> Image.Image:
    """The page as a picture, without writing a file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(page.figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])


def write_shard(path: Path, seed: int, size: int) -> None:
    """Draw one shard. The same seed gives the same shard."""
    rng, sink = np.random.default_rng(seed), Sink()
    while len(sink) < size:
        draw_signals(rng, sink)
    sink.write(path, size)
