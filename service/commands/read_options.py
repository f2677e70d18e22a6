"""The options of `locution read`, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renderer.values.bounds import DPI, FIGURE_FORMATS, LEAST_DPI, LEAST_WIDTH, MOST_DPI, MOST_WIDTH, THEME_NAMES
from service.batch.asked import Asked
from service.batch.look import Changes
from service.batch.run import MOST_PROCESSES
from service.outputs.all_outputs import REPORTS
from vlm.prompted.ask import ReadOptions
from vlm.words import languages
from workers.pipeline import Style
from workers.requests.options import HEADINGS, SCALES, base_pairs

if TYPE_CHECKING:
    from renderer.values.track import Heading, Scaling
    from vlm.prompted.ask import Facts, Words

_OPTIONS = (
    click.argument("files", nargs=-1, type=click.Path(path_type=Path)),
    click.option(
        "--region",
        "regions",
        multiple=True,
        metavar="CHR:START-END",
        help="A locus: chr9:4,950,000-5,190,000 (from 1), JAK2, JAK2+50kb. Repeatable.",
    ),
    click.option(
        "--regions",
        "bed",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Loci from a file: BED, or one locus a line as for --region; may be gzipped; - is standard input.",
    ),
    click.option("--scene", metavar="FILE[#ID]", help="An entry of a scenes.json, or all of them."),
    click.option(
        "--tracklist",
        "--hub",
        "track_list",
        type=click.Path(path_type=Path),
        help="Tracks of a UCSC hub, WashU datahub, IGV session or tracks.ini; FILES come below.",
    ),
    click.option("--assembly", help="Genome assembly, as printed on the figure (hg19, mm10 ...)."),
    click.option(
        "--screenshot",
        "screenshots",
        multiple=True,
        type=click.Path(path_type=Path),
        help="A picture without data in place of tracks (PNG, JPEG, WebP): nothing is checked.",
    ),
    click.option(
        "--model",
        "models",
        multiple=True,
        default=["builtin"],
        show_default=True,
        help="auto, builtin, measured, hub:<id>[@revision], remote:<url>#<model>; repeatable.",
    ),
    click.option(
        "--facts",
        type=click.Choice(["none", "brief"]),
        default="none",
        show_default=True,
        help="Measured facts that hub and remote models are told.",
    ),
    click.option(
        "--words",
        type=click.Choice(["ours", "model"]),
        default="ours",
        show_default=True,
        help="Whose sentences are printed; the model's only where all of a sentence checks out.",
    ),
    click.option("--repair", is_flag=True, help="Ask hub and remote models once more about what did not hold."),
    click.option(
        "--lang",
        type=click.Choice(languages.codes()),
        default="en",
        show_default=True,
        help="Language that is printed.",
    ),
    click.option(
        "--theme",
        type=click.Choice(THEME_NAMES),
        default="ucsc",
        show_default=True,
        help="Look of the figure.",
    ),
    click.option(
        "--width", type=click.IntRange(LEAST_WIDTH, MOST_WIDTH), help="Width of the figure in pixels (at 100 per inch)."
    ),
    click.option(
        "--dpi",
        type=click.IntRange(LEAST_DPI, MOST_DPI),
        default=DPI,
        show_default=True,
        help="Dots per inch of PNG files.",
    ),
    click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice(FIGURE_FORMATS),
        help="Also write the figures as SVG or PDF (real text); repeatable. PNG is always written.",
    ),
    click.option(
        "--scale",
        type=click.Choice(SCALES),
        help="together (usual): signals of one assay, unit and source share a scale; job: over all loci; own: each by "
        "its own maximum; file: each up to its file's 99.9 % level. Tracks of one group share one in any case.",
    ),
    click.option(
        "--highlight",
        "highlights",
        multiple=True,
        metavar="CHR:START-END[=LABEL]",
        help="Tint a stretch in the figures that show it. Repeatable.",
    ),
    click.option(
        "--track",
        "track_changes",
        multiple=True,
        metavar="N:KEY=VALUE,...",
        help="Change track N (a number or label): height, vmin, vmax, log, dense, shape, row, heading, lines (values "
        "at which a line lies), across (lines or tint: intervals over all rows), color, group, label, assay, sample, "
        "strand, condition, replicate, level; as in '2:vmin=0,vmax=20,height=90'. Repeatable.",
    ),
    click.option(
        "--combine",
        "joins",
        multiple=True,
        metavar="HOW:N,M,...",
        help="Make tracks one: mean (with its standard error), overlay, subtract, ratio or log2ratio, as in "
        "'mean:1,2', 'mean:replicates' or 'subtract:ChIP,Input'. Repeatable; --track counts the tracks after it.",
    ),
    click.option(
        "--design",
        type=click.Path(path_type=Path),
        metavar="FILE.tsv",
        help="What the tracks compare, where the guess is wrong: a table with columns track or label, and some of "
        "assay, sample, condition, replicate, level, group. Empty: guessed; -: none.",
    ),
    click.option("--print-design", is_flag=True, help="Print that table as it is guessed, to edit, and stop."),
    click.option(
        "--headings",
        type=click.Choice(HEADINGS),
        help="Put a heading over neighbouring rows of one assay, sample, condition or group; --track N:heading=TEXT "
        "says one.",
    ),
    click.option("--guides", is_flag=True, help="Draw lines from the coordinates down through all rows."),
    click.option("--panels", is_flag=True, help="Also draw all loci side by side: OUT/panels.png (or --format)."),
    click.option(
        "--flank",
        metavar="BP",
        help="Shown on each side of genes, positions and BED lines: 20kb. Usual: 20 % of a gene, 5 kb beside a peak.",
    ),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1),
        help=f"Processes that draw and read loci at the same time. Usual: one a core, at most {MOST_PROCESSES}.",
    ),
    click.option(
        "--out",
        type=click.Path(path_type=Path),
        default=Path("locution-out"),
        show_default=True,
        metavar="OUT",
        help="Folder for the results; one command at a time writes to it.",
    ),
    click.option(
        "--report",
        "reports",
        multiple=True,
        type=click.Choice(list(REPORTS)),
        help="Also write all figures and captions, in both languages, as one file: OUT/report.html (opens from "
        "disk, loads nothing), .pdf or .pptx. Repeatable.",
    ),
    click.option(
        "--values", is_flag=True, help="Also write the drawn bins of every signal: OUT/values.tsv, about 1,000 a row."
    ),
    click.option(
        "--resume",
        is_flag=True,
        help="Keep the loci that an earlier run into OUT has done of the same files, options and version (told by "
        "hashes in their records); read the others, those that failed among them.",
    ),
    click.option(
        "--strict",
        is_flag=True,
        help="All or nothing: stop, before anything is drawn, at any locus or file that something is wrong with.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print no captions, notes or progress, only errors (and --json)."),
    click.option(
        "--json", "as_json", is_flag=True, help="Print the records, one JSON object a line, instead of captions."
    ),
)


def read_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it gets them as keyword arguments, which `Given` takes."""
    return reduce(lambda made, add: add(made), reversed(_OPTIONS), command)


@dataclass(frozen=True)
class Given:
    """What a person typed."""

    files: tuple[Path, ...]
    regions: tuple[str, ...]
    bed: Path | None
    scene: str | None
    track_list: Path | None
    assembly: str | None
    screenshots: tuple[Path, ...]
    models: tuple[str, ...]
    facts: Facts
    words: Words
    repair: bool
    lang: str
    theme: str
    width: int | None
    dpi: int
    formats: tuple[str, ...]
    scale: Scaling | None
    highlights: tuple[str, ...]
    track_changes: tuple[str, ...]
    joins: tuple[str, ...]
    design: Path | None
    print_design: bool
    panels: bool
    guides: bool
    headings: Heading | None
    flank: str | None
    jobs: int | None
    out: Path
    reports: tuple[str, ...]
    values: bool
    as_json: bool
    resume: bool
    strict: bool
    quiet: bool

    @property
    def asked(self) -> Asked:
        """The tracks and the places, and how they are drawn and read. Raises JobError."""
        return Asked(
            self.files,
            self.regions,
            self.bed,
            self.scene,
            self.track_list,
            self.assembly,
            None if self.flank is None else base_pairs("--flank", self.flank),
            Changes(self.scale, self.track_changes, self.joins, self.highlights, self.design, self.headings),
            Style(self.theme, self.width, self.dpi, self.formats, self.guides),
            self.models[0],
            ReadOptions(self.facts, self.words, self.lang, int(self.repair)),
            strict=self.strict,
        )
