"""ro-crate-metadata.json: what the folder of a batch holds and what it was made from, for archives and workflows.

JSON-LD of RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): the figures and records of each locus, the tables and reports,
the files they rest on by name and SHA-256, and the run of Locution that made them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from service.batch.locus import RECORD, Finished, ReadLocus
from service.outputs.alt_text import alt_text
from service.outputs.citing import TITLE, methods
from service.outputs.summary import Summary, summarise
from vlm.values.record import RecordInput

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
LICENCE = "https://spdx.org/licenses/GPL-3.0-or-later"
FORMATS = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".html": "text/html",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

Entity = dict[str, Any]


def write_crate(finished: Finished, made: Sequence[Path] = ()) -> Path:
    """Write it, with the files that were `made` of the whole batch; returns its path."""
    summary, files = summarise(finished), [_file(path, path.name, {}) for path in made]
    for one in finished:
        files += _of_locus(one, "" if finished.place(one.locus) == "." else f"{finished.place(one.locus)}/")
    inputs = [_input(one) for one in summary.inputs.values()]
    graph = [*_root(summary, files), _run(summary, files, inputs), *files, *inputs, *_tools(summary)]
    path, partial = finished.out / NAME, finished.out / f".{NAME}.partial"
    partial.write_text(json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(path)
    return path


def _root(summary: Summary, files: Sequence[Entity]) -> list[Entity]:
    """The descriptor of the crate, and the folder it describes."""
    about = {"@id": "./"}
    return [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": about,
        },
        {
            **about,
            "@type": "Dataset",
            "name": f"Genome track figures and captions of {summary.title}",
            "description": methods(summary.tally)["en"],
            "datePublished": summary.last or None,
            "license": "The figures and captions are yours; see the terms of the data they were made from.",
            "hasPart": _ids(files),
            "mentions": {"@id": "#run"},
        },
    ]


def _run(summary: Summary, files: Sequence[Entity], inputs: Sequence[Entity]) -> Entity:
    """What made the files from the inputs."""
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "locution read",
        "instrument": [{"@id": _tool(version)} for version in sorted(summary.versions)],
        "object": _ids(inputs),
        "result": _ids(files),
        "endTime": summary.last or None,
    }


def _of_locus(one: ReadLocus, place: str) -> Iterator[Entity]:
    """The files in the folder of a locus."""
    record, folder = one.record, one.locus.folder
    said = {"about": one.locus.name}
    yield _file(folder / RECORD, f"{place}{RECORD}", said | {"name": f"Record of {one.locus.name}"})
    for name in ("figure.png", "figure.svg", "figure.pdf"):
        if record["status"] == "done" and (folder / name).is_file():
            told = {"name": f"Tracks of {one.locus.name}", "description": alt_text(record, "en")}
            yield _file(folder / name, f"{place}{name}", said | told)


def _file(path: Path, name: str, more: Entity) -> Entity:
    known = {"encodingFormat": FORMATS.get(path.suffix), "contentSize": str(path.stat().st_size)}
    return {"@id": name, "@type": "File", "name": path.name, **known, **more}


def _input(one: RecordInput) -> Entity:
    """A file that was read, which is not in the folder."""
    identity = f"#sha256:{one['sha256']}:{quote(one['name'])}" if one["sha256"] else f"#input:{quote(one['name'])}"
    size = None if one["bytes"] is None else str(one["bytes"])
    known = {"identifier": one["sha256"], "contentSize": size}
    return {"@id": identity, "@type": "CreativeWork", "name": one["name"], **known}


def _tool(version: str) -> str:
    return f"#locution-{version}"


def _tools(summary: Summary) -> list[Entity]:
    return [
        {
            "@id": _tool(version),
            "@type": "SoftwareApplication",
            "name": "Locution",
            "description": TITLE,
            "softwareVersion": version,
            "license": {"@id": LICENCE},
        }
        for version in sorted(summary.versions)
    ]


def _ids(entities: Sequence[Entity]) -> list[Entity]:
    return [{"@id": one["@id"]} for one in entities]
