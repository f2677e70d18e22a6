"""The command `locution cite`: what a paper says of figures and captions made here."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("cite")
@click.argument("batch", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def cite(batch: Path | None) -> None:
    """Print a sentence for the methods section, in English and Chinese, and how to cite Locution.

    BATCH is a folder that `locution read` has filled: then the sentence names its models and counts its claims.
    """
    from service.batch.locus import RECORD, read_record
    from service.outputs.citing import DRAWN_WITH, Tally, bibtex, citation, methods

    tally = None
    if batch is not None:
        records = [read_record(path.parent) for path in sorted(batch.rglob(RECORD))]
        if not records:
            raise click.UsageError(f"There is no {RECORD} in {batch}. Give a folder that `locution read` has filled.")
        tally = Tally.of(records)
    click.echo("\n\n".join([*methods(tally).values(), citation(), DRAWN_WITH, bibtex()]))
