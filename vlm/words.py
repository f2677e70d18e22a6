"""Small words for captions, English and Chinese: lists, numbers, positions, lengths, names of tracks and genes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from renderer.region import Region
from renderer.track import Scene

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CLONE = re.compile(r"^(RP\d+-|CT[ABCD]-|A[CLPJ]\d{5,}|LINC\d|LOC\d|MIR\d|SNOR|RNU\d|RN7|Y_RNA|snoU?\d|MTND|Gm\d{3,})")
"""Names a biologist would not put in a caption when better known genes are in view."""


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    en: str
    zh: str

    def __add__(self, other: Text) -> Text:
        return Text(self.en + other.en, self.zh + other.zh)


def join_en(items: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


def join_zh(items: Sequence[str]) -> str:
    """'a', 'a和b', 'a、b和c'."""
    return "和".join(["、".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


def join(items: Sequence[Text]) -> Text:
    """A list in both languages."""
    return Text(join_en([item.en for item in items]), join_zh([item.zh for item in items]))


def names(items: Sequence[str]) -> Text:
    """A list of names that are the same in both languages."""
    return Text(join_en(items), join_zh(items))


def number_en(number: int) -> str:
    """Up to ten in letters."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def spaced(chinese: str) -> str:
    """Chinese text with a space between Chinese characters and Latin letters or digits, as journals set it."""
    text = re.sub(r"([\u4e00-\u9fff])([A-Za-z0-9+(])", r"\1 \2", chinese)
    return re.sub(r"([A-Za-z0-9+%)])([\u4e00-\u9fff])", r"\1 \2", text)


def length(bases: int) -> Text:
    """'240 kb', '1.5 Mb', '800 bp': two to three digits."""
    for unit, name in ((1_000_000, "Mb"), (1_000, "kb")):
        if bases >= unit:
            value = bases / unit
            text = f"{value:.3g}" if value < 100 else f"{value:,.0f}"
            return Text(f"{text} {name}", f"{text} {name}")
    return Text(f"{bases} bp", f"{bases} bp")


def _digits(region: Region) -> int:
    """Decimals of a position in Mb that a window of this width can show: about a hundredth of it."""
    return min(6, max(2, math.ceil(-math.log10(region.span / 100 / 1_000_000))))


def place(position: float, region: Region) -> str:
    """A position as a person reads it off the axis: '5.07 Mb'."""
    return f"{(position + 1) / 1_000_000:,.{_digits(region)}f} Mb"


def stretch(start: int, end: int, region: Region) -> str:
    """An interval: '5.07–5.12 Mb'."""
    digits = _digits(region)
    return f"{(start + 1) / 1_000_000:,.{digits}f}–{end / 1_000_000:,.{digits}f} Mb"


def well_known(name: str) -> bool:
    """Whether a gene name is a symbol rather than a clone, a locus number or a small RNA."""
    return not _CLONE.match(name)


@dataclass(frozen=True)
class Labels:
    """Track labels for a sentence: the sample, if all signal tracks share it, is said once and left out of each."""

    sample: str | None
    by_track: dict[int, str]

    def of(self, tracks: Sequence[int]) -> Text:
        """The labels of these tracks as a list."""
        return names([self.by_track[number] for number in tracks])


def short_labels(scene: Scene) -> Labels:
    """The labels of a scene's tracks, without the sample they share."""
    signal = [track for track in scene.tracks if track.kind == "signal"]
    samples = {track.sample for track in signal}
    sample = samples.pop() if len(samples) == 1 and len(signal) > 1 else None
    shared = sample if sample and all(sample.casefold() in track.label.casefold() for track in signal) else None
    labels: dict[int, str] = {}
    for track in scene.tracks:
        short = re.sub(re.escape(shared), "", track.label, flags=re.IGNORECASE).strip(" _-,") if shared else ""
        labels[track.number] = short or track.label or f"track {track.number}"
    if len({labels[track.number] for track in signal}) < len(signal):
        return Labels(None, {track.number: track.label or f"track {track.number}" for track in scene.tracks})
    return Labels(shared, labels)
