"""A locus that was read, as a person works with it: figure, caption, claims, drawn bins, record, and how it looks in a
notebook. Draws and reads nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.values.errors import LocutionError
from service.notebook.card import card
from vlm.values.record import Record, RecordClaim, caption_of

if TYPE_CHECKING:
    import pandas
    from PIL.Image import Image

    from renderer.values.drawn import DrawnBins

MOST_CARDS = 20
"""Readings of a list that a notebook shows: each carries its picture, and a page of hundreds of them hangs."""

VALUE_COLUMNS = ("chrom", "start", "end", "track", "label", "value")
"""Columns of `Reading.values`."""


@dataclass(frozen=True, repr=False)
class Figure:
    """A picture: `png` are its bytes, `others` those of further formats that were asked for ('svg', 'pdf')."""

    png: bytes
    alt: str
    others: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def image(self) -> Image:
        """The picture as an image of Pillow."""
        from PIL import Image

        return Image.open(io.BytesIO(self.png))

    def save(self, path: str | Path) -> Path:
        """Write the picture; the ending says in which format. Returns the path.

        Raises LocutionError for a format that was not asked for, OSError where the file cannot be written.
        """
        path = Path(path)
        made = {"png": self.png, **self.others}
        wanted = path.suffix.lower().removeprefix(".")
        if wanted not in made:
            raise LocutionError(
                f"{path.name}: there is no '{wanted}' of this figure, but {', '.join(made)}. "
                "Ask for others when it is read, like format=('svg', 'pdf')."
            )
        path.write_bytes(made[wanted])
        return path

    def __repr__(self) -> str:
        return f"<Figure of {len(self.png) / 1000:,.0f} kB: {self.alt[:80]}>"

    def _repr_png_(self) -> bytes:
        return self.png


@dataclass(frozen=True, repr=False, eq=False)
class Reading:
    """What was seen at one locus. `record` is all of it, as `locution schema` says; `figure` is None where the locus
    could not be drawn. `bins` are the drawn bins, `language` is that of `caption`."""

    record: Record
    figure: Figure | None
    language: str = "en"
    bins: DrawnBins | None = None

    @property
    def name(self) -> str:
        """What the locus is called: the name it was given, a gene, or the place."""
        region = self.record["region"]
        return region["label"] or self.place

    @property
    def place(self) -> str:
        """The window as a person reads it, from 1 and inclusive: 'chr9:4,950,001-5,190,000'; '' if there is none."""
        region = self.record["region"]
        chrom, start, end = region.get("chrom"), region.get("start"), region.get("end")
        return "" if chrom is None or start is None else f"{chrom}:{start + 1:,}-{end:,}"

    @property
    def failed(self) -> bool:
        """Whether there is no caption; `reason` says why."""
        return self.record["status"] != "done"

    @property
    def reason(self) -> str | None:
        """Why it failed; None where it did not."""
        return self.record["error"] if self.failed else None

    @property
    def caption(self) -> str:
        """The caption in the language that was asked for; '' where the locus failed."""
        return caption_of(self.record, self.language)

    @property
    def captions(self) -> dict[str, str]:
        """Language code ('en', 'zh') -> the caption in it."""
        return dict(self.record["caption"] or {})

    @property
    def claims(self) -> list[RecordClaim]:
        """Every statement with its verdict, the measured numbers and their tolerance; positions from 0, half-open.
        `pandas.DataFrame(reading.claims)` makes a table of them."""
        return self.record["claims"]

    @property
    def warnings(self) -> list[str]:
        """What a reader of the figure should know."""
        return self.record["warnings"]

    @cached_property
    def values(self) -> pandas.DataFrame:
        """The drawn bins of every signal, a row a bin: chrom, start, end (0-based, half-open), track (its number in the
        figure, from 1), its label, and value (the mean in file units; NaN where the file has no data)."""
        import pandas

        if self.bins is None:
            return pandas.DataFrame(columns=list(VALUE_COLUMNS))
        labels = {track["track"]: track["label"] for track in self.record.get("tracks", ())}
        edges, chrom = self.bins.edges, self.record["region"].get("chrom")
        parts = [
            pandas.DataFrame(
                {"start": edges[:-1], "end": edges[1:], "track": track, "label": labels.get(track, ""), "value": values}
            )
            for track, values in self.bins.values.items()
        ]
        if not parts:
            return pandas.DataFrame(columns=list(VALUE_COLUMNS))
        return pandas.concat(parts, ignore_index=True).assign(chrom=chrom)[list(VALUE_COLUMNS)]

    def __repr__(self) -> str:
        said = f"failed: {self.reason}" if self.failed else self.caption
        return f"<Reading of {self.name}: {said[:100]}{'...' if len(said) > 100 else ''}>"

    def _repr_html_(self) -> str:
        png, alt = (self.figure.png, self.figure.alt) if self.figure else (None, "")
        return card(self.name, self.record, self.language, png, alt)


class Readings(list[Reading]):
    """Readings in the order of their loci; a notebook shows the figures and captions of the first."""

    def _repr_html_(self) -> str:
        shown = "".join(one._repr_html_() for one in self[:MOST_CARDS])
        more = len(self) - MOST_CARDS
        return shown + (f"<p>... and {more} more: index them, as in readings[{MOST_CARDS}].</p>" if more > 0 else "")
