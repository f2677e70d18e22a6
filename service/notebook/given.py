"""What a person hands to `read` in Python (paths, mappings, tuples, frames), as the batch takes it: texts and paths.

Loci that are tuples or rows of a frame become BED lines, so they mean what a BED file means.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from workers.errors import JobError

if TYPE_CHECKING:
    import pandas

    PathText: TypeAlias = str | PathLike[str]
    Files: TypeAlias = PathText | Sequence[PathText] | Mapping[str, Any]
    Place: TypeAlias = str | tuple[str, int, int] | tuple[str, int, int, str]
    Loci: TypeAlias = PathText | Place | Sequence[Place] | pandas.DataFrame
    Table: TypeAlias = PathText | pandas.DataFrame

_FRAME_NAMES = {
    "chrom": ("chrom", "chromosome", "chr", "seqnames", "#chrom"),
    "start": ("start", "chromstart", "begin"),
    "end": ("end", "chromend", "stop"),
    "name": ("name", "gene_name", "label", "id"),
}
"""What columns of frames are called by bioframe, pyranges, pybedtools and people; upper or lower case."""

_LOCI_ENDINGS = (".bed", ".txt", ".tsv", ".csv", ".narrowpeak", ".broadpeak", ".gz")
"""A text that ends like this is a file, there or not: no gene is called so."""


def files_of(
    files: Files, genes: PathText | None = None
) -> tuple[tuple[Path, ...], tuple[str, ...], Mapping[str, Any] | str | None]:
    """Track files, those of `genes` last; their labels ('' where they are guessed); and the scene that was given in
    their place, if one was. Raises JobError."""
    last = () if genes is None else (Path(genes),)
    if isinstance(files, Mapping) and not isinstance(files.get("tracks"), list):
        paths = tuple(_path(path, label) for label, path in files.items())
        return paths + last, (*map(str, files), *("" for _ in last)), None
    if isinstance(files, Mapping) or _is_scene(files):
        return last, (), files  # type: ignore[return-value]
    several = [files] if isinstance(files, str | PathLike) else files
    return tuple(_path(path, number) for number, path in enumerate(several, 1)) + last, (), None


def _is_scene(files: Any) -> bool:
    return isinstance(files, str | PathLike) and str(files).partition("#")[0].lower().endswith(".json")


def _path(path: Any, called: object) -> Path:
    if not isinstance(path, str | PathLike):
        raise JobError(f"File {called} is {path!r}. Give a path, or a mapping of labels to paths.")
    return Path(path)


def loci_of(loci: Loci) -> tuple[tuple[str, ...], Path | None]:
    """Loci as lines of text, or the file that holds them. Raises JobError."""
    if isinstance(loci, PathLike):
        return (), Path(loci)
    if isinstance(loci, str):
        is_file = loci.lower().endswith(_LOCI_ENDINGS) or ("\n" not in loci and Path(loci).is_file())
        return ((), Path(loci)) if is_file else ((loci,), None)
    if hasattr(loci, "columns"):
        return _frame_lines(loci), None
    if not isinstance(loci, Iterable):
        raise JobError(f"A locus is {loci!r}. {_VALID_LOCUS}")
    if isinstance(loci, tuple) and len(loci) in (3, 4) and not isinstance(loci[1], str | tuple):
        return (_line(loci),), None
    return tuple(one if isinstance(one, str) else _line(one) for one in loci), None


_VALID_LOCUS = "Write it like 'JAK2', 'chr9:4,950,001-5,190,000' (from 1), or ('chr9', 4950000, 5190000) (from 0)."


def _line(place: Any) -> str:
    """A BED line of (chrom, start, end) or (chrom, start, end, name)."""
    try:
        chrom, start, end, *name = place
        return _bed(chrom, start, end, name[0] if name else None)
    except (TypeError, ValueError):
        raise JobError(f"A locus is {place!r}. {_VALID_LOCUS}") from None


def _bed(chrom: Any, start: Any, end: Any, name: Any) -> str:
    """Raises ValueError or TypeError for a position that is no whole number."""
    if not isinstance(chrom, str):
        raise TypeError(chrom)
    if int(start) != start or int(end) != end:
        raise ValueError(start, end)
    called = " ".join(name.split()) if isinstance(name, str) else ""  # a missing name of a frame is NaN
    return "\t".join([chrom, str(int(start)), str(int(end)), *filter(None, [called])])


def _frame_lines(frame: Any) -> tuple[str, ...]:
    columns = {str(name).lower(): name for name in frame.columns}
    found = {
        want: next((columns[name] for name in names if name in columns), None) for want, names in _FRAME_NAMES.items()
    }
    missing = [name for name in ("chrom", "start", "end") if found[name] is None]
    if missing:
        raise JobError(
            f"The frame of loci has no column '{missing[0]}'. It has {', '.join(map(str, frame.columns))}; it needs "
            "chrom, start and end (from 0, half-open), and may have a name."
        )
    names = frame[found["name"]] if found["name"] is not None else [None] * len(frame)
    rows = zip(frame[found["chrom"]].astype(str), frame[found["start"]], frame[found["end"]], names, strict=True)
    return tuple(_line(row) for row in rows)


def scene_of(scene: Mapping[str, Any] | str, work: Path) -> str:
    """A scene as `Asked.scene` names it: 'FILE#ID'. One that is a mapping is written under `work`; its files are
    relative to the present folder. Raises JobError for one that is not made of JSON's types."""
    if not isinstance(scene, Mapping):
        return str(scene)
    here = {**scene, "id": str(scene.get("id", "scene")), "tracks": [_absolute(track) for track in scene["tracks"]]}
    path = work / "scenes.json"
    try:
        path.write_text(json.dumps([here]), encoding="utf-8")
    except TypeError as error:
        raise JobError(f"The scene holds what is neither text, number, list nor mapping ({error}).") from error
    return f"{path}#{here['id']}"


def _absolute(track: Any) -> Any:
    if not isinstance(track, Mapping) or "file" not in track:
        return track  # loading it says what is wrong
    more = [str(Path(one).absolute()) for one in track.get("more", ())]
    return {**track, "file": str(Path(track["file"]).absolute()), **({"more": more} if more else {})}


def table_of(table: Table | None, work: Path) -> Path | None:
    """A design as the file that `Changes.design` names; a frame is written under `work`."""
    if table is None or isinstance(table, str | PathLike):
        return None if table is None else Path(table)
    path = work / "design.tsv"
    table.to_csv(path, sep="\t", index=False)
    return path


def texts(said: str | Sequence[str]) -> tuple[str, ...]:
    """One text, or several."""
    return (said,) if isinstance(said, str) else tuple(said)
