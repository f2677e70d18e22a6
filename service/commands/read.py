"""The command `locution read`: tracks and loci in, figures and checked captions out, without server or broker."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from renderer.values.bounds import DPI, FIGURE_FORMATS, LEAST_DPI, LEAST_WIDTH, MOST_DPI, MOST_WIDTH, THEME_NAMES
from service.commands.read_loci import loci_of_files, loci_of_scenes
from service.commands.read_look import Changes, apply_changes, design_of, draw_panels
from vlm.values.record import caption_of, count_verdicts
from vlm.words import languages
from workers.pipeline import Style
from workers.requests.options import SCALES, base_pairs

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.values.track import Scaling
    from service.commands.batch import Batch, ReadLocus
    from service.commands.locus import Locus
    from vlm.prompted.ask import ReadOptions
    from vlm.values.captioner import Loader

MOST_JOBS = 8
"""Processes by default: on a machine with many cores others work as well, and each takes 200 MB."""

FEWEST_LOCI = 4
"""Loci for which another process pays by default: it starts for as long as it draws and reads two."""


@click.command("read")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="CHR:START-END",
    help="A locus: chr9:4,950,000-5,190,000 (from 1), JAK2, JAK2+50kb. Repeatable.",
)
@click.option("--regions", "bed", type=click.Path(path_type=Path), help="Loci from a file: BED, or one locus a line.")
@click.option("--scene", metavar="FILE[#ID]", help="An entry of a scenes.json, or all of them.")
@click.option(
    "--tracklist",
    "--hub",
    "track_list",
    type=click.Path(path_type=Path),
    help="Tracks of a UCSC hub, WashU datahub, IGV session or tracks.ini; FILES come below.",
)
@click.option("--assembly", help="Genome assembly, as printed on the figure (hg19, mm10 ...).")
@click.option(
    "--screenshot",
    "screenshots",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A picture without data in place of tracks (PNG, JPEG, WebP): nothing is checked.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    default=["builtin"],
    show_default=True,
    help="auto, builtin, measured, hub:<id>[@revision], remote:<url>#<model>; repeatable.",
)
@click.option(
    "--facts",
    type=click.Choice(["none", "brief"]),
    default="none",
    show_default=True,
    help="Measured facts that hub and remote models are told.",
)
@click.option(
    "--words",
    type=click.Choice(["ours", "model"]),
    default="ours",
    show_default=True,
    help="Whose sentences are printed; the model's only where all of a sentence checks out.",
)
@click.option("--repair", is_flag=True, help="Ask hub and remote models once more about what did not hold.")
@click.option(
    "--lang",
    type=click.Choice(languages.codes()),
    default="en",
    show_default=True,
    help="Language that is printed.",
)
@click.option(
    "--theme",
    type=click.Choice(THEME_NAMES),
    default="ucsc",
    show_default=True,
    help="Look of the figure.",
)
@click.option(
    "--width", type=click.IntRange(LEAST_WIDTH, MOST_WIDTH), help="Width of the figure in pixels (at 100 per inch)."
)
@click.option(
    "--dpi",
    type=click.IntRange(LEAST_DPI, MOST_DPI),
    default=DPI,
    show_default=True,
    help="Dots per inch of PNG files.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FIGURE_FORMATS),
    help="Also write the figures as SVG or PDF (real text); repeatable. PNG is always written.",
)
@click.option(
    "--scale",
    type=click.Choice(SCALES),
    help="together (usual): signals of one assay, unit and source share a scale; job: over all loci; own: each by its "
    "own maximum; file: each up to its file's 99.9 % level. Tracks of one group share one in any case.",
)
@click.option(
    "--highlight",
    "highlights",
    multiple=True,
    metavar="CHR:START-END[=LABEL]",
    help="Tint a stretch in the figures that show it. Repeatable.",
)
@click.option(
    "--track",
    "track_changes",
    multiple=True,
    metavar="N:KEY=VALUE,...",
    help="Change track N (a number or label): height, vmin, vmax, log, dense, shape, row, color, group, label, "
    "assay, sample, strand, condition, replicate, level; as in '2:vmin=0,vmax=20,height=90'. Repeatable.",
)
@click.option(
    "--combine",
    "joins",
    multiple=True,
    metavar="HOW:N,M,...",
    help="Make tracks one: mean (with its standard error), overlay, subtract, ratio or log2ratio, as in 'mean:1,2', "
    "'mean:replicates' or 'subtract:ChIP,Input'. Repeatable; --track counts the tracks after it.",
)
@click.option(
    "--design",
    type=click.Path(path_type=Path),
    metavar="FILE.tsv",
    help="What the tracks compare, where the guess is wrong: a table with columns track or label, and some of assay, "
    "sample, condition, replicate, level, group. Empty: guessed; -: none.",
)
@click.option("--print-design", is_flag=True, help="Print that table as it is guessed, to edit, and stop.")
@click.option("--guides", is_flag=True, help="Draw lines from the coordinates down through all rows.")
@click.option("--panels", is_flag=True, help="Also draw all loci side by side: OUT/panels.png (or --format).")
@click.option(
    "--flank",
    metavar="BP",
    help="Shown on each side of genes, positions and BED lines: 20kb. Usual: 20 % of a gene, 5 kb beside a peak.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    help=f"Processes that draw and read loci at the same time. Usual: one a core, at most {MOST_JOBS}.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("locution-out"),
    show_default=True,
    help="Folder for the results.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the records, one JSON object a line, instead of captions.")
def read(
    files: tuple[Path, ...],
    regions: tuple[str, ...],
    bed: Path | None,
    scene: str | None,
    track_list: Path | None,
    assembly: str | None,
    screenshots: tuple[Path, ...],
    models: tuple[str, ...],
    facts: str,
    words: str,
    repair: bool,
    lang: str,
    theme: str,
    width: int | None,
    dpi: int,
    formats: tuple[str, ...],
    scale: Scaling | None,
    highlights: tuple[str, ...],
    track_changes: tuple[str, ...],
    joins: tuple[str, ...],
    design: Path | None,
    print_design: bool,
    panels: bool,
    guides: bool,
    flank: str | None,
    jobs: int | None,
    out: Path,
    as_json: bool,
) -> None:
    """Draw FILES (signals, intervals, genes, contacts, links, bands) at each locus and say what is to be seen.

    One locus writes OUT/figure.png and OUT/reading.json; several write a folder each and OUT/index.html. Several models
    read the same figures, and OUT/index.html has their captions side by side.
    """
    from service.commands.batch import Batch, write_index
    from vlm.models.loading import load_captioner
    from vlm.prompted.ask import ReadOptions
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    style, changes = Style(theme, width, dpi, formats, guides), Changes(scale, track_changes, joins, highlights, design)
    options = ReadOptions.from_json({"facts": facts, "words": words, "language": lang, "repair": int(repair)})
    settings = Settings.from_env()
    load = partial(load_captioner, servers=settings.servers)
    if screenshots:
        _read_screenshots(screenshots, models, load, out, options, as_json)
    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        reader = reader_of_files(settings)
        reader.start()
        if scene:
            loci = loci_of_scenes(reader, scene, out, Path(work))
        else:
            loci = loci_of_files(reader, files, track_list, regions, bed, assembly, _flank(flank), out, Path(work))
        loci = apply_changes(loci, changes, reader)
        if print_design:
            click.echo(design_of(loci), nl=False)
            return
        if panels:
            draw_panels(loci, out, style, reader, lambda text: click.echo(text, err=True))
        if len(models) > 1:
            _compare(loci, models, load, style, out, options, reader, settings.read_batch)
        batch = Batch(load(models[0]), style, reader, options)
        failed = _run(batch, loci, settings.read_batch, jobs or _usual_jobs(len(loci)), as_json)
    if len(loci) > 1:
        write_index(out / "index.html", loci, lang)
        click.echo(f"\n{len(loci)} loci: {out / 'index.html'}", err=True)
    sys.exit(int(failed > 0))


def _usual_jobs(loci: int) -> int:
    """Processes for so many loci."""
    from workers.crew import usable_cores

    return min(usable_cores(), MOST_JOBS, max(1, loci // FEWEST_LOCI))


def _read_screenshots(
    pictures: Sequence[Path], models: Sequence[str], load: Loader, out: Path, options: ReadOptions, as_json: bool
) -> NoReturn:
    """Read pictures that come without data with the (one) model."""
    from service.commands.screenshots import read_pictures, summary

    if len(models) > 1:
        raise click.UsageError("A screenshot is read by one model: there is nothing to compare answers with.")
    records = read_pictures(pictures, load(models[0]), out, options.language)
    for record in records:
        click.echo(json.dumps(record, ensure_ascii=False) if as_json else summary(record, options.language))
    sys.exit(int(any(record["status"] != "done" for record in records)))


def _compare(
    loci: list[Locus],
    models: Sequence[str],
    load: Loader,
    style: Style,
    out: Path,
    options: ReadOptions,
    reader: FileReader,
    at_once: int,
) -> NoReturn:
    """Read the loci with several models; print their captions and a table, and write a page."""
    from tqdm import tqdm

    from service.commands.compare import draw_all, read_all, side_by_side, write_page

    with tqdm(total=len(loci) * (1 + len(models)), unit="step", disable=not sys.stderr.isatty()) as bar:
        drawn = draw_all(loci, style, reader, lambda n: (bar.update(n), None)[1])
        columns = read_all(drawn, models, load, options, at_once, lambda n: (bar.update(n), None)[1])
    out.mkdir(parents=True, exist_ok=True)
    write_page(out / "index.html", drawn, columns, options.language)
    click.echo(side_by_side(drawn, columns, options.language))
    click.echo(f"\n{out / 'index.html'}", err=True)
    failed = any(record["status"] != "done" for column in columns for record in column.records)
    sys.exit(int(failed or any(one.figure is None for one in drawn)))


def _run(batch: Batch, loci: Sequence[Locus], at_once: int, processes: int, as_json: bool) -> int:
    """Draw and read the loci, and print what is said of each; returns how many failed."""
    from tqdm import tqdm

    from service.commands.batch import run

    failed = 0
    with tqdm(total=len(loci), unit="locus", disable=len(loci) == 1 or not sys.stderr.isatty()) as bar:
        for result in run(batch, loci, at_once, min(processes, len(loci)), lambda n: (bar.update(n), None)[1]):
            failed += result.record["status"] != "done"
            with bar.external_write_mode():
                click.echo(
                    json.dumps(result.record, ensure_ascii=False)
                    if as_json
                    else _summary(result, batch.options.language)
                )
    return failed


def _summary(result: ReadLocus, lang: str) -> str:
    """Name, caption and a count of verdicts, as a person reads them in a terminal."""
    record = result.record
    if record["status"] != "done":
        return f"{result.locus.name}\n  failed: {record['error']}\n"
    counts = count_verdicts(record)
    lines = [result.locus.name, caption_of(record, lang)]
    lines.append(
        f"  [{record['model']['name']}: {counts['supported']} claims supported, "
        f"{counts['contradicted']} struck; {result.locus.folder / 'figure.png'}]"
    )
    lines += [f"  note: {warning}" for warning in record["warnings"]]
    return "\n".join(lines) + "\n"


def _flank(text: str | None) -> int | None:
    return None if text is None else base_pairs("--flank", text)
