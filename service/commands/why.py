"""The command `locution why`: what is measured at a place, and what a peak has to pass there."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from renderer.values.errors import TrackError


@click.command("why")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--region", metavar="CHR:START-END", help="The window, as for locution read.")
@click.option("--at", "position", required=True, metavar="POS", help="The place: 4,985,000 (from 1) or chr9:4,985,000.")
@click.option("--track", "number", type=click.IntRange(1), help="One track, by its number. Usual: every signal.")
@click.option("--scene", metavar="FILE#ID", help="An entry of a scenes.json, in place of files and a window.")
@click.option("--tracklist", "track_list", type=click.Path(path_type=Path), help="A track list, as for locution read.")
@click.option("--assembly", help="The assembly of the files.")
@click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print an object a track, one a line.")
def why(
    files: tuple[Path, ...],
    region: str | None,
    position: str,
    number: int | None,
    scene: str | None,
    track_list: Path | None,
    assembly: str | None,
    lang: str,
    as_json: bool,
) -> None:
    """Say why a place is a peak, or none: the value there, what is usual in the window and in the whole file, and
    each threshold with whether it is passed."""
    from service.batch.asked import Asked, find_all
    from workers.pipeline import explain_place
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    reader = reader_of_files(Settings.from_env())
    asked = Asked(files, (region,) if region else (), None, scene, track_list, assembly)
    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        (locus,) = find_all(asked, reader, Path(work), Path(work) / "prepared")[:1]
        if locus.scene is None:
            raise TrackError(locus.problem or "There is nothing to draw.")
        for answer in explain_place(reader, locus.scene, position, number, Path(work) / "why.png"):
            click.echo(json.dumps(answer.to_json(), ensure_ascii=False) if as_json else answer.say(lang) + "\n")
