"""Judged claims -> a caption: three to eight sentences, English and Chinese, each tied to the claims it rests on.

Only supported claims are said. The order is a figure legend's: the window and its genes; places where tracks peak,
those several tracks share first; exons and broad domains; comparisons; intervals, links and boundaries in a clause
each; last what shows no peak, is uneven, flat or empty. Claims that are true but not needed stay in the record, not
in the caption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from renderer.assays.names import is_control
from renderer.values.evidence import Gene
from renderer.values.track import Scene
from vlm.claims.join import is_worth_naming
from vlm.values.claim import Judged
from vlm.words import text as words
from vlm.words.claim_text import claim_text
from vlm.words.compare_prose import tell_exons, tell_higher, tell_lone, tell_strands
from vlm.words.domain_prose import gene_spans, tell_domains
from vlm.words.peak_prose import RANK_TRACK, tell_peaks
from vlm.words.places import Setting, count_of
from vlm.words.profiles import Profile, gather, supported
from vlm.words.row_prose import tell_rows
from vlm.words.rule_prose import observations, reading_text, tell_readings
from vlm.words.text import Sentence, Text, number_en, sentence

MOST_SENTENCES = 8
MOST_GENES = 4
"""Genes named in the first sentence; the rest is counted."""


@dataclass(frozen=True)
class Prose:
    """Sentences, and the wording of each claim by its id."""

    sentences: tuple[Sentence, ...]
    claims: dict[int, Text]

    @property
    def caption(self) -> Text:
        """All sentences in a row."""
        return Text(" ".join(s.text.en for s in self.sentences), "".join(s.text.zh for s in self.sentences))


def compose(judged: Sequence[Judged], scene: Scene, genes: Sequence[Gene] = ()) -> Prose:
    """The caption of a scene. Claim ids are positions in `judged`, from 1; `genes` tell which names are worth it."""
    setting = Setting.of(scene)
    everything, judged = judged, observations(judged)
    profiles = list(gather(judged).values())
    worth = {gene.name for gene in genes if is_worth_naming(gene)}
    controls = {track.number for track in scene.tracks if is_control(track)}
    told = [p for p in profiles if p.state is None and p.track not in controls]
    exonic = [p for p in told if p.exons]
    peaky = [p for p in told if not p.domains and not p.exons]
    broad = [p for p in profiles if p.domains and p.track not in controls and not p.exons]
    body = _after_groups(tell_peaks(peaky, judged, setting), tell_exons(exonic, setting))
    body += tell_domains(broad, gene_spans(judged, worth), setting) + tell_strands(told, setting)
    body += tell_higher(judged, setting) + tell_lone(judged, setting) + tell_rows(judged, setting)
    rest = _tell_quiet(profiles, controls, setting)
    readings = tell_readings(everything, scene, worth)
    body = _fit([*body], MOST_SENTENCES - 1 - len(rest) - len(readings))
    texts = {number: claim_text(one.claim, scene) for number, one in enumerate(judged, 1)}
    texts |= {n: reading_text(one, scene) for n, one in enumerate(everything, 1) if n > len(judged)}
    return Prose((_opening(judged, scene, worth), *_in_sample([*body, *rest], setting), *readings), texts)


def _after_groups(peaks: list[Sentence], exons: list[Sentence]) -> list[Sentence]:
    """Transcripts are told after the places that several tracks share, before single tracks."""
    at = next((index for index, one in enumerate(peaks) if one.rank == RANK_TRACK), len(peaks))
    return [*peaks[:at], *exons, *peaks[at:]]


def _fit(sentences: list[Sentence], most: int) -> list[Sentence]:
    """The sentences a caption has room for, in their order."""
    kept = sorted(range(len(sentences)), key=lambda index: (sentences[index].rank, index))[:most]
    return [sentences[index] for index in sorted(kept)]


def _in_sample(sentences: list[Sentence], setting: Setting) -> list[Sentence]:
    """The sample that all labels share, said once at the first sentence on a signal."""
    sample = setting.labels.sample
    first = next((one for one in sentences if not one.text.en.startswith(("In ", "On "))), None)
    if not sample or not first:
        return sentences
    english = first.text.en.replace("Both ", "both ", 1) if first.text.en.startswith("Both ") else first.text.en
    text = Text(f"In {sample}, {english}", words.spaced(f"在 {sample} 中，{first.text.zh}"))
    said = Sentence(text, first.claims, first.rank)
    return [said if one is first else one for one in sentences]


# --- the window and its genes


@dataclass(frozen=True)
class _Named:
    """A gene of which a supported claim tells."""

    id: int
    name: str
    strand: str
    start: int
    end: int


def _opening(judged: Sequence[Judged], scene: Scene, worth: set[str]) -> Sentence:
    region = scene.region
    size = words.length(region.span, 3)
    address = f"{scene.assembly} {region}" if scene.assembly else str(region)
    window = Text(f"The {size} window ({address})", f"图示 {address}（{size}）")
    counts = [
        (number, int(one.measured["count"])) for number, one in supported(judged) if one.claim.kind == "gene_count"
    ]
    total = counts[0][1] if counts else None
    genes = _named_genes(judged, worth)
    if total == 0:
        return sentence(window + Text(" holds no annotated gene", "，无注释基因"), [counts[0][0]])
    if not genes:
        if total is None:
            return sentence(Text(f"The figure shows {size} of {address}", window.zh), [])
        plural = "s" * (total > 1)
        return sentence(
            window + Text(f" holds {number_en(total)} annotated gene{plural}", f"，含 {total:,} 个注释基因"),
            [counts[0][0]],
        )
    home = _around(genes, scene)
    if home and len(genes) == 1 and total in (None, 1):
        strand = _STRANDS.get(home.strand, Text("", ""))
        inside = Text(
            f" lies within {home.name}{strand.en}", f"，位于{strand.zh}基因 {home.name} 内".replace("位于的", "位于")
        )
        return sentence(window + inside, [home.id, *(number for number, _ in counts[:1])])
    shown = _shown(genes, judged)
    others = (total or len(genes)) - len(shown)
    text = window + _gene_list(shown, others)
    return sentence(text, [*(gene.id for gene in shown), *(number for number, _ in counts[: bool(others)])])


_STRANDS = {"+": Text(" (plus strand)", "正链"), "-": Text(" (minus strand)", "负链")}


def _named_genes(judged: Sequence[Judged], worth: set[str]) -> list[_Named]:
    """Genes with a symbol, those worth a caption's words if there are any."""
    genes = [
        _Named(number, str(one.measured["name"]), str(one.measured["strand"]), one.claim.start, one.claim.end)
        for number, one in supported(judged)
        if one.claim.kind == "gene" and one.measured.get("named", True)
    ]
    return [gene for gene in genes if gene.name in worth] or genes


def _around(genes: Sequence[_Named], scene: Scene) -> _Named | None:
    region = scene.region
    return next((gene for gene in genes if gene.start <= region.start and gene.end >= region.end), None)


def _shown(genes: Sequence[_Named], judged: Sequence[Judged]) -> list[_Named]:
    """The genes that are named: those with a peak at their start first, then the longest; left to right."""
    started = {one.measured["gene"] for _, one in supported(judged) if one.claim.kind == "peak_at_tss"}
    ranked = sorted(genes, key=lambda gene: (gene.name not in started, gene.start - gene.end))
    once = list({gene.name: gene for gene in reversed(ranked)}.values())[::-1]
    # One more name is shorter than 'and one other gene'.
    most = MOST_GENES + 1 if len(once) == MOST_GENES + 1 else MOST_GENES
    return sorted(once[:most], key=lambda gene: gene.start)


def _gene_list(shown: Sequence[_Named], others: int) -> Text:
    """' shows JAK2 on the plus strand, INSL6 on the minus strand and 14 other genes'."""
    groups: list[tuple[str, list[str]]] = []
    for gene in shown:
        if groups and groups[-1][0] == gene.strand:
            groups[-1][1].append(gene.name)
        else:
            groups.append((gene.strand, [gene.name]))
    if len(groups) > 2:  # strands alternate: name the genes of each strand together
        order = list(dict.fromkeys(strand for strand, _ in groups))
        groups = [(strand, [name for s, listed in groups if s == strand for name in listed]) for strand in order]
    words_of = {"+": " on the plus strand", "-": " on the minus strand"}
    english = [f"{words.join_en(listed)}{words_of.get(strand, '')}" for strand, listed in groups]
    english += [f"{number_en(others)} other gene{'s' * (others > 1)}"] if others else []
    signs = {"+": "（正链）", "-": "（负链）"}
    chinese = [f"{'、'.join(listed)}{signs.get(strand, '')}" for strand, listed in groups]
    total = sum(len(listed) for _, listed in groups) + others
    counted = f"等 {total} 个基因" if others else ""
    return Text(
        f" shows {_comma_and(english)}", f"，含 {'、'.join(chinese) if others else '和 '.join(chinese)}{counted}"
    )


def _comma_and(items: Sequence[str]) -> str:
    """A list whose items may hold an 'and' themselves."""
    if len(items) < 2 or not any(" and " in item for item in items):
        return words.join_en(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"


# --- what shows nothing to point at


def _tell_quiet(profiles: Sequence[Profile], controls: set[int], setting: Setting) -> list[Sentence]:
    """One sentence for the tracks without a peak to speak of, and for controls, whose bumps are no finding."""
    clauses: list[Text] = []
    ids: list[int] = []
    for members, wording in _quiet_groups(profiles, controls):
        labels = setting.labels.of([profile.track for profile in members])
        many = len(members) > 1
        clauses.append(Text(f"{labels.en} {wording.en.format(*_NUMBER[many])}", f"{labels.zh} {wording.zh}"))
        ids += [i for p in members for i in (*p.state_ids, *(p.count_ids if p.state is None and not p.domains else ()))]
        ids += [i for p in members for one in p.stretches for i in one.ids]
    if not clauses:
        return []
    return [sentence(Text("; ".join(c.en for c in clauses), "；".join(c.zh for c in clauses)), ids)]


_NUMBER = {False: ("is", "s", "has"), True: ("are", "", "have")}
_QUIET = {
    "noisy": Text("{0} uneven throughout, without a peak that stands out", "在整个窗口内起伏，无突出的峰"),
    "flat": Text("stay{1} flat", "信号平坦"),
    "no_data": Text("{2} no data here", "在此窗口内无数据"),
}


def _quiet_groups(profiles: Sequence[Profile], controls: set[int]) -> list[tuple[list[Profile], Text]]:
    groups: list[tuple[list[Profile], Text]] = []
    none = [p for p in profiles if p.state is None and p.count == 0 and not p.domains]
    busy = [p for p in profiles if p.track in controls and p.state is None and (p.count or p.domains)]
    for profile in busy:
        many = len(profile.domains)
        raised = Text(f"{number_en(many)} raised stretch{'es' * (many > 1)}", f" {many} 处信号升高的区段")
        what = raised if many else count_of(profile.count, 0)
        groups.append(([profile], Text(f"(a control) shows {what.en}", f"（对照）有 {what.zh}")))
    if none:
        groups.append((none, Text("show{1} no clear peak", "无明显的峰")))
    for state, wording in _QUIET.items():
        members = [p for p in profiles if p.state == state]
        if members:
            groups.append((members, wording))
    return groups
