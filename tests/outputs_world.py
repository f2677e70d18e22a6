"""A finished batch for tests of what it leaves: two loci that were read, one that failed, made by the real parts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyBigWig
from click.testing import CliRunner

from service.batch.locus import Finished, Folders, Locus
from service.cli import locution

LABEL = 'H3K4me3 "rep\t1"\nC:\\new & <raw>'
"""All that a table, a page or a picture has to write differently: tab, line's end, backslash, quotation marks, tags."""

GENES = """\
chr1\t20000\t40000\tALPHA\t0\t+\t20000\t40000\t0\t1\t20000,\t0,
chr1\t60000\t80000\tBETA\t0\t-\t60000\t80000\t0\t1\t20000,\t0,
"""


def write_scenes(folder: Path) -> Path:
    """A scenes.json of three loci; the file of the last is damaged."""
    values = np.full(1000, 1.0)
    values[190:210], values[790:810] = 60, 30
    with pyBigWig.open(str(folder / "a.bw"), "w") as signal:
        signal.addHeader([("chr1", 100_000)])
        signal.addEntries("chr1", 0, values=values.tolist(), span=100, step=100)
    (folder / "genes.bed").write_text(GENES, encoding="utf-8")
    tracks = [
        {"file": "a.bw", "label": LABEL, "assay": "H3K4me3"},
        {"file": "genes.bed", "label": "基因", "kind": "genes"},
    ]
    loci = [("one", "chr1:1-100,000"), ("two & more", "chr1:50,001-100,000"), ("three", "chr9:1-100")]
    scenes = [{"id": name, "region": region, "assembly": "hg19", "tracks": tracks} for name, region in loci]
    (folder / "scenes.json").write_text(json.dumps(scenes), encoding="utf-8")
    return folder / "scenes.json"


def read_batch(folder: Path, *options: str) -> Finished:
    """What `locution read --scene` makes of them, in `folder`/out."""
    out = folder / "out"
    asked = [
        "read",
        "--scene",
        str(write_scenes(folder)),
        "--model",
        "measured",
        "--out",
        str(out),
        "-j",
        "1",
        *options,
    ]
    result = CliRunner().invoke(locution, asked)
    assert (1, SystemExit) == (result.exit_code, type(result.exception)), result.output
    folders = Folders(out)
    return Finished(out, [Locus(name, folders.of(name), None) for name in ("one", "two & more", "three")])
