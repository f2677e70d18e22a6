"""Contact matrices and bedGraph matrices -> files a window can be read from.

.cool, .mcool and .hic files are kept as they are; a HiCExplorer .h5 becomes a .cool. The content decides which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np

from renderer.formats.fields import interval
from renderer.formats.format import Format
from renderer.formats.table import FORMATS
from renderer.formats.text import Progress, is_missing, read_rows
from renderer.prepare.common import keep, stage
from renderer.prepare.indexed import Row, index_rows
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared
from renderer.window.contacts import DAMAGE, last_line, open_contacts
from renderer.window.cool import VALID, find_coolers, is_cooler, spread_grows

TRIED_PIXELS = 10_000
"""Pixels read at both ends of a matrix to see that the file is whole."""


SYMMETRIC = "symmetric-upper"
"""How coolers name maps that keep each pair of bins once."""


def prepare_hic(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A .hic file. Raises FormatError that says what is wrong with it."""
    with _told(name):
        return _kept(path, folder, found)


def prepare_hdf5(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A contact matrix in HDF5, whose groups decide of which format it is.

    Raises FormatError that says what the file holds and what is valid.
    """
    with _told(name):
        with h5py.File(path, "r") as file:
            form = _hdf5_format(file, name)
            if form.name != "hicexplorer":
                coolers = find_coolers(file, "", name)
                _check_coolers(coolers, name)
                warnings = _uneven(coolers)
        if form.name == "hicexplorer":
            return _converted(path, name, folder, form, report)
        kept = _kept(path, folder, form)
        return replace(kept, warnings=(*kept.warnings, *warnings))


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What libraries raise for a damaged file is said as FormatError."""
    try:
        yield
    except DAMAGE as exc:
        raise FormatError(
            name,
            f"the contact matrix cannot be read ({last_line(exc)})",
            f"It may be cut short: upload it again. {VALID}",
        ) from exc


def _hdf5_format(file: h5py.File, name: str) -> Format:
    """Which of the HDF5 formats a file is, by its groups."""
    if "intervals" in file and "matrix" in file:
        return FORMATS["hicexplorer"]
    find_coolers(file, "", name)
    return FORMATS["cool" if is_cooler(file) else "mcool"]


def _check_coolers(coolers: Mapping[int, h5py.Group], name: str) -> None:
    """Read a little of every resolution: a file that was cut, or put together wrongly, fails here and not in a
    figure."""
    for size, cooler in coolers.items():
        place = f"the map of {size:,} bp bins" if size else "the map"
        if cooler.attrs.get("storage-mode", SYMMETRIC) != SYMMETRIC:
            raise FormatError(name, f"{place} is not symmetric", "Contacts of a bin with another are one number.")
        try:
            pixels, offsets = cooler["pixels"], cooler["indexes/bin1_offset"]
            lengths = {len(pixels[column]) for column in ("bin1_id", "bin2_id", "count")} | {int(offsets[-1])}
            fits = len(lengths) == 1 and len(offsets) == len(cooler["bins/start"]) + 1
            for part in (slice(0, TRIED_PIXELS), slice(max(0, min(lengths) - TRIED_PIXELS), None)):
                fits = fits and bool((pixels["bin2_id"][part] >= pixels["bin1_id"][part]).all())
        except DAMAGE as exc:
            raise FormatError(name, f"{place} cannot be read ({last_line(exc)})", "Upload the file again.") from exc
        if not fits:
            raise FormatError(name, f"{place} is damaged: its index and its pixels do not fit", "Make it again.")


def _uneven(coolers: Mapping[int, h5py.Group]) -> tuple[str, ...]:
    """A warning that names the resolutions whose weights are not used: they leave bins less even than they were."""
    sizes = [size for size, cooler in sorted(coolers.items()) if spread_grows(cooler)]
    if not sizes:
        return ()
    which = ", ".join(f"{size:,} bp" if size else "the map" for size in sizes)
    return (f"The balancing weights of {which} leave bins less even than they were; they are not used.",)


def _converted(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    from renderer.prepare.hicexplorer import convert

    partial, target = folder / "contacts.part", folder / "contacts.cool"
    convert(path, name, partial, report)
    partial.rename(target)
    return _described(target, found)


def _kept(path: Path, folder: Path, found: Format) -> Prepared:
    return _described(keep(path, folder / f"contacts.{found.name}"), found)


def _described(target: Path, found: Format) -> Prepared:
    with closing(open_contacts(target, found.name)) as file:
        chroms, sizes = file.chroms(), file.resolutions
        plain = [size for size in sizes if not file.is_balanced(size)]
    warnings: tuple[str, ...] = ()
    if plain:
        which = "" if len(plain) == len(sizes) else f" at {', '.join(f'{size:,}' for size in plain)} bp"
        warnings = (f"The contacts{which} are not balanced: bins that were sequenced more show more of them.",)
    return Prepared(found.name, found.kind, target, chroms, True, None, warnings)


def prepare_matrix(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A bedGraph matrix: several score columns a place. Raises FormatError with the line."""
    rows: list[Row] = []
    width = 0
    for number, row in read_rows(path, name, stage(report, 0, 0.7)):
        start, end = interval(name, number, row)
        width = width or len(row)
        if len(row) != width or len(row) < 4:
            raise FormatError(name, f"there are {len(row)} columns", f"The lines before have {width}.", number)
        scores = ["nan" if is_missing(score) else score for score in row[3:]]
        _check_scores(name, number, scores)
        rows.append((row[0], start, end, "\t".join((*row[:3], *scores))))
    return index_rows(found, folder, rows, (), stage(report, 0.7, 1))


def _check_scores(name: str, number: int, scores: list[str]) -> None:
    try:
        fits = not np.isinf(np.array(scores, dtype=float)).any()
    except ValueError:
        fits = False
    if not fits:
        found = f"the scores are '{' '.join(scores)[:60]}'"
        raise FormatError(name, found, "Columns from the fourth on are numbers, or nan where there is none.", number)
