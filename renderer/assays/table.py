"""One row an assay: how it is spelled, how it is drawn, and what its signal is.

Everything that asks "is this RNA" asks a row of `ASSAYS`, found by `renderer.assays.names`. Knows no track.

Hues follow what readers of ENCODE and Roadmap figures expect: active promoters (H3K4me3) red, enhancers (H3K27ac,
H3K4me1) orange and yellow, transcription (H3K36me3) green, Polycomb (H3K27me3) grey-blue, heterochromatin (H3K9me3)
violet; these are the colour families of the Roadmap chromatin states (Nature 2015, doi 10.1038/nature14248). The
shades are our own: any two are told apart with normal sight and with each kind of colour blindness, and all stand out
from white. A test holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

LEAST_DOMAIN = 2_000
"""Bases below which a raised stretch of a histone mark is a peak, not a domain: about ten nucleosomes."""


@dataclass(frozen=True)
class Assay:
    """What is known of one assay.

    `spelled` is a pattern of its whole names, in any case. `color` is '#rrggbb', None for the theme's. `height` is a
    share of a signal row's. `mark` is what rules call it, and its like; None if no rule asks for it.

    `stranded`: there may be a track a strand. `spliced`: its signal follows the exons of transcripts. `nascent`: it
    follows polymerase along genes. `starts`: its peak at a start site is at the promoter. `broad`: its findings are
    domains rather than peaks. `accessible`: open chromatin. `control`: bumps of it are no finding. `signed`: values
    lie on both sides of zero. `counts`: it counts reads, so that a gap in its file is a zero. `factor`: a protein,
    whose name beside 'KO' says what the cells lack. `general`: a way of measuring, which says less than its target:
    'RAD21 ChIA-PET' is of RAD21. `viewpoint`: contacts of one place with all others. `least_domain` in bp: narrower is
    no domain; None if it has no domains at all. `graded`: its domains are as high as their gene is active, so low ones
    are domains too. `timing`: where it is high, cells replicate early.
    """

    name: str
    spelled: str = ""
    color: str | None = None
    mark: str | None = None
    height: float = 1.0
    stranded: bool = False
    spliced: bool = False
    nascent: bool = False
    starts: bool = False
    broad: bool = False
    accessible: bool = False
    control: bool = False
    signed: bool = False
    counts: bool = True
    factor: bool = False
    general: bool = False
    viewpoint: bool = False
    least_domain: int | None = None
    graded: bool = False
    timing: bool = False


def _histone(name: str, color: str | None = None, *, starts: bool = False, spelled: str | None = None) -> Assay:
    return Assay(name, spelled or name, color, starts=starts, least_domain=LEAST_DOMAIN)


def _broad(name: str, color: str | None = None, spelled: str | None = None) -> Assay:
    return replace(_histone(name, color, spelled=spelled), broad=True)


def _factor(
    name: str, spelled: str | None = None, color: str | None = None, mark: str | None = None, *, starts: bool = False
) -> Assay:
    return Assay(name, spelled or name, color, mark, starts=starts, factor=True)


def _marked(row: Assay) -> Assay:
    return replace(row, mark=row.name)


ACTIVE, POLYCOMB, TRANSCRIBED, SILENT = "#d05400", "#4c6286", "#238c45", "#6a4a90"
ARCHITECTURE, OPEN, POLYMERASE, RNA = "#0a7ea1", "#1d755c", "#882255", "#1c4a98"
GREY = "#777777"

INPUT = Assay(
    "Input",
    r"input\d?(?:[-_ ]?(?:DNA|control|chromatin))?|WCE|whole[-_ ]cell[-_ ]extract|(?:rabbit|mouse|goat|[mr])?[-_ ]?"
    r"IgG\d?[a-c]?|mock[-_ ]?(?:IP|ChIP)|no[-_ ]?(?:antibody|Ab)|beads?[-_ ]only|control[-_ ]lambda"
    r"|ChIP(?:[-_ ]?seq)?[-_ ]control|control[-_ ](?:ChIP(?:[-_ ]?seq)?|IP)",
    GREY,
    control=True,
)

ASSAYS = (
    INPUT,
    _marked(_histone("H3K4me3", "#b63223", starts=True)),
    _marked(_histone("H3K4me1", "#c48900")),
    _marked(_histone("H3K27ac", ACTIVE, starts=True)),
    _marked(_histone("H3K9ac", ACTIVE, starts=True)),
    _histone("H3K4me2", starts=True),
    _histone("H4ac", starts=True, spelled="(?:pan)?H4ac"),
    _histone("H2A.Z", starts=True, spelled=r"H2A[._ ]?Z|H2AF?Z"),
    _marked(replace(_broad("H3K36me3", TRANSCRIBED), graded=True)),
    replace(_broad("H3K79me2", TRANSCRIBED), graded=True),
    _marked(_broad("H3K27me3", POLYCOMB)),
    _marked(_broad("H3K9me3", SILENT)),
    _broad("H3K9me2", SILENT),
    _broad("H4K20me3"),
    _broad("H2AK119ub", spelled="H2AK119ub1?"),
    _histone("histone mark", spelled=r"H(?:[34]|2[AB])(?:[._]\d)?K\d+(?:me[123]?|ac|ub1?|cr|la|bhb|su)"),
    _marked(_factor("CTCF", color=ARCHITECTURE)),
    _factor("RAD21", "RAD21|SCC1", ARCHITECTURE, "cohesin"),
    _factor("SMC1", "SMC1[AB]?", ARCHITECTURE, "cohesin"),
    _factor("SMC3", color=ARCHITECTURE, mark="cohesin"),
    _factor("STAG1", "STAG1", ARCHITECTURE, "cohesin"),
    _factor("STAG2", "STAG2", ARCHITECTURE, "cohesin"),
    _factor("cohesin", color=ARCHITECTURE, mark="cohesin"),
    replace(_marked(_factor("p300", "E?P300")), starts=True),
    _factor("TBP", starts=True),
    _factor("TAF1", starts=True),
    Assay(
        "ATAC-seq",
        "(?:sc|sn|omni-?)?ATAC(?:[-_ ]?seq)?[0-9]?",
        OPEN,
        "open chromatin",
        starts=True,
        accessible=True,
    ),
    Assay(
        "DNase-seq",
        "DNase(?:[-_ ]?(?:seq|I|[0-9]))?(?:[-_ ]?(?:seq|HS))?|DHSs?",
        OPEN,
        "open chromatin",
        starts=True,
        accessible=True,
    ),
    Assay("FAIRE-seq", "FAIRE(?:[-_ ]?seq)?", starts=True, accessible=True),
    Assay("MNase-seq", "MNase(?:[-_ ]?seq)?"),
    replace(
        _marked(
            _factor(
                "Pol II",
                r"(?:(?:RNA[-_ ]?)?Pol(?:ymerase)?[-_ ]?(?:II|2)|RNAP[-_ ]?(?:II|2))a?"
                r"(?:[-_ ]?(?:p?Ser[25]P?|S[25]P|CTD))?|POLR2[A-L]|RPB\d+",
                POLYMERASE,
            )
        ),
        starts=True,
    ),
    _factor(
        "RNA polymerase",
        r"RNA[-_ ]?Pol(?:ymerase)?(?:[-_ ]?(?:III?|I|[13]))?|RNAP|Pol[-_ ]?(?:III?|I|[13])|POLR[13][A-Z]",
    ),
    Assay("PRO-cap", "(?:co)?PRO[-_ ]?cap(?:[-_ ]?seq)?|coPRO", RNA, stranded=True, starts=True),
    Assay("GRO-cap", "GRO[-_ ]?cap(?:[-_ ]?seq)?", RNA, stranded=True, starts=True),
    Assay(
        "CAGE",
        "(?:deep|nano|NET-?)?CAGE(?:[-_ ]?seq)?|RAMPAGE|csRNA(?:[-_ ]?seq)?|TSS[-_ ]?seq",
        RNA,
        stranded=True,
        starts=True,
    ),
    Assay("PRO-seq", r"[iq]?PRO[-_ ]?seq(?:[-_ ]?2(?:\.0)?)?", RNA, "nascent RNA", stranded=True, nascent=True),
    Assay("GRO-seq", "GRO[-_ ]?seq", RNA, "nascent RNA", stranded=True, nascent=True),
    Assay("NET-seq", "m?NET[-_ ]?seq", RNA, "nascent RNA", stranded=True, nascent=True),
    Assay("TT-seq", "(?:TT|ChRO|Bru)[-_ ]?seq", RNA, stranded=True, nascent=True),
    Assay(
        "RAP",
        "RNA[-_ ]RAP|RAP(?:[-_ ]?(?:DNA|seq))?|ChIRP(?:[-_ ]?seq)?|CHART[-_ ]?seq",
        RNA,
        least_domain=LEAST_DOMAIN,
    ),
    Assay("CLIP", r"[ei]?CLIP(?:[-_ ]?seq)?|(?:HITS|PAR)[-_ ]CLIP|RIP[-_ ]?seq", stranded=True),
    Assay("small RNA-seq", "(?:sm|small[-_ ]?|mi|pi|s)RNAs?(?:[-_ ]?seq)?", RNA, stranded=True),
    Assay(
        "RNA-seq",
        r"(?:sc|sn|m|c|total[-_ ]?|bulk[-_ ]?|poly[-_ ]?\(?A\)?\+?[-_ ]?)?RNA(?:[-_ ]?seq)?\d?"
        r"(?![-_ ]?(?:pol|bind|edit|hybrid|interfer))|transcriptom\w*|(?:gene )?expression|Iso-?seq",
        RNA,
        "RNA",
        stranded=True,
        spliced=True,
    ),
    Assay(
        "methylation",
        r"(?:DNA[-_ ]?|CpG[-_ ]?)*meth(?:yl\w*)?|WGBS|RRBS|(?:BS|EM|MeDIP|hMeDIP|MBD)[-_ ]?seq|5h?mC",
        "#7f622b",
        height=0.8,
        stranded=True,
        counts=False,
        least_domain=LEAST_DOMAIN,
    ),
    Assay(
        "conservation",
        r"phyloP\w*|phastCons\w*|conservation|GERP\w*",
        "#3b5839",
        height=0.65,
        signed=True,
        counts=False,
    ),
    Assay("Repli-seq", "Repli[-_ ]?(?:seq|chip)", counts=False, least_domain=50_000, timing=True),
    Assay("DamID", "DamID(?:[-_ ]?seq)?", signed=True, counts=False, least_domain=10_000),
    Assay("4C-seq", "(?:u?4C|5C|capture[-_ ]?(?:Hi-?)?C)(?:[-_ ]?seq)?", general=True, viewpoint=True),
    Assay("ChIA-PET", "ChIA[-_ ]?PET", general=True),
    Assay("Hi-C", "(?:in[-_ ]?situ )?Hi-?C|Hi-?ChIP|PLAC-?seq|Micro-?C", "#932426", counts=False, general=True),
)
"""Every assay; where words name several, the first gives the colour."""


def marks(has: Callable[[Assay], bool]) -> frozenset[str]:
    """What rules call the assays of which something is so: `marks(lambda row: row.broad)`."""
    return frozenset(row.mark for row in ASSAYS if row.mark is not None and has(row))
