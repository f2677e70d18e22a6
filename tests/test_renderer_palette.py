"""Colours of assays: told apart by whoever sees colours in another way, and seen on white paper."""

from itertools import combinations

import numpy as np
import pytest

from renderer.assays.table import ASSAYS

APART = 8.0
"""CIE76 between any two colours: under about 5 two fills look alike."""

CONTRAST = 3.0
"""WCAG 2.1, 1.4.11, for graphics on white."""

SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Machado, Oliveira and Fernandes 2009, in linear RGB, severity 1."""

COLOURS = sorted({row.color for row in ASSAYS if row.color})


def linear(colour):
    rgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.119192, 0.9503041]]
    )
    xyz = to_xyz @ rgb / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_there_are_colours_to_be_told_apart():
    assert len(COLOURS) > 10


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_are_told_apart(sight):
    seen = {colour: lab(np.clip(SIGHTS[sight] @ linear(colour), 0, 1)) for colour in COLOURS}
    alike = [(one, other) for one, other in combinations(COLOURS, 2) if np.linalg.norm(seen[one] - seen[other]) < APART]
    assert [] == alike


@pytest.mark.parametrize("colour", COLOURS)
def test_each_stands_out_from_white(colour):
    luminance = np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)
    assert 1.05 / (luminance + 0.05) >= CONTRAST
