"""The command `locution read`: tracks and loci in, figures and checked captions out, without server or broker."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from service.commands.read_options import Given, read_options
from vlm.values.record import caption_of, count_verdicts

if TYPE_CHECKING:
    from service.batch.locus import ReadLocus
    from service.batch.run import Batch


@click.command("read")
@read_options
def read(**values: Any) -> None:
    """Draw FILES (signals, intervals, genes, contacts, links, bands) at each locus and say what is to be seen.

    One locus writes OUT/figure.png and OUT/reading.json; several write a folder each, OUT/index.html and the tables
    OUT/captions.tsv and OUT/claims.tsv. Several models read the same figures, and OUT/index.html has their captions
    side by side.
    """
    from service.batch.look import design_of, draw_panels
    from service.batch.run import open_batch, usual_processes
    from service.outputs.all_outputs import beside_figures, write_outputs

    given = Given(**values)
    if given.screenshots:
        _read_screenshots(given)
    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        beside = beside_figures(given.lang, given.values)
        batch = open_batch(given.asked, given.out, Path(work), beside=beside, tell=_tell)
        if given.print_design:
            click.echo(design_of(batch.loci), nl=False)
            return
        if given.panels:
            draw_panels(batch.loci, given.out, batch.asked.style, batch.files, _tell)
        if len(given.models) > 1:
            _compare(batch, given.models)
        failed = _run(batch, given.jobs or usual_processes(len(batch.loci)), given.as_json)
    if len(batch.loci) > 1 or given.reports or given.values:
        made = write_outputs(batch.finished(), given.reports, given.values)
        _tell(f"\n{len(batch.loci)} loci: {made[0]}")
    sys.exit(int(failed > 0))


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _read_screenshots(given: Given) -> NoReturn:
    """Read pictures that come without data with the (one) model."""
    from service.commands.screenshots import read_pictures, summary
    from vlm.models.loading import load_captioner
    from workers.settings import Settings

    if len(given.models) > 1:
        raise click.UsageError("A screenshot is read by one model: there is nothing to compare answers with.")
    captioner = load_captioner(given.models[0], Settings.from_env().servers)
    records = read_pictures(given.screenshots, captioner, given.out, given.lang)
    for record in records:
        click.echo(json.dumps(record, ensure_ascii=False) if given.as_json else summary(record, given.lang))
    sys.exit(int(any(record["status"] != "done" for record in records)))


def _compare(batch: Batch, models: Sequence[str]) -> NoReturn:
    """Read the loci with several models; print their captions and a table, and write a page."""
    from tqdm import tqdm

    from service.commands.compare import draw_all, read_all, side_by_side, write_page

    with tqdm(total=len(batch.loci) * (1 + len(models)), unit="step", disable=not sys.stderr.isatty()) as bar:
        drawn = draw_all(batch, lambda n: (bar.update(n), None)[1])
        columns = read_all(drawn, models, batch, lambda n: (bar.update(n), None)[1])
    batch.out.mkdir(parents=True, exist_ok=True)
    write_page(batch.out / "index.html", drawn, columns, batch.asked.options.language)
    click.echo(side_by_side(drawn, columns, batch.asked.options.language))
    _tell(f"\n{batch.out / 'index.html'}")
    failed = any(record["status"] != "done" for column in columns for record in column.records)
    sys.exit(int(failed or any(one.figure is None for one in drawn)))


def _run(batch: Batch, processes: int, as_json: bool) -> int:
    """Draw and read the loci, and print what is said of each; returns how many failed."""
    from tqdm import tqdm

    failed, lang = 0, batch.asked.options.language
    with tqdm(total=len(batch.loci), unit="locus", disable=len(batch.loci) == 1 or not sys.stderr.isatty()) as bar:
        for one in batch.run(processes):
            bar.update(1)
            failed += one.record["status"] != "done"
            with bar.external_write_mode():
                click.echo(json.dumps(one.record, ensure_ascii=False) if as_json else _summary(one, lang))
    return failed


def _summary(one: ReadLocus, lang: str) -> str:
    """Name, caption and a count of verdicts, as a person reads them in a terminal."""
    locus, record = one.locus, one.record
    if record["status"] != "done":
        return f"{locus.name}\n  failed: {record['error']}\n"
    counts = count_verdicts(record)
    lines = [locus.name, caption_of(record, lang)]
    lines.append(
        f"  [{record['model']['name']}: {counts['supported']} claims supported, "
        f"{counts['contradicted']} struck; {locus.folder / 'figure.png'}]"
    )
    lines += [f"  note: {warning}" for warning in record["warnings"]]
    return "\n".join(lines) + "\n"
