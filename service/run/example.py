"""The bundled example: simulated tracks over made-up genes, and `locution example`, which writes them anew.

The copy in the repository (FOLDER) is what `locution demo` uploads. It was written by `write_example` with the
default seed; a test holds the two equal. Knows files; the simulation is `service.run.example_tracks`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renderer.values.errors import LocutionError

if TYPE_CHECKING:
    from service.run.example_tracks import Array

FOLDER = Path(__file__).with_name("example_data")
ASSEMBLY = "simulated"
TRACKS = (
    "H3K4me3.bw",
    "H3K4me3_peaks.narrowPeak",
    "H3K27ac.bw",
    "H3K36me3.bw",
    "H3K27me3.bw",
    "RNA-seq.bw",
    "Input.bw",
    "genes.gtf",
)
"""The files of a track set, in the order they are drawn."""

LOCI = """\
# One locus a line, 1-based and inclusive, with a label behind it. All of it is simulated.
chr1:100,001-240,000 ALVEN1 and BRENK2
chr1:290,001-480,000 CORVAX and two distal sites
chr1:540,001-690,000 DORVA1 and ELVIRO
chr1:740,001-980,000 FARNIX to HOLVEN
chr1:1,150,001-1,290,000 IRVELA
chr1:1,380,001-1,500,000 JUNTAR
chr1:1,580,001-1,840,000 KORVEX
chr1:2,000,001-2,100,000 LUMARA
"""

README = """\
# A simulated example

Nothing in this folder was measured. A program made it up: one chromosome ("chr1" of an assembly called
"simulated", {length:,} bases) with {genes} genes, whose names were invented too, and tracks that look like
those of a ChIP-seq and RNA-seq experiment. Use it to try Locution, not to learn biology.

`locution example DIR` writes the same files again (seed {seed}; `--seed` gives others). The densities, the
noise, and what each texture stands for are written in `service/run/example_tracks.py`.

| file | what it is |
|---|---|
| H3K4me3.bw | sharp peaks at active promoters, beside the transcription start |
| H3K4me3_peaks.narrowPeak | H3K4me3 at least {fold:.0f}-fold above the Input nearby; no p and q values (-1) |
| H3K27ac.bw | active promoters, and enhancer-like sites far from genes |
| H3K36me3.bw | bodies of transcribed genes, more towards their 3' end |
| H3K27me3.bw | broad Polycomb-like domains |
| RNA-seq.bw | reads over the exons of transcribed genes |
| Input.bw | background only |
| genes.gtf | the genes, two of them with a second isoform |
| loci.txt | loci to draw |

Signal is in {bin}-base bins and counts the fragments that cover a bin, without normalisation. No track has values in
{chrom}:{gap_start:,}-{gap_end:,}, a gap as real assemblies have them.
"""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(0), default=None, help="Another draw of the same densities.")
def example(folder: Path, seed: int | None) -> None:
    """Write the simulated example (tracks, genes, loci) into FOLDER."""
    written = write_example(folder, seed)
    size = sum(path.stat().st_size for path in written)
    click.echo(f"{len(written)} files, {size / 1000:,.0f} kB, simulated: {folder}")
    tracks = " ".join(TRACKS)
    click.echo(f"Try: cd {folder} && locution read {tracks} --regions loci.txt --assembly {ASSEMBLY} --out figures")


def write_example(folder: Path, seed: int | None = None) -> list[Path]:
    """Write every file of the example into `folder` and return their paths. Raises LocutionError where it cannot."""
    from service.run import example_tracks as sim

    seed = sim.SEED if seed is None else seed
    signals = dict(sim.Simulation(seed).tracks())
    texts = {
        "H3K4me3_peaks.narrowPeak": _lines(sim.call_peaks(signals["H3K4me3"], signals["Input"])),
        "genes.gtf": _lines(sim.gtf_lines()),
        "loci.txt": LOCI,
        "README.md": README.format(
            length=sim.LENGTH,
            genes=len(sim.GENES),
            seed=seed,
            fold=sim.FOLD,
            bin=sim.BIN,
            chrom=sim.CHROM,
            gap_start=sim.GAP[0] + 1,
            gap_end=sim.GAP[1],
        ),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as exc:
        raise LocutionError(f"The example cannot be written to {folder} ({exc.strerror}).") from exc
    for name, values in signals.items():
        _write_bigwig(folder / f"{name}.bw", values, (sim.CHROM, sim.LENGTH, sim.BIN, sim.GAP))
    return sorted(folder / name for name in [*texts, *(f"{name}.bw" for name in signals)])


def _lines(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def _write_bigwig(path: Path, values: Array, place: tuple[str, int, int, tuple[int, int]]) -> None:
    """One value per bin on both sides of the gap."""
    import pyBigWig

    chrom, length, step, (gap_start, gap_end) = place
    with pyBigWig.open(str(path), "w") as bigwig:
        bigwig.addHeader([(chrom, length)])
        for first, last in ((0, gap_start), (gap_end, length)):
            part = values[first // step : last // step].tolist()
            bigwig.addEntries(chrom, first, values=part, span=step, step=step)
