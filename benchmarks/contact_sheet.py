"""One picture of many figures: every scene of a scenes.json, or those named, small, in columns.

    python benchmarks/contact_sheet.py scenes.json sheet.png [--theme washu] [--columns 4] [--width 480] [id ...]

What it is for: to look at all figures at once for overlaps, cut labels and empty rows. Warnings are printed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import load_scene, read_scenes

GAP = 12
"""Pixels of grey between figures."""

PAPER = "#dddddd"


def draw_all(scenes: Path, names: Sequence[str], theme: str, folder: Path) -> list[Path]:
    """Draw the scenes in turn, and print what each figure says of itself."""
    entries = read_scenes(scenes)
    pictures = []
    for name in names or list(entries):
        picture = folder / f"{name}.png"
        drawn = draw_scene(load_scene(entries[name], scenes.parent, folder / "prepared"), picture, theme)
        print(f"{name}: {'; '.join(drawn.warnings) or 'nothing to note'}")
        pictures.append(picture)
    return pictures


def shrink(path: Path, width: int) -> Image.Image:
    """The figure `width` pixels wide, with its name below."""
    with Image.open(path) as whole:
        height = round(whole.height * width / whole.width)
        small = whole.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    named = Image.new("RGB", (width, height + 14), "white")
    named.paste(small, (0, 0))
    ImageDraw.Draw(named).text((4, height + 1), path.stem, fill="#555555")
    return named


def lay_out(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """Each figure goes into the column that is shortest so far, so that the sheet is even at the bottom."""
    width = pictures[0].width
    heights = [GAP] * columns
    places = []
    for picture in pictures:
        column = heights.index(min(heights))
        places.append((GAP + column * (width + GAP), heights[column]))
        heights[column] += picture.height + GAP
    sheet = Image.new("RGB", (GAP + columns * (width + GAP), max(heights)), PAPER)
    for picture, place in zip(pictures, places, strict=True):
        sheet.paste(picture, place)
    return sheet


def main() -> None:
    """Draw, shrink, and write the sheet."""
    parser = argparse.ArgumentParser(description="One picture of many figures.")
    parser.add_argument("scenes", type=Path, help="a scenes.json")
    parser.add_argument("sheet", type=Path, help="the picture to write")
    parser.add_argument("names", nargs="*", help="ids of scenes; all if none is given")
    parser.add_argument("--theme", default="ucsc")
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--width", type=int, default=480, help="pixels of one figure")
    options = parser.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as work:
        paths = draw_all(options.scenes, options.names, options.theme, Path(work))
        lay_out([shrink(path, options.width) for path in paths], options.columns).save(options.sheet, optimize=True)


if __name__ == "__main__":
    main()
