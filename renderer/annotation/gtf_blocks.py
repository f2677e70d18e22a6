"""Blocks of GTF by one pattern: a fraction of the time that rows one by one take. A block that holds anything unusual
is left to the parser of rows, which copes or names the line."""

from __future__ import annotations

import re

import numpy as np

from renderer.formats.fields import MOST_POSITION, is_chrom

_ROW = re.compile(
    r"([^\t\n# ]+)\t[^\t\n]*\t([^\t\n ]+)\t([0-9]{1,10})\t([0-9]{1,10})\t[^\t\n]*\t([^\t\n ]*)\t[^\t\n]*\t"
    r'(gene_id "([^"\n]+)";(?: gene_version "[^"\n]*";)?(?: transcript_id "([^"\n]*)")?[^\t\n]*)(?:\t[^\n]*)?\n'
)
"""A line as most programs write it: no blanks beside the tabs of what is read, and the gene first in its attributes."""

GtfRow = tuple[str, str, str, str, str, str, str, str]
"""Chromosome, feature, start and end (1-based, both included), strand, attributes, gene_id, transcript_id ('' where it
does not stand beside the gene)."""


def gtf_rows(block: bytes) -> list[GtfRow] | None:
    """The rows of a block of whole lines, their places checked; None if any of them is not plain."""
    try:
        text = block.decode()
    except UnicodeDecodeError:
        return None
    rows: list[GtfRow] = _ROW.findall(text)
    if len(rows) != text.count("\n"):
        return None
    starts, ends = (np.fromstring("\t".join([row[at] for row in rows]), np.int64, sep="\t") for at in (2, 3))
    good = (starts > 0) & (starts <= ends) & (ends <= MOST_POSITION)
    return rows if good.all() and all(map(is_chrom, {row[0] for row in rows})) else None
