"""Blocks of GTF by one pattern: a fraction of the time that rows one by one take. A block that holds anything unusual
is left to the parser of rows, which copes or names the line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from renderer.formats.fields import MOST_POSITION, is_chrom

_ROW = re.compile(
    r"([^\t\n#]+)\t[^\t\n]*\t([^\t\n]+)\t([0-9]{1,10})\t([0-9]{1,10})\t[^\t\n]*\t([^\t\n]*)\t[^\t\n]*\t"
    r'(gene_id "([^"\n]+)";(?: gene_version "[^"\n]*";)?(?: transcript_id "([^"\n]*)")?[^\t\n]*)(?:\t[^\n]*)?\n'
)
"""A line as most programs write it: its attributes begin with the gene."""

_ODD = ("\t ", " \t", "\n ", "\ntrack", "\nbrowser")

GtfRow = tuple[str, str, int, int, str, str, str, str]
"""Chromosome, feature, start and end (0-based, half-open), strand, attributes, gene_id, transcript_id ('' where it does
not stand beside the gene)."""


def gtf_rows(block: bytes) -> Iterator[GtfRow] | None:
    """The rows of a block of whole lines; None if any of them is not plain."""
    try:
        text = block.decode()
    except UnicodeDecodeError:
        return None
    if any(odd in text for odd in _ODD) or text.startswith((" ", "track", "browser")):
        return None
    rows = _ROW.findall(text)
    if len(rows) != text.count("\n"):
        return None
    chroms, features, low, high, strands, attributes, genes, transcripts = zip(*rows, strict=True)
    starts, ends = (np.fromstring("\t".join(one), np.int64, sep="\t") for one in (low, high))
    starts -= 1
    good = (starts >= 0) & (starts < ends) & (ends <= MOST_POSITION)
    if not good.all() or not all(map(is_chrom, set(chroms))):
        return None
    return zip(chroms, features, starts.tolist(), ends.tolist(), strands, attributes, genes, transcripts, strict=True)
