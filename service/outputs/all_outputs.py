"""The outputs of a batch, and the one call that writes them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from service.batch.locus import Finished
from service.outputs.alt_text import describe_figure
from service.outputs.crate import write_crate
from service.outputs.drawn_values import join_values, keep_values
from service.outputs.loci_page import write_index, write_report
from service.outputs.tables import write_captions, write_claims

if TYPE_CHECKING:
    from service.batch.run import Beside

Output = Callable[[Finished], Path]
"""Writes a file into `Finished.out`, and returns its path."""

TABLES: tuple[Output, ...] = (write_captions, write_claims)
"""Of every batch."""


def _pdf(finished: Finished) -> Path:
    from service.outputs.paper import write_pdf

    return write_pdf(finished)


def _slides(finished: Finished) -> Path:
    from service.outputs.slides import write_slides

    return write_slides(finished)


REPORTS: dict[str, Output] = {"html": write_report, "pdf": _pdf, "pptx": _slides}
"""What is written where it is asked for, by its name."""


def beside_figures(lang: str, values: bool) -> tuple[Beside, ...]:
    """What is added to the folder of each locus: the findings in its pictures and, where they are asked for, the bins
    it is drawn from."""
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    told: Beside = partial(describe_figure, lang=lang)
    return (told, partial(keep_values, reader_of_files(Settings.from_env()))) if values else (told,)


def write_outputs(finished: Finished, reports: Collection[str] = (), values: bool = False) -> list[Path]:
    """Write the tables, the reports of these names and the bins of all loci, if they were kept; of several loci the
    index, which leads to all of them and comes first; and what describes them all. Raises OSError."""
    made = [write(finished) for write in TABLES]
    made += [join_values(finished)] if values else []
    made += [write(finished) for name, write in REPORTS.items() if name in reports]
    made = [write_index(finished, made), *made] if len(finished) > 1 else made
    return [*made, write_crate(finished, made)]
