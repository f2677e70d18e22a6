"""Gene names of a prepared annotation: where a gene is, by symbol, accession, transcript or synonym.

An SQLite file beside the prepared rows, written once by `write_names` and asked without being read as a whole.
Files prepared without one still answer: their symbols are read from the rows.
"""

from __future__ import annotations

import difflib
import gzip
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from renderer.values.errors import FormatError

if TYPE_CHECKING:
    from renderer.annotation.genes import Annotated

FILE = "names.sqlite"
LAST = "\U0010ffff"
"""Sorts behind every name that begins as it does."""

SYMBOL, ACCESSION, SYNONYM = range(3)
"""What a name is to a gene; a symbol is believed before an accession, an accession before a synonym."""

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-._()"
"""What gene names are made of."""

ALIKE = 0.7
"""Where no name is one typing error away, names this similar (difflib's ratio) are suggested ..."""

MOST_LENGTH_DIFFERENCE = 1
"""... of almost the same length ..."""

MOST_BEGIN = 200
"""... and of the names that begin with what was typed, the shortest of this many."""

_SCHEMA = """
CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, chrom TEXT, start INTEGER, "end" INTEGER, strand TEXT);
CREATE TABLE names (key TEXT, rank INTEGER, place INTEGER, PRIMARY KEY (key, rank, place)) WITHOUT ROWID;
"""
_INSERT_PLACE = "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_NAME = "INSERT OR IGNORE INTO names VALUES (?, ?, ?)"
_FIND = """SELECT rank, name, chrom, start, "end", strand FROM names JOIN places ON place = id
           WHERE key = ? ORDER BY rank, chrom, start"""
_SYMBOLS = "SELECT DISTINCT key, name FROM names JOIN places ON place = id WHERE rank = 0 AND "
_ONE_OF, _BEGINS = "key IN (SELECT value FROM json_each(?))", f"key > ? AND key < ? LIMIT {MOST_BEGIN}"
_SAME_START = "key >= ? AND key < ? AND length(key) BETWEEN ? AND ?"
_VERSIONED = re.compile(r"^([a-z]{2,}[a-z_]*\d{5,})\.\d+(_par_y)?$")
"""Accessions with a version: ENSG00000096968.15, NM_004972.4. Clone names such as RP11-34P13.7 are not."""


@dataclass(frozen=True)
class Place:
    """Where a gene is, all isoforms taken together: 0-based, half-open."""

    name: str
    chrom: str
    start: int
    end: int
    strand: str

    def __str__(self) -> str:
        return f"{self.chrom}:{self.start + 1:,}-{self.end:,}"


class Names(Protocol):
    """What can be asked where a gene is."""

    def find(self, name: str) -> list[Place]:
        """Every place of this name, whatever its case; none if it is unknown."""

    def suggest(self, name: str, most: int = 3) -> list[str]:
        """Symbols that a person may have meant."""


class NameIndex:
    """The names of one annotation."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    def open(cls, prepared: Path) -> NameIndex:
        """The names of a prepared annotation (`Prepared.path`). Raises FormatError for a damaged index."""
        path = prepared.with_name(FILE)
        if not path.is_file():
            return cls(_from_rows(prepared))
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        return cls(database)

    def find(self, name: str) -> list[Place]:
        """Every place of this name: a symbol, else an accession or transcript (any version), else a synonym."""
        key = name.strip().casefold()
        rows = self._ask(_FIND, (key,)) or self._ask(_FIND, (_unversioned(key),))
        return [Place(*row[1:]) for row in rows if row[0] == rows[0][0]]

    def suggest(self, name: str, most: int = 3) -> list[str]:
        """Up to `most` symbols like this one, the likeliest first."""
        key = name.strip().casefold()
        if not key:
            return []
        near = dict(self._ask(_SYMBOLS + _ONE_OF, (json.dumps(list(_one_error(key))),)))
        begin = dict(self._ask(_SYMBOLS + _BEGINS, (key, key + LAST)))
        found = [begin[other] for other in sorted(begin, key=lambda other: (len(other), other))]
        found += [near[other] for other in sorted(near, key=lambda other: _unlikely(key, other))]
        return list(dict.fromkeys(found or self._similar(key, most)))[:most]

    def _similar(self, key: str, most: int) -> list[str]:
        lengths = (len(key) - MOST_LENGTH_DIFFERENCE, len(key) + MOST_LENGTH_DIFFERENCE)
        symbols = dict(self._ask(_SYMBOLS + _SAME_START, (key[:1], key[:1] + LAST, *lengths)))
        return [symbols[other] for other in difflib.get_close_matches(key, symbols, most, ALIKE)]

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _ask(self, query: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise FormatError(FILE, f"the index of gene names is damaged ({exc})", "Upload the file again.") from exc


class AllNames:
    """Several annotations, asked one after the other: the first that knows a name answers."""

    def __init__(self, indexes: Sequence[Names]) -> None:
        self._indexes = indexes

    def find(self, name: str) -> list[Place]:
        """The places in the first annotation that has the name."""
        return next((found for index in self._indexes if (found := index.find(name))), [])

    def suggest(self, name: str, most: int = 3) -> list[str]:
        """Symbols of all annotations."""
        found = (symbol for index in self._indexes for symbol in index.suggest(name, most))
        return list(dict.fromkeys(found))[:most]


def open_names(paths: Iterable[Path]) -> Names | None:
    """The names of these prepared annotations, the first first; None if there are none."""
    indexes = [NameIndex.open(path) for path in paths]
    return AllNames(indexes) if indexes else None


def write_names(folder: Path, genes: Iterable[Annotated]) -> Iterator[Annotated]:
    """Pass the genes through; when they end, their index is in `folder`, beside where their rows will be."""
    path, partial = folder / FILE, folder / f"{FILE}.part"
    partial.unlink(missing_ok=True)
    database = sqlite3.connect(partial)
    try:
        database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        with database:
            for number, gene in enumerate(genes):
                model = gene.model
                place = (number, model.name, gene.chrom, model.start, model.end, model.strand)
                _insert(database, place, gene.ids, gene.synonyms)
                yield gene
    finally:
        database.close()
    partial.rename(path)


def _insert(
    database: sqlite3.Connection, place: tuple[object, ...], ids: Sequence[str] = (), synonyms: Sequence[str] = ()
) -> None:
    number, name = place[0], str(place[1]).casefold()
    ranked = {(key, ACCESSION) for one in ids for key in (one.casefold(), _unversioned(one.casefold()))}
    ranked |= {(one.casefold(), SYNONYM) for one in synonyms}
    ranked |= {(name, SYMBOL), (_unversioned(name), SYMBOL)}
    database.execute(_INSERT_PLACE, place)
    database.executemany(_INSERT_NAME, ((key, rank, number) for key, rank in ranked))


def _from_rows(prepared: Path) -> sqlite3.Connection:
    """An index in memory, of the symbols in the rows of an annotation that was prepared without one."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.executescript(_SCHEMA)
    try:
        with gzip.open(prepared, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                chrom, start, end, name, _, strand = line.split("\t", 6)[:6]
                _insert(database, (number, name, chrom, int(start), int(end), strand))
    except (OSError, EOFError, ValueError) as exc:
        raise FormatError(prepared.name, f"the genes cannot be read ({exc})", "Upload the file again.") from exc
    return database


def _one_error(key: str) -> Iterator[str]:
    """Every name from which one typing error makes `key`: letters swapped, wrong, missing or too many."""
    for at in range(len(key) + 1):
        head, tail = key[:at], key[at:]
        yield from (head + letter + tail for letter in LETTERS)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in LETTERS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _unlikely(key: str, other: str) -> tuple[bool, bool, bool, str]:
    """Puts the likeliest first: the same letters in another order, the same beginning, the same first letter."""
    return sorted(key) != sorted(other), not key.startswith(other), key[:1] != other[:1], other


def _unversioned(key: str) -> str:
    match = _VERSIONED.match(key)
    return match[1] + (match[2] or "") if match else key
