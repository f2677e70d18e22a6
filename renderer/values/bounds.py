"""How large and in what form figures may be. Those who ask (forms, commands, jobs) and those who draw hold to these."""

from __future__ import annotations

THEME_NAMES = ("ucsc", "washu")
"""The looks of a figure: `renderer.figure.style` has them."""

FIGURE_FORMATS = ("png", "svg", "pdf")

DPI = 100
"""Pixels per inch of a PNG for the page and the model; the unit of all lengths."""

LEAST_DPI, MOST_DPI = 50, 600
"""Below, text is unreadable; above, a figure takes a gigabyte of memory."""

LEAST_WIDTH, MOST_WIDTH = 600, 3000
"""Pixels of a page at 100 per inch: less leaves no room beside the labels, more fits no screen or paper."""

LEAST_HEIGHT, MOST_HEIGHT = 16, 400
"""Pixels of a track: less cannot be read, more fits no screen."""

MOST_TRACKS = 40
"""A taller figure fits no page, and no model reads it."""

MOST_PANELS = 12
"""More loci side by side are no figure, but several."""

MOST_PICTURE_BYTES = 40_000_000
"""Of a screenshot that is taken in place of tracks; a usual one has a hundredth."""
