"""The command `locution read`: tracks and loci in, figures and checked captions out, without server or broker."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from renderer.annotation.loci import resolve_loci
from renderer.values.errors import LocutionError, RegionError, TrackError
from renderer.values.region import Region, match_chrom
from service.commands.read_look import Drawing, apply_drawing, draw_panels
from workers.requests.options import base_pairs

if TYPE_CHECKING:
    from renderer.sandbox.reader import FileReader
    from renderer.tracklists.lists import Hub
    from renderer.values.track import Track
    from service.commands.batch import Job, Result
    from vlm.prompted.ask import ReadOptions

BAD_INPUT = 2
"""Exit status for input that cannot be used; 1 means that some loci failed, 0 that all were read."""


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
    "--hub",
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
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language that is printed.",
)
@click.option(
    "--theme",
    type=click.Choice(["ucsc", "washu"]),
    default="ucsc",
    show_default=True,
    help="Look of the figure.",
)
@click.option("--width", type=click.IntRange(600, 3000), help="Width of the figure in pixels (at 100 per inch).")
@click.option("--dpi", type=click.IntRange(50, 600), default=100, show_default=True, help="Dots per inch of PNG files.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["png", "svg", "pdf"]),
    help="Also write the figures as SVG or PDF (real text); repeatable. PNG is always written.",
)
@click.option(
    "--group-scale",
    "scale",
    type=click.Choice(["figure", "job"]),
    default="figure",
    show_default=True,
    help="Tracks of one group share a range within each figure, or over all loci.",
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
    "changes",
    multiple=True,
    metavar="N:KEY=VALUE,...",
    help="Change track N (a number or label): height, vmin, vmax, log, dense, shape, color, group, label, "
    "assay, sample, strand; as in '2:vmin=0,vmax=20,height=90'. Repeatable.",
)
@click.option(
    "--combine",
    "joins",
    multiple=True,
    metavar="HOW:N,M,...",
    help="Make tracks one: mean, overlay, subtract, ratio or log2ratio, as in 'mean:1,2' or "
    "'subtract:ChIP,Input'. Repeatable; --track counts the tracks after it.",
)
@click.option("--panels", is_flag=True, help="Also draw all loci side by side: OUT/panels.png (or --format).")
@click.option("--flank", metavar="BP", help="Shown on each side of genes and positions: 20kb. Usual: 20 %.")
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
    hub: Path | None,
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
    scale: str,
    highlights: tuple[str, ...],
    changes: tuple[str, ...],
    joins: tuple[str, ...],
    panels: bool,
    flank: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Draw FILES (signals, intervals, genes, contacts, links, bands) at each locus and say what is to be seen.

    One locus writes OUT/figure.png and OUT/reading.json; several write a folder each and OUT/index.html. Several models
    read the same figures, and OUT/index.html has their captions side by side.
    """
    from vlm.models.loading import load_captioner
    from vlm.prompted.ask import ReadOptions
    from vlm.values.captioner import ModelError
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    how = Drawing(theme, width, dpi, formats, scale, changes, joins, highlights, panels)
    options = ReadOptions.from_json({"facts": facts, "words": words, "language": lang, "repair": int(repair)})
    if screenshots:
        _read_screenshots(screenshots, models, out, options, as_json)
    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        try:
            reader = reader_of_files(Settings.from_env())
            reader.start()
            jobs = (
                _scene_jobs(scene, out, Path(work), reader)
                if scene
                else _file_jobs(files, hub, regions, bed, assembly, _flank(flank), out, Path(work), reader)
            )
            jobs = apply_drawing(jobs, how, reader)
            if panels:
                draw_panels(jobs, out, how, reader, lambda text: click.echo(text, err=True))
            if len(models) > 1:
                _compare(jobs, models, how, out, options, reader)
            captioner = load_captioner(models[0])
        except (LocutionError, ModelError) as error:
            _refuse(error)
        results = _run(jobs, captioner, how, options, as_json, reader)
    if len(jobs) > 1:
        from service.commands.batch import write_index

        write_index(out / "index.html", results, lang)
        click.echo(f"\n{len(results)} loci: {out / 'index.html'}", err=True)
    sys.exit(int(any(result.record["status"] != "done" for result in results)))


def _refuse(error: Exception) -> NoReturn:
    click.echo(f"locution read: {error}", err=True)
    sys.exit(BAD_INPUT)


def _read_screenshots(
    pictures: Sequence[Path], models: Sequence[str], out: Path, options: ReadOptions, as_json: bool
) -> NoReturn:
    """Read pictures that come without data with the (one) model."""
    from service.commands.screenshots import read_pictures, summary
    from vlm.models.loading import load_captioner
    from vlm.values.captioner import ModelError

    if len(models) > 1:
        raise click.UsageError("A screenshot is read by one model: there is nothing to compare answers with.")
    try:
        records = read_pictures(pictures, load_captioner(models[0]), out, options.language)
    except (LocutionError, ModelError) as error:
        _refuse(error)
    for record in records:
        click.echo(json.dumps(record, ensure_ascii=False) if as_json else summary(record, options.language))
    sys.exit(int(any(record["status"] != "done" for record in records)))


def _compare(
    jobs: list[Job], models: Sequence[str], how: Drawing, out: Path, options: ReadOptions, reader: FileReader
) -> NoReturn:
    """Read the loci with several models; print their captions and a table, and write a page."""
    from tqdm import tqdm

    from service.commands.compare import draw_all, read_all, side_by_side, write_page

    with tqdm(total=len(jobs) * (1 + len(models)), unit="step", disable=not sys.stderr.isatty()) as bar:
        drawn = draw_all(jobs, how, reader, lambda n: (bar.update(n), None)[1])
        columns = read_all(drawn, models, options, lambda n: (bar.update(n), None)[1])
    out.mkdir(parents=True, exist_ok=True)
    write_page(out / "index.html", drawn, columns, options.language)
    click.echo(side_by_side(drawn, columns, options.language))
    click.echo(f"\n{out / 'index.html'}", err=True)
    failed = any(record["status"] != "done" for column in columns for record in column.records)
    sys.exit(int(failed or any(one.figure is None for one in drawn)))


def _run(
    jobs: list[Job], captioner: Any, how: Drawing, options: ReadOptions, as_json: bool, reader: FileReader
) -> list[Result]:
    from tqdm import tqdm

    from service.commands.batch import run

    results = []
    with tqdm(total=len(jobs), unit="locus", disable=len(jobs) == 1 or not sys.stderr.isatty()) as bar:
        for result in run(jobs, captioner, how, lambda n: (bar.update(n), None)[1], reader, options):
            results.append(result)
            with bar.external_write_mode():
                click.echo(
                    json.dumps(result.record, ensure_ascii=False) if as_json else _summary(result, options.language)
                )
    return results


def _summary(result: Result, lang: str) -> str:
    """Name, caption and a count of verdicts, as a person reads them in a terminal."""
    record = result.record
    if record["status"] != "done":
        return f"{result.job.name}\n  failed: {record['error']}\n"
    verdicts = [claim["verdict"] for claim in record["claims"]]
    lines = [result.job.name, record["caption"][lang]]
    lines.append(
        f"  [{record['model']['name']}: {verdicts.count('supported')} claims supported, "
        f"{verdicts.count('contradicted')} struck; {result.job.folder / 'figure.png'}]"
    )
    lines += [f"  note: {warning}" for warning in record["warnings"]]
    return "\n".join(lines) + "\n"


def _flank(text: str | None) -> int | None:
    return None if text is None else base_pairs("--flank", text)


def _loci(regions: tuple[str, ...], bed: Path | None, resolve: Callable[[str], list[Region]]) -> list[Region]:
    if bed is None:
        return resolve("\n".join(regions))
    try:
        listed = resolve(bed.read_text(encoding="utf-8"))
    except (RegionError, UnicodeDecodeError) as error:
        raise RegionError(f"{bed}:\n{error}") from error
    return [*(resolve("\n".join(regions)) if regions else ()), *listed]


def _file_jobs(
    files: tuple[Path, ...],
    hub: Path | None,
    regions: tuple[str, ...],
    bed: Path | None,
    assembly: str | None,
    flank: int | None,
    out: Path,
    work: Path,
    reader: FileReader,
) -> list[Job]:
    from renderer.tracklists.scene import build_scene, prepare_tracks
    from service.commands.batch import Job, folder_name
    from service.commands.gene_names import bands_for, genes_track, names_for

    listed = _open_hub(hub, assembly) if hub else None
    if listed:
        assembly = assembly or listed.assembly
        regions = regions or ((str(listed.region),) if listed.region and bed is None else ())
    if bed is None and not regions:
        raise RegionError("No locus was given. Use --region, --regions or --scene.")
    if bed is not None and not bed.is_file():
        raise RegionError(f"{bed}: there is no such file.")
    tracks, sizes = prepare_tracks(files, work, prepare=reader.prepare)
    if listed:
        tracks, sizes = _above(listed, tracks, sizes, work, reader)
    names, missing = names_for(tracks, sizes, assembly, reader.prepare)
    loci = _loci(regions, bed, lambda text: resolve_loci(text, names, sizes, flank, missing))
    tracks += genes_track(names, len(tracks) + 1, assembly)
    bands = bands_for(sizes, assembly, reader.prepare)
    scenes = [build_scene(tracks, region, sizes, assembly, bands) for region in loci]
    called = [region.label or str(region) for region in loci]
    if len(scenes) == 1:
        return [Job(called[0], out, scenes[0])]
    return [
        Job(name, out / folder_name(number, name), scene)
        for number, (name, scene) in enumerate(zip(called, scenes, strict=True), 1)
    ]


def _open_hub(path: Path, assembly: str | None) -> Hub:
    """The hub, its notes printed: what is not used, what is not fetched."""
    from renderer.tracklists.lists import read_hub

    found = read_hub(path, assembly, anywhere=True)
    for note in found.warnings:
        click.echo(f"{path.name}: {note}", err=True)
    return found


def _above(
    hub: Hub, tracks: list[Track], sizes: dict[str, int], work: Path, reader: FileReader
) -> tuple[list[Track], dict[str, int]]:
    """The hub's tracks, then those of other files; chromosomes as the hub's files name them."""
    from renderer.tracklists.to_scene import prepare_hub

    above, lengths = prepare_hub(hub, work, reader.prepare)
    below = [replace(track, number=number) for number, track in enumerate(tracks, len(above) + 1)]
    return [*above, *below], lengths | {chrom: n for chrom, n in sizes.items() if match_chrom(chrom, lengths) is None}


def _scene_jobs(spec: str, out: Path, work: Path, reader: FileReader) -> list[Job]:
    from renderer.tracklists.scene import load_scene, read_scenes
    from service.commands.batch import Job, folder_name

    file, _, wanted = spec.partition("#")
    entries = read_scenes(Path(file))
    if wanted and wanted not in entries:
        raise TrackError(
            f"{file} has no scene '{wanted}'. It has {', '.join(list(entries)[:5])} ... ({len(entries)} in all)."
        )
    jobs = []
    for number, (name, entry) in enumerate(entries.items() if not wanted else [(wanted, entries[wanted])], 1):
        folder = out if wanted else out / folder_name(number, name)
        try:
            scene = load_scene(entry, Path(file).parent, work, reader.prepare)
        except (LocutionError, KeyError) as error:
            if wanted:
                raise (
                    error if isinstance(error, LocutionError) else TrackError(f"Scene '{name}' has no {error}.")
                ) from error
            jobs.append(Job(name, folder, None, str(error)))
            continue
        region = replace(scene.region, label=name)
        jobs.append(Job(name, folder, replace(scene, region=region)))
    return jobs
