"""Small words for captions, English and Chinese: lists, numbers, positions, lengths, names of tracks and genes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from renderer.assays.labels import strand_of, unstranded
from renderer.values.region import Region
from renderer.values.track import Scene, Track

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    en: str
    zh: str

    def __add__(self, other: Text) -> Text:
        return Text(self.en + other.en, self.zh + other.zh)

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)


EMPTY = Text("", "")


def join_en(items: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


def join_zh(items: Sequence[str]) -> str:
    """'a', 'a 和 b', 'a、b 和 c'."""
    return " 和 ".join(["、".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


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
    """Chinese text with one space between Chinese characters and Latin letters or digits, as journals set it."""
    text = re.sub(r"([\u4e00-\u9fff])([A-Za-z0-9+(])", r"\1 \2", chinese)
    text = re.sub(r"([A-Za-z0-9+%)])([\u4e00-\u9fff])", r"\1 \2", text)
    text = re.sub(r" +", " ", text)
    text = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)
    return re.sub(r" ?([，。；：、（）]) ?", r"\1", text)


def sentence_case(english: str) -> str:
    """The sentence with a capital, unless it begins with a name that is written small (mESC, p300)."""
    first = re.match(r"[A-Za-z]\S*", english)
    if first and first[0].isalpha() and first[0].islower() and len(first[0]) > 2:
        return english[0].upper() + english[1:]
    return english


# --- positions and lengths


def length(bases: int, digits: int = 2) -> str:
    """'240 kb', '1.5 Mb', '800 bp': to so many significant digits."""
    bases = round(bases, -max(0, len(str(bases)) - digits))
    for unit, name in ((1_000_000, "Mb"), (1_000, "kb")):
        if bases >= unit:
            value = f"{bases / unit:,.3f}".rstrip("0").rstrip(".")
            return f"{value} {name}"
    return f"{bases} bp"


def _format(position: int, region: Region) -> tuple[str, str]:
    """A 1-based position rounded to about a hundredth of the window, and its unit."""
    if region.span < 100_000:
        step = 10 ** max(0, math.floor(math.log10(max(1, region.span) / 200)))
        return f"{round(position / step) * step:,}", ""
    decimals = max(0, math.ceil(-math.log10(region.span / 100 / 1_000_000)))
    if region.end < 1_000_000:
        return f"{position / 1_000:.{max(0, decimals - 3)}f}", " kb"
    return f"{position / 1_000_000:,.{decimals}f}", " Mb"


def place(position: float, region: Region) -> str:
    """A 0-based position as a person reads it off the axis: '5.071 Mb', or '24,297,400' in a small window."""
    at = int(position) + 1
    number, unit = _format(at, region)
    return f"{number}{unit}" if float(number.replace(",", "")) else f"{at:,}"


def stretch(start: int, end: int, region: Region) -> str:
    """An interval: '5.07–5.12 Mb'."""
    return f"{_format(start + 1, region)[0]}–{''.join(_format(end, region))}"


# --- tracks


@dataclass(frozen=True)
class Labels:
    """Track labels for a sentence: the sample, if all signal tracks share it, is said once and left out of each."""

    sample: str | None
    by_track: dict[int, str]
    strands: dict[int, str]

    def of(self, tracks: Sequence[int]) -> Text:
        """The labels of these tracks as a list; two strands of one assay become one item."""
        items: list[Text] = []
        left = list(tracks)
        while left:
            number = left.pop(0)
            twin = next((other for other in left if self._are_strands(number, other)), None)
            if twin is None:
                items.append(names([self.by_track[number]]))
                continue
            left.remove(twin)
            stem = unstranded(self.by_track[number])
            items.append(Text(f"both {stem} strands", f"{stem} 正、负两链"))
        return join(items)

    def _are_strands(self, one: int, other: int) -> bool:
        stems = {unstranded(self.by_track[number]) for number in (one, other)}
        signs = {self.strands.get(number) for number in (one, other)}
        return signs == {"+", "-"} and len(stems) == 1


def short_labels(scene: Scene) -> Labels:
    """The labels of a scene's tracks, without the sample they share."""
    signal = [track for track in scene.tracks if track.kind == "signal"]
    full = _told_apart(scene.tracks)
    strands = {track.number: strand for track in signal if (strand := strand_of(track))}
    samples = {track.sample for track in signal}
    sample = samples.pop() if len(samples) == 1 and len(signal) > 1 else None
    if not sample or not all(_has_word(track.label, sample) for track in signal):
        return Labels(None, full, strands)
    short = {number: _without(label, sample) for number, label in full.items()}
    cut = [short[track.number] for track in signal]
    if not all(cut) or len(set(cut)) < len(cut):
        return Labels(None, full, strands)
    return Labels(sample, {number: short[number] or full[number] for number in full}, strands)


def _told_apart(tracks: Sequence[Track]) -> dict[int, str]:
    """Each track's label, with its number where another track of the same strand is called the same."""
    full = {track.number: track.label.strip() or f"track {track.number}" for track in tracks}
    called = Counter((full[track.number], track.strand) for track in tracks)
    return {
        track.number: f"{full[track.number]} ({track.number})"
        if called[full[track.number], track.strand] > 1
        else full[track.number]
        for track in tracks
    }


def _has_word(label: str, word: str) -> bool:
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", label, re.IGNORECASE))


def _without(label: str, word: str) -> str:
    short = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", "", label, flags=re.IGNORECASE)
    return re.sub(r"\(\s*\)|\[\s*\]", "", re.sub(r"\s+", " ", short)).strip(" _,:;").removeprefix("- ").strip()


@dataclass(frozen=True)
class Sentence:
    """A sentence, the ids of the claims it says, and how gladly it is left out of a caption that is too long."""

    text: Text
    claims: tuple[int, ...]
    rank: int = 0


def sentence(text: Text, claims: Sequence[int], rank: int = 0) -> Sentence:
    """A finished sentence: full stops, capitals and spaces set, each claim once."""
    english = sentence_case(re.sub(r" +", " ", text.en))
    return Sentence(Text(english + ".", spaced(text.zh + "。")), tuple(dict.fromkeys(claims)), rank)
