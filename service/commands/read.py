"""The command `locution read`: tracks and loci in, figures and checked captions out, without server or broker."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from service.batch.asked import tell_nobody
from service.batch.incoming import check_file, check_folder
from service.batch.lock import locked
from service.commands.progress import Progress, shown
from service.commands.read_options import Given, read_options
from vlm.values.record import caption_of
from vlm.values.voices import told_by

if TYPE_CHECKING:
    from service.batch.locus import ReadLocus
    from service.batch.run import Batch


@click.command("read")
@read_options
def read(**values: Any) -> None:
    """Draw FILES (signals, intervals, genes, contacts, links, bands) at each locus and say what is to be seen.

    One --region writes OUT/figure.png and OUT/reading.json. Several, or a file of them, write a folder each, named
    after the locus, OUT/index.html, and the tables OUT/captions.tsv and OUT/claims.tsv. Several models read the same
    figures, and OUT/index.html has their captions side by side.

    A locus that cannot be read never stops the others: it gets a record that says why. A locus that ends past its
    chromosome is clipped, one that is repeated is read once, an empty list of peaks is an empty row, each with a note.

    Exit status: 0 all loci are done; 1 some failed, the others are done; 2 the input cannot be used, nothing was drawn,
    and one sentence says why; 130 interrupted: what is finished stays, and --resume goes on.

    \b
    Examples:
      locution read H3K4me3.bw peaks.narrowPeak genes.gtf --region JAK2 --assembly hg19 --out jak2
      locution read *.bw genes.gtf --regions loci.bed -j 4 --quiet --resume --out batch
      cut -f1-4 top.bed | locution read *.bw genes.gtf --regions - --json --out top > top.jsonl
    """
    given = Given(**values)
    with _stoppable():
        if given.print_design:
            _print_design(given)
            return
        check_folder("--out", given.out)
        with locked(given.out):
            failed = _read_screenshots(given) if given.screenshots else _read_tracks(given)
    sys.exit(int(failed))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Being asked to end (SIGTERM, as of a scheduler) is the same as Ctrl-C."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _open(given: Given, work: Path) -> Batch:
    from service.batch.run import open_batch
    from service.outputs.all_outputs import beside_figures
    from service.outputs.drawn_values import NAME as VALUES_FILE

    beside = beside_figures(given.lang, given.values)
    leaves = (VALUES_FILE,) if given.values else ()
    tell = tell_nobody if given.quiet else _tell
    return open_batch(given.asked, given.out, work, beside=beside, leaves=leaves, tell=tell)


def _print_design(given: Given) -> None:
    from service.batch.look import design_of

    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        click.echo(design_of(_open(given, Path(work)).loci), nl=False)


def _read_screenshots(given: Given) -> bool:
    """Read pictures that come without data with the (one) model; returns whether any failed."""
    from service.batch.run import reach
    from service.commands.screenshots import read_pictures, summary
    from vlm.models.loading import load_captioner
    from workers.settings import Settings

    if len(given.models) > 1:
        raise click.UsageError("A screenshot is read by one model: there is nothing to compare answers with.")
    for path in given.screenshots:
        check_file("--screenshot", path)
    captioner = load_captioner(given.models[0], Settings.from_env().servers)
    reach(captioner)
    records = read_pictures(given.screenshots, captioner, given.out, given.lang)
    for record in records:
        click.echo(json.dumps(record, ensure_ascii=False) if given.as_json else summary(record, given.lang))
    return any(record["status"] != "done" for record in records)


def _read_tracks(given: Given) -> bool:
    """Read all loci; returns whether any failed."""
    from service.batch.look import draw_panels
    from service.batch.run import check_models
    from vlm.models.loading import load_captioner
    from workers.settings import Settings

    check_models(given.models, partial(load_captioner, servers=Settings.from_env().servers))
    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        batch = _open(given, Path(work))
        if given.panels:
            draw_panels(batch.loci, given.out, batch.asked.style, batch.files, _tell)
        if len(given.models) > 1:
            return _compare(batch, given)
        return _run(batch, given)


def _compare(batch: Batch, given: Given) -> bool:
    """Read the loci with several models; print their captions and a table, and write a page."""
    from tqdm import tqdm

    from service.commands.compare import draw_all, read_all, side_by_side, write_page

    if given.resume:
        raise click.UsageError("--resume goes with one --model: figures that several read are drawn once for them all.")
    quiet = given.quiet or not sys.stderr.isatty()
    with tqdm(total=len(batch.loci) * (1 + len(given.models)), unit="step", disable=quiet) as bar:
        drawn = draw_all(batch, lambda n: (bar.update(n), None)[1])
        columns = read_all(drawn, given.models, batch, lambda n: (bar.update(n), None)[1])
    write_page(batch.out / "index.html", drawn, columns, given.lang)
    if given.as_json:
        for record in (record for column in columns for record in column.records):
            click.echo(json.dumps(record, ensure_ascii=False))
    elif not given.quiet:
        click.echo(side_by_side(drawn, columns, given.lang))
    if not given.quiet:
        _tell(f"\n{batch.out / 'index.html'}")
    failed = any(record["status"] != "done" for column in columns for record in column.records)
    return failed or any(one.figure is None for one in drawn)


def _run(batch: Batch, given: Given) -> bool:
    """Draw and read the loci, print what is said of each, and write what is said of all; also if it is stopped."""
    from service.batch.run import usual_processes

    with shown(len(batch.loci), given.quiet) as progress:
        try:
            with closing(batch.run(given.jobs or usual_processes(len(batch.loci)), given.resume)) as loci:
                for one in loci:
                    progress.add(one)
                    if given.as_json:
                        progress.say(json.dumps(one.record, ensure_ascii=False))
                    elif not given.quiet:
                        progress.say(_summary(one, given.lang))
        finally:
            _finish(batch, given, progress.counts)
    return progress.counts.failed > 0


def _finish(batch: Batch, given: Given, counts: Progress) -> None:
    """Write what is said of all loci that are finished, and say how far it got."""
    from service.outputs.all_outputs import write_outputs

    finished = batch.finished()
    if not len(finished) or not (batch.has_folders or given.reports or given.values):
        return
    made = write_outputs(finished, given.reports, given.values)
    if counts.done < counts.total:
        _tell(f"\nStopped at {counts.text()}. The same command with --resume goes on.")
    elif not given.quiet:
        _tell(f"\n{counts.text()}: {made[0]}")


def _summary(one: ReadLocus, lang: str) -> str:
    """Name, caption and how many claims of whom hold, as a person reads them in a terminal."""
    locus, record = one.locus, one.record
    if record["status"] != "done":
        return f"{locus.name}\n  failed: {record['error']}\n"
    lines = [locus.name, caption_of(record, lang)]
    held = f"claims that hold: {told_by(record)}"
    lines.append(f"  [{record['model']['name']}; {held}; {locus.folder / 'figure.png'}]")
    lines += [f"  note: {warning}" for warning in record["warnings"]]
    return "\n".join(lines) + "\n"
