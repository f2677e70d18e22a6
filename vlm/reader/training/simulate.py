"""Training data: signals, simulated or from real bigWigs, drawn by the real renderer, cut by the Layout, labelled by
`renderer.measure.signal`. No one annotates anything.

With `simulate_rows` the only part of vlm that imports the renderer's drawing. See `data` for what a shard holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderer.assays.table import ASSAYS
from renderer.figure.page import Page
from renderer.figure.rows.kinds import Row, signal_row
from renderer.figure.style import THEMES, Theme
from renderer.measure.signal import ENVELOPE, drawn_heights, measure_signal
from renderer.values.evidence import SignalEvidence
from renderer.values.region import Region
from renderer.window.signal import COLUMNS, Columns, read_columns, value_range
from vlm.reader import strips, tokens
from vlm.reader.training import textures

SHARD = 1024
LABEL_COLUMNS = COLUMNS
PER_PAGE = 16
WINDOW = Region("chr1", 0, 1_000_000)
"""Where simulated columns are drawn; the model never sees positions, only bins."""

REAL_SHARE = 0.4
"""Share of strips from real files, where there are any."""

Rng = np.random.Generator


@dataclass(frozen=True)
class RealFile:
    """A file with the stretch of it that has data."""

    path: Path
    region: Region


def real_files(scenes: Path, held_out: Sequence[str], kinds: Sequence[str] = ("bigwig",)) -> list[RealFile]:
    """The files of these types in a scenes.json whose path contains none of `held_out`, gene annotation left out, each
    with the widest window it is shown in."""
    widest: dict[Path, Region] = {}
    for scene in json.loads(scenes.read_text()):
        chrom, _, span = scene["region"].partition(":")
        start, end = (int(part) for part in span.split("-"))
        for track in scene["tracks"]:
            path = scenes.parent / track["file"]
            held = any(name in track["file"] for name in held_out)
            if track["type"] not in kinds or track.get("kind") == "genes" or held:
                continue
            before = widest.get(path)
            low, high = (min(start, before.start), max(end, before.end)) if before else (start, end)
            widest[path] = Region(chrom, low, high)
    return [RealFile(path, region) for path, region in sorted(widest.items())]


def _real_columns(rng: Rng, file: RealFile) -> Columns:
    """A random window of a random zoom of a real file, turned round at random."""
    largest = file.region.span
    span = int(min(largest, 10 ** rng.uniform(np.log10(20_000), np.log10(max(largest, 20_001)))))
    start = file.region.start + int(rng.uniform(0, max(1, largest - span)))
    columns = read_columns(file.path, Region(file.region.chrom, start, start + span), LABEL_COLUMNS)
    if np.isfinite(columns).any() and -np.nanmin(columns) > np.nanmax(columns):
        columns = -columns
    return columns[::-1] if rng.random() < 0.5 else columns


def _limits(rng: Rng, columns: Columns) -> tuple[float, float]:
    """Autoscale mostly; else a shared scale the track does not fill, or a fixed one that clips it."""
    low, high = value_range([np.clip(columns, 0, None)])
    pick = rng.random()
    if pick < 0.14:
        high *= 10 ** rng.uniform(0.05, 1.6)
    elif pick < 0.20:
        high *= rng.uniform(0.3, 0.95)
    return low, high


def draw_strips(rng: Rng, files: Sequence[RealFile]) -> tuple[list[strips.Ink], list[Columns], list[float]]:
    """One page of tracks in a random look; their strips, columns (file units) and drawn maxima."""
    theme = random_theme(rng)
    rows: list[Row] = []
    kept: list[tuple[Columns, float]] = []
    for number in range(PER_PAGE):
        real = bool(files) and rng.random() < REAL_SHARE
        columns = (
            _real_columns(rng, files[int(rng.integers(len(files)))])
            if real
            else textures.draw_texture(rng, LABEL_COLUMNS)
        )
        if rng.random() < 0.01:
            columns = np.full(LABEL_COLUMNS, np.nan)
        limits = _limits(rng, columns)
        kept.append((columns, limits[1]))
        color = random_color(rng)
        down = rng.random() < 0.1
        signed, scale = (-columns, (-limits[1], -limits[0])) if down else (columns, limits)
        rows.append(signal_row(number + 1, "", signed, WINDOW, scale, color, theme))
    page = Page(rows, WINDOW, "", theme)
    image = raster(page)
    ink = [strips.cut_strip(image, page.layout, box.track) for box in page.layout.tracks]
    return ink, [columns for columns, _ in kept], [vmax for _, vmax in kept]


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


def write_shard(path: Path, seed: int, files: Sequence[RealFile], size: int = SHARD) -> None:
    """Draw one shard. The same seed and files give the same shard."""
    rng = np.random.default_rng(seed)
    ink: list[strips.Ink] = []
    columns: list[Columns] = []
    vmax: list[float] = []
    while len(ink) < size:
        page = draw_strips(rng, files)
        ink += page[0]
        columns += page[1]
        vmax += page[2]
    partial = path.with_suffix(".part")
    with partial.open("wb") as out:
        np.savez(
            out,
            ink=np.stack(ink[:size]),
            columns=np.stack(columns[:size]).astype(np.float32),
            vmax=np.array(vmax[:size], dtype=np.float32),
        )
    partial.rename(path)


def label(columns: npt.NDArray[np.float32], vmax: float) -> SignalEvidence:
    """What `renderer.measure.signal` says of one strip."""
    return measure_signal(columns.astype(float), WINDOW, 0.0, float(vmax))


def dense_target(columns: npt.NDArray[np.float32], vmax: float) -> npt.NDArray[np.float32]:
    """The drawn height in each location bin, 0 to 1: shape (LOCATIONS,). For the first stage of training."""
    heights = drawn_heights(columns.astype(float), 0.0, float(vmax))
    starts = np.arange(tokens.LOCATIONS) * len(heights) // tokens.LOCATIONS
    target: npt.NDArray[np.float32] = np.maximum.reduceat(heights, starts).astype(np.float32)
    return target


assert ENVELOPE % tokens.LOCATIONS == 0, "location bins and envelope bins must share their edges"
