"""What a paper says of figures and captions made here: a sentence of methods, and how to cite.

CITATION.cff says the same to programs. Thresholds are those that claims are checked with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version

from vlm.claims.checks import COUNT_EXACT, COUNT_SHARE, OVERLAP, POSITION_SHARE
from vlm.claims.compared.value import SHARE as VALUE_SHARE
from vlm.values.claim import VERDICTS
from vlm.values.record import Record, count_verdicts

TITLE = "Locution: genome track figures with captions whose every statement is checked against the data"
AUTHORS = "The Locution maintainers"
YEAR = 2026
DRAWN_WITH = (
    "Lopez-Delisle L, Rabbani L, Wolff J, et al. pyGenomeTracks: reproducible plots for multivariate genomic datasets. "
    "Bioinformatics 2021;37(3):422-423. doi:10.1093/bioinformatics/btaa692"
)
"""The software that draws signals, which asks to be cited."""


@dataclass
class Tally:
    """What is counted over the records of a batch."""

    loci: int = 0
    failed: int = 0
    models: set[tuple[str, str]] = field(default_factory=set)
    verdicts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))

    @classmethod
    def of(cls, records: Iterable[Record]) -> Tally:
        """Counted over these."""
        tally = cls()
        for record in records:
            tally.add(record)
        return tally

    def add(self, record: Record) -> None:
        """One record more."""
        self.loci += 1
        self.failed += record["status"] != "done"
        if "model" in record:
            self.models.add((record["model"]["name"], record["model"].get("revision", "")))
        for verdict, count in count_verdicts(record).items():
            self.verdicts[verdict] += count


def methods(tally: Tally | None = None) -> dict[str, str]:
    """What a methods section says, by the code of the language; with the numbers of a batch, if there is one."""
    return {"en": _english(tally), "zh": _chinese(tally)}


def _english(tally: Tally | None) -> str:
    said = (
        f"Figures were drawn with Locution {version('locution')} (pyGenomeTracks {version('pygenometracks')}) and "
        f"captioned {_readers(tally, 'by {}', ' and ', 'from the measurements alone', 'by a vision-language model')}. "
        f"Every statement was checked against the values in the files before it was printed: positions to within "
        f"{POSITION_SHARE:.1%} of the window, counts exactly up to {COUNT_EXACT}, to within {COUNT_SHARE:.0%} above, "
        f"levels to within {VALUE_SHARE:.0%}, extents by an overlap (intersection over union) of at least {OVERLAP:g}; "
        "numbers in the text are the measured ones."
    )
    if tally is None:
        return said
    done, verdicts = tally.loci - tally.failed, tally.verdicts
    return (
        f"{said} Of {sum(verdicts.values()):,} claims on {done:,} {'locus' if done == 1 else 'loci'}, "
        f"{verdicts['supported']:,} were supported, {verdicts['contradicted']:,} contradicted and left out, and "
        f"{verdicts['cannot_tell']:,} could not be decided."
    )


def _chinese(tally: Tally | None) -> str:
    said = (
        f"图由 Locution {version('locution')}（pyGenomeTracks {version('pygenometracks')}）绘制，图注"
        f"{_readers(tally, '由模型 {} 生成', '、', '直接取自实测数据', '由视觉语言模型生成')}。"
        f"每条陈述在输出前均与文件中的数值核对：位置误差不超过窗口的 {POSITION_SHARE:.1%}，计数在 {COUNT_EXACT} "
        f"以内须完全一致，超过时误差不超过 {COUNT_SHARE:.0%}，数值误差不超过 {VALUE_SHARE:.0%}，区间的交并比不低于 "
        f"{OVERLAP:g}；文中数字均为实测值。"
    )
    if tally is None:
        return said
    verdicts = tally.verdicts
    return (
        f"{said}在 {tally.loci - tally.failed:,} 个位点的 {sum(verdicts.values()):,} 条陈述中，"
        f"{verdicts['supported']:,} 条得到数据支持，{verdicts['contradicted']:,} 条与数据矛盾而未采用，"
        f"{verdicts['cannot_tell']:,} 条无法判定。"
    )


def _readers(tally: Tally | None, by: str, joint: str, measured: str, unknown: str) -> str:
    """Who made the captions: models with their revisions, the measurements, or somebody."""
    found = sorted(tally.models) if tally else []
    if not found:
        return unknown
    if [name for name, _ in found] == ["measured"]:
        return measured
    return by.format(joint.join(f"{name} ({revision})" if revision else name for name, revision in found))


def citation() -> str:
    """How to cite, as a line of references."""
    return f"{AUTHORS}. {TITLE}. Version {version('locution')}, {YEAR}."


def bibtex() -> str:
    """The same for LaTeX."""
    return (
        "@software{locution,\n"
        f"  author  = {{{{{AUTHORS}}}}},\n"
        f"  title   = {{{TITLE}}},\n"
        f"  version = {{{version('locution')}}},\n"
        f"  year    = {{{YEAR}}}\n"
        "}"
    )
