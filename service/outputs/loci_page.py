"""Pages that open from disk: index.html beside the folders of the loci, and report.html, one file with all in it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from service.batch.locus import Finished, ReadLocus
from service.outputs.alt_text import alt_text
from service.outputs.citing import DRAWN_WITH, citation, methods
from service.outputs.results_page import write_results
from service.outputs.summary import place_beside, summarise
from vlm.words import languages

BESIDE = {
    "captions.tsv": "a row a locus",
    "claims.tsv": "a row a claim, with what it was held against",
    "values.tsv": "the drawn bins",
    "report.html": "all of this in one file",
    "report.pdf": "for print",
    "report.pptx": "slides",
}
"""What the index leads to, and what it is."""


def write_index(finished: Finished, made: Sequence[Path] = ()) -> Path:
    """index.html: every figure with its caption, what failed, and links to the files that were `made` of the batch;
    pictures and records stay in their folders."""
    files = [(one.name, BESIDE[one.name]) for one in made]
    return _write(finished, "index.html", "loci.html", lambda one: f"{finished.place(one.locus)}/figure.png", files)


def write_report(finished: Finished) -> Path:
    """report.html: the same and more in one file that can be sent by mail, with every claim."""
    return _write(finished, "report.html", "report.html", _inside, [])


def _write(
    finished: Finished, name: str, template: str, picture: Callable[[ReadLocus], str], files: list[tuple[str, str]]
) -> Path:
    summary = summarise(finished)
    path = finished.out / name
    write_results(
        path,
        template,
        finished.language,
        summary=summary,
        files=files,
        loci=_shown(finished, picture),
        languages=languages.spoken(finished.language),
        methods=methods(summary.tally),
        citation=citation(),
        drawn_with=DRAWN_WITH,
    )
    return path


def _shown(finished: Finished, picture: Callable[[ReadLocus], str]) -> Iterator[dict[str, Any]]:
    """What templates show of each locus, one after the other."""
    for one in finished:
        yield {
            "name": one.locus.name,
            "folder": finished.place(one.locus),
            "place": place_beside(one),
            "record": one.record,
            "picture": picture(one) if one.record["status"] == "done" else None,
            "alt": alt_text(one.record, finished.language),
            "labels": {track["track"]: track["label"] for track in one.record.get("tracks", ())},
        }


def _inside(one: ReadLocus) -> str:
    """The picture itself, as an address."""
    return f"data:image/png;base64,{base64.b64encode((one.locus.folder / 'figure.png').read_bytes()).decode()}"
