"""`locution read --screenshot`: pictures that come without data, said and marked as not checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from service.batch.locus import Folders, write_record
from vlm.prompted.screenshot import check_picture, read_screenshots
from vlm.values.captioner import Captioner
from vlm.values.record import Record, caption_of


def read_pictures(pictures: Sequence[Path], captioner: Captioner, out: Path, lang: str) -> list[Record]:
    """Check, copy and read pictures; one goes into `out`, several into a folder each. Returns their records.

    Raises FormatError for a picture that cannot be used, ModelError for a model that needs data.
    """
    checked, folders = [], Folders(out)
    for path in pictures:
        folder = out if len(pictures) == 1 else folders.of(path.stem)
        folder.mkdir(parents=True, exist_ok=True)
        check_picture(path, folder / "figure.png")
        checked.append((path.name, folder / "figure.png"))
    records = read_screenshots(captioner, checked, lang)
    for (_, png), record in zip(checked, records, strict=True):
        write_record(png.parent, record)
    return records


def summary(record: Record, lang: str) -> str:
    """Name, what was said, and that none of it was checked, as a person reads them in a terminal."""
    if record["status"] != "done":
        return f"{record['region']['label']}\n  failed: {record['error']}\n"
    lines = [record["region"]["label"] or "", caption_of(record, lang)]
    lines.append(f"  [{record['model']['name']}: {len(record['claims'])} sentences, none checked]")
    return "\n".join(lines) + "\n"
