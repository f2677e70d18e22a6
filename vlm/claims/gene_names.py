"""Which names of genes are names a person knows."""

from __future__ import annotations

import re

_CLONE = re.compile(
    r"^(RP\d+-|CT[ABCD]-|XX|A[CLPJ]\d{5,}|LINC\d|LOC\d|MIR\d|Mir\d|SNOR|RNU\d|RN7|RNA5S|Y_RNA|U\d+$|snoU?\d|MTND|MTCO"
    r"|Metazoa_SRP|Gm\d{3,}|BC\d{5,}|AK\d{5,}|[A-Z]*\d{6,}|ENS[A-Z]*\d{6,}|[NX][MR]_\d+|RefSeq_|LL\d+NC\d|\S+:\d)"
)
"""Names a biologist would not put in a caption when better known genes are in view."""


def well_known(name: str) -> bool:
    """Whether a gene name is a symbol rather than a clone, a locus number or a small RNA."""
    return not _CLONE.match(name)
