"""Where a peak is, in words: at the start of a gene, within one, or near a position. Used by all peak sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from renderer.assays.labels import strand_of
from renderer.assays.names import assay_of
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.words import text as words
from vlm.words.profiles import Profile, Spot
from vlm.words.text import EMPTY, Labels, Text, number_en

NAMED = 3
"""Genes or positions named in one list of places."""

MANY = 10
"""Above this many peaks a number says no more than 'many'."""


ANONYMOUS_SPAN = 1_000_000
"""In a wider window (bp) a peak is near some start site or other by chance; without a name that says nothing."""


@dataclass(frozen=True)
class Setting:
    """What every sentence of one caption needs: the window, short track labels, and who is said to be at promoters."""

    region: Region
    labels: Labels
    promoters: frozenset[int]

    @classmethod
    def of(cls, scene: Scene) -> Setting:
        """The setting of a scene."""
        marks = (
            track.number for track in scene.tracks if (row := assay_of(track)) and row.starts and not strand_of(track)
        )
        return cls(scene.region, words.short_labels(scene), frozenset(marks))


def where(spot: Spot, setting: Setting, tracks: Sequence[int], position: bool = False) -> Text:
    """'at the promoter of JAK2 (4.985 Mb)', in Chinese without the verb: 'JAK2 启动子处（4.985 Mb）'."""
    near = words.place(spot.summit, setting.region)
    if setting.region.span > ANONYMOUS_SPAN:
        spot = replace(spot, anonymous=None)
    if not spot.tss and not spot.inside and not spot.anonymous:
        if spot.intergenic and setting.region.span <= ANONYMOUS_SPAN:
            return Text(f"between genes near {near}", f"{near} 附近的基因间区")
        return Text(f"near {near}", f"{near} 附近")
    shown = Text(f" ({near})", f"（{near}）") if position else EMPTY
    if not spot.tss and not spot.inside:
        return (_AT_SOME_TSS if spot.anonymous == "tss" else _IN_SOME_GENE) + shown
    if spot.tss:
        return at_start(spot.tss[:2], spot.internal, setting, tracks) + shown
    return Text(f"within {spot.inside[0]}", f"{spot.inside[0]} 内") + shown


_AT_SOME_TSS = Text("at an annotated TSS", "一个注释的转录起始位点处")
_IN_SOME_GENE = Text("within an annotated gene", "一个注释基因内")


def at_start(genes: Sequence[str], internal: bool, setting: Setting, tracks: Sequence[int]) -> Text:
    """'at the promoters of A and B', 'at the TSS of A', 'at an internal TSS of A'."""
    listed = words.names(genes)
    if internal:
        many = len(genes) > 1
        noun = "internal TSSs" if many else "an internal TSS"
        return Text(f"at {noun} of {listed.en}", f"{listed.zh} 内部的转录起始位点处")
    promoter = all(track in setting.promoters for track in tracks)
    noun = ("promoter" if promoter else "TSS") + "s" * (len(genes) > 1)
    chinese = "启动子处" if promoter and len(genes) == 1 else "的启动子处" if promoter else "的转录起始位点处"
    return Text(f"at the {noun} of {listed.en}", f"{listed.zh} {chinese}")


def count_of(count: int | None, known: int) -> Text:
    """'three clear peaks', '3 个明显的峰'; `known` peaks are spoken of where no count holds."""
    if count is None:
        several = Text("several clear peaks", "多个明显的峰")
        return several if known > 1 else Text("a clear peak", "一个明显的峰")
    if count > MANY:
        return Text(f"more than {number_en(MANY)} peaks", f"{MANY} 个以上的峰")
    return Text(f"{number_en(count)} clear peak{'s' * (count != 1)}", f"{count} 个明显的峰")


@dataclass(frozen=True)
class Rest:
    """Peaks beside those already told: how many (None: unknown), and the known ones, tallest first."""

    number: int | None
    spots: tuple[Spot, ...]

    @classmethod
    def of(cls, profile: Profile, told: Sequence[Spot] = ()) -> Rest:
        """The peaks of a track but for those told."""
        spots = tuple(spot for spot in profile.others if spot not in told)
        number = None if profile.count is None else max(0, profile.count - 1 - len(told))
        return cls(number, spots)

    @property
    def complete(self) -> bool:
        """Whether every one of them is known."""
        return self.number == len(self.spots)


def places(rest: Rest, setting: Setting, track: int) -> tuple[Text, list[int], bool, int]:
    """Where the rest is, with claim ids, whether that is all of it, and how many peaks it names.

    Empty if no short list would do.
    """
    starts = [spot for spot in rest.spots if spot.tss and not spot.internal]
    if rest.complete and rest.spots and (gene := shared_gene(rest.spots)):
        return Text(f"within {gene}", f"{gene} 内"), ids_of(rest.spots), True, len(rest.spots)
    if starts:
        genes = list(dict.fromkeys(spot.tss[0] for spot in starts))[:NAMED]
        shown = [spot for spot in starts if spot.tss[0] in genes]
        whole = rest.complete and len(shown) == len(rest.spots)
        return at_start(genes, False, setting, [track]), ids_of(shown), whole, len(shown)
    if rest.complete and 0 < len(rest.spots) <= 2:
        ordered = sorted(rest.spots, key=lambda spot: spot.summit)
        text = words.join([where(replace(spot, anonymous=None), setting, [track]) for spot in ordered])
        return text, ids_of(ordered), True, len(ordered)
    return EMPTY, [], False, 0


def ids_of(spots: Sequence[Spot]) -> list[int]:
    """The claims on these peaks and their genes."""
    return [i for spot in spots for i in (*spot.ids, *spot.gene_ids)]


def shared_gene(spots: Sequence[Spot]) -> str | None:
    """The gene all of these peaks lie in, if they do. An internal start site is inside the gene as well."""
    inside = [{*spot.inside, *(spot.tss if spot.internal else ())} for spot in spots]
    shared = set.intersection(*inside) if inside else set()
    return min(shared) if shared else None
