"""Genome tracks and loci in; figures with captions whose every statement was checked against the numbers out.

    import locution

    readings = locution.read(["H3K4me3.bw", "peaks.narrowPeak", "genes.gtf"], ["JAK2", "chr9:4.95M-5.19M"])
    readings[0]                 # in a notebook: the figure, its caption and the verdicts
    readings[0].caption         # a text; .captions has every language
    readings[0].values          # a pandas frame: the drawn bins of each signal

`read` gives a list, `stream` the same readings one after the other, with memory for one. docs/python.md has the rest.
Importing this loads nothing heavy; the model and the drawing libraries are loaded when something is read.
"""

from __future__ import annotations

from renderer.values.errors import LocutionError
from service.notebook.reading import Figure, Reading, Readings
from service.notebook.run import read, stream

__all__ = ["Figure", "LocutionError", "Reading", "Readings", "read", "stream"]
