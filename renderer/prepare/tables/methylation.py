"""Methylation by site -> bigWig of percent: bedMethyl (ENCODE, modkit) and Bismark's coverage."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import partial

import numpy as np

from renderer.formats.bigwig import Piece
from renderer.formats.fields import check_chrom, interval, whole
from renderer.formats.text import block_lines, is_data, split_row, without_head
from renderer.prepare.signal import prepare_text
from renderer.prepare.signal_text import (
    PLACE,
    Line,
    RowReader,
    by_chrom,
    columns_of,
    plain_table,
    signal_value,
    to_piece,
)
from renderer.values.errors import FormatError

BED_METHYL: tuple[tuple[str, type | str | None], ...] = (
    *PLACE,
    ("code", "str"),
    *((name, None) for name in ("score", "strand", "thick start", "thick end", "color")),
    ("reads", np.int64),
    ("value", np.float64),
)
BISMARK: tuple[tuple[str, type | str | None], ...] = (
    *PLACE,
    ("value", np.float64),
    ("methylated", np.int64),
    ("others", np.int64),
)
"""The columns of both, as `renderer.prepare.signal_text.plain_table` takes them."""

METHYLATED = "m"
"""modkit's code of 5-methylcytosine, which is drawn where a file has several modifications of the same base."""

MOST_CODES = 10
"""More names than this are no codes of modifications: a file may number its sites."""


class BedMethylReader(RowReader):
    """bedMethyl: nine columns of BED, then reads and percent; a site that no read covers has no value.

    A file of several modifications has several rows a base: one modification is drawn, the others are counted.
    """

    valid = "A bedMethyl line is BED9, then reads and percent."

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._code: str | None = None
        self._others: Counter[str] = Counter()

    def pieces(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """See SignalReader."""
        fast = self._fast(without_head(block))
        return super().pieces(first, block) if fast is None else self.known(fast)

    def _fast(self, block: bytes) -> list[tuple[str, Piece]] | None:
        """A block of plain data lines at once; None if it holds anything else."""
        block = block.replace(b" ", b"\t")  # modkit writes blanks from column 10 on
        width = columns_of(block)
        table = plain_table(block, BED_METHYL, width) if width >= len(BED_METHYL) else None
        if table is None:
            return None
        codes = table["code"].value_counts().to_dict()
        code = self._code if self._code is not None else _chosen(Counter(codes))
        drawn = table[table["code"] == code] if code else table
        values = drawn["value"].where(drawn["reads"] != 0)
        found = by_chrom(drawn, to_piece(drawn["start"], drawn["end"], values))
        if found is not None:
            self._code = code
            self._others.update({other: count for other, count in codes.items() if code and other != code})
        return found

    def lines(self, first: int, block: bytes) -> Iterator[Line]:
        """See SignalReader."""
        rows = [(number, split_row(text)) for number, text in block_lines(self.name, first, block) if is_data(text)]
        if self._code is None and rows:
            self._code = _chosen(Counter(row[3] for _, row in rows if len(row) > 3))
        for number, row in rows:
            if self._code and len(row) > 3 and row[3] != self._code:
                self._others[row[3]] += 1
            else:
                yield (number, *self.row(number, row))

    def row(self, number: int, row: list[str]) -> tuple[str, int, int, float]:
        """See RowReader."""
        start, end = interval(self.name, number, row)
        behind = [field for text in row[9:] for field in text.split() or [text]]  # modkit writes blanks from here on
        if len(behind) < 2 or start == end:
            raise FormatError(self.name, f"there are {len(row)} columns in {start}-{end}", self.valid, number)
        reads = whole(self.name, number, "the number of reads (column 10)", behind[0])
        percent = signal_value(self.name, number, behind[1], self.valid)
        return row[0], start, end, percent if reads else math.nan

    def warnings(self) -> tuple[str, ...]:
        """See SignalReader."""
        others = ", ".join(f"{count:,} of '{code}'" for code, count in self._others.items())
        notes = (f"Drawn is the percent of '{self._code}'; rows of other modifications are not: {others}.",)
        return notes * bool(others) + super().warnings()


def _chosen(codes: Counter[str]) -> str:
    """The modification to be drawn; '' where all rows are."""
    if not 1 < len(codes) <= MOST_CODES:
        return ""
    return METHYLATED if METHYLATED in codes else codes.most_common(1)[0][0]


class BismarkReader(RowReader):
    """Bismark's coverage: chrom, start, end, percent, methylated and other reads; it counts from 1, both ends included,
    or from 0 where start and end differ (--zero_based)."""

    valid = "A line of Bismark's coverage is chrom, start, end, percent, methylated, unmethylated."

    def pieces(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """See SignalReader."""
        fast = self._fast(without_head(block))
        return super().pieces(first, block) if fast is None else self.known(fast)

    def _fast(self, block: bytes) -> list[tuple[str, Piece]] | None:
        """A block of plain data lines at once; None if it holds anything else."""
        table = plain_table(block, BISMARK, len(BISMARK)) if columns_of(block) == len(BISMARK) else None
        if table is None or not (table["end"] - table["start"]).isin((0, 1)).all():
            return None
        values = table["value"].where(table["methylated"] + table["others"] != 0)
        return by_chrom(table, to_piece(table["end"] - 1, table["end"], values))

    def row(self, number: int, row: list[str]) -> tuple[str, int, int, float]:
        """See RowReader."""
        check_chrom(self.name, number, row[0])
        start, end = interval(self.name, number, row)
        if len(row) != 6 or end - start > 1 or end < 1:
            raise FormatError(self.name, f"there are {len(row)} columns in {start}-{end}", self.valid, number)
        reads = sum(whole(self.name, number, "a number of reads", text) for text in row[4:])
        return row[0], end - 1, end, signal_value(self.name, number, row[3], self.valid) if reads else math.nan


prepare_bedmethyl = partial(prepare_text, BedMethylReader)
prepare_bismark = partial(prepare_text, BismarkReader)
