"""One row a rule: what must be seen at one place of one sample, what must not, in how wide a window, and its source.

Rules say what observations are consistent with, not what a cell does. Sources are those of the pattern; thresholds
without one are our own, as their docstrings in `vlm.rules.checks` and `vlm.rules.heights` say.

Not read, for want of what they need: the orientation of CTCF motifs at loop anchors (interval rows keep no strand),
exon skipping (junctions are claims of their own), QTLs and alleles (no such tracks), replication timing and Xist
(differences say what there is to say), the rank of broad H3K4me3 domains and of super-enhancers (over a genome, not a
window), the state at a place (`vlm.claims` quotes the label), trends with dose, and sides of a viewpoint (claims).
"""

from __future__ import annotations

from dataclasses import dataclass

from vlm.claims.kind import Form
from vlm.rules import checks
from vlm.rules.checks import ENHANCER, Extra, RuleCheck

CLOSE, NARROW, MIDDLE, WIDE = 100_000, 500_000, 2_000_000, 5_000_000
"""Widest windows (bp): of rules on summits a few hundred bp apart (a column is 0.1 kb), of those on promoters and
elements (a column is 0.5 kb, so that a promoter takes some), of those on anchors of loops, and of those on domains (the
shortest that shows is then 400 kb)."""

STARTS = 251_000
"""Widest window (bp) in which the start of a gene is told from its body: `checks.START` is then two columns (and a
window of 250 kb with both its ends is 250,001 bp)."""


@dataclass(frozen=True)
class Need:
    """One observation of any of these forms and assays; the assay '' stands for one that does not matter."""

    forms: tuple[Form, ...]
    marks: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Rule:
    """A row of the table. The first need is the anchor; the others must be met at its place, in its sample.

    `absent` are assays whose peak or domain at the place forbids the reading; those in `measured` must have a track of
    the sample, so that the absence is seen and not assumed. `widest` is in bp.
    """

    kind: str
    needs: tuple[Need, ...]
    source: str
    widest: int = NARROW
    absent: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    check: RuleCheck = lambda site: Extra()


POLYCOMB = (
    "Pauler et al., Genome Res 19:221-233, 2009, doi 10.1101/gr.080861.108; Boyer et al., Nature 441, 2006, "
    "doi 10.1038/nature04733; the least length is our own"
)
DIVERGENCE = "Core et al., Science 322:1845-1848, 2008, doi 10.1126/science.1162228"
DISTAL_MARKS = (
    "Heintzman et al., Nat Genet 39:311-318, 2007, doi 10.1038/ng1966; Creyghton et al., PNAS 107:21931-21936, 2010, "
    "doi 10.1073/pnas.1016071107; marks alone validate modestly: Narita et al., Nat Genet 55:679-692, 2023, "
    "doi 10.1038/s41588-023-01348-4"
)
LOOPS = "Rao et al., Cell 159:1665-1680, 2014, doi 10.1016/j.cell.2014.11.021"
CONTACTS = (
    "Li et al., Cell 148:84-98, 2012, doi 10.1016/j.cell.2011.12.014; that an element acts on a gene takes a "
    "perturbation: Fulco et al., Nat Genet, 2019, doi 10.1038/s41588-019-0538-0"
)
CTCF_COHESIN = "Wendt et al., Nature 451:796, 2008, doi 10.1038/nature06634"

RULES = (
    Rule(
        "active_promoter",
        (
            Need(("start",), ("H3K4me3",)),
            Need(("start", "peak"), ("H3K27ac", "H3K9ac")),
            Need(("start",), ("Pol II", "nascent RNA", "open chromatin"), optional=True),
        ),
        "Ernst et al., Nature 473:43-49, 2011, doi 10.1038/nature09906; Roadmap Epigenomics Consortium, 18-state "
        "model, Nature 518:317-330, 2015, doi 10.1038/nature14248; that most promoters carry such marks, also of genes "
        "without full-length transcripts: Guenther et al., Cell 130:77-88, 2007, doi 10.1016/j.cell.2007.05.042; the "
        "reach of 1 kb is our own",
        absent=("H3K27me3",),
        check=checks.is_promoter,
    ),
    Rule(
        "bivalent_promoter",
        (Need(("start",), ("H3K4me3",)), Need(("domain", "peak"), ("H3K27me3",))),
        "Bernstein et al., Cell 125:315-326, 2006, doi 10.1016/j.cell.2006.02.041",
        absent=("H3K27ac", "H3K36me3"),
        check=checks.is_inside,
    ),
    Rule(
        "paused_polymerase",
        (Need(("start",), ("nascent RNA",)),),
        f"{DIVERGENCE}; Adelman and Lis, Nat Rev Genet 13:720-731, 2012, doi 10.1038/nrg3293; regions and the least "
        "ratio are our own",
        STARTS,
        check=checks.is_paused,
    ),
    Rule(
        "transcribed_gene",
        (Need(("body",), ("H3K36me3", "RNA", "nascent RNA")),),
        "H3K36me3: Mikkelsen et al., Nature 448:553-560, 2007, doi 10.1038/nature06008; Kolasinska-Zwierz et al., Nat "
        "Genet 41:376-381, 2009, doi 10.1038/ng.322; RNA-seq: Mortazavi et al., Nat Methods 5, 2008, doi "
        f"10.1038/nmeth.1226; GRO-seq: {DIVERGENCE}; PRO-seq: Kwak et al., Science 339:950-953, 2013, doi "
        "10.1126/science.1229386",
        MIDDLE,
        check=checks.is_transcribed,
    ),
    Rule(
        "divergent_antisense",
        (Need(("start",), ("nascent RNA",)),),
        f"{DIVERGENCE}; the reach of 1 kb is our own",
        STARTS,
        check=checks.is_divergent,
    ),
    Rule(
        "enhancer_like",
        (Need(("peak",), ("H3K27ac",)), Need(("peak",), ENHANCER)),
        DISTAL_MARKS,
        absent=("H3K4me3", "H3K27me3"),
        measured=("H3K4me3",),
        check=checks.is_distal,
    ),
    Rule(
        "distal_acetylation",
        (Need(("peak",), ("H3K27ac",)),),
        DISTAL_MARKS,
        absent=("H3K4me3", "H3K27me3"),
        measured=("H3K4me3",),
        check=checks.is_lone,
    ),
    Rule(
        "poised_enhancer",
        (Need(("peak",), ("H3K4me1",)), Need(("domain", "peak"), ("H3K27me3",))),
        "Rada-Iglesias et al., Nature, 2011, doi 10.1038/nature09692; Creyghton et al., PNAS 107:21931-21936, 2010, "
        "doi 10.1073/pnas.1016071107",
        absent=("H3K27ac", "H3K4me3"),
        measured=("H3K27ac",),
        check=checks.is_distal,
    ),
    Rule(
        "h3k27ac_cluster",
        (Need(("peak",), ("H3K27ac",)),),
        "Hnisz et al., Cell 155, 2013, doi 10.1016/j.cell.2013.09.053, of which only the distance between peaks is "
        "used here",
        check=checks.is_clustered,
    ),
    Rule(
        "bidirectional_enhancer",
        (Need(("peak",), ("nascent RNA",)),),
        "Andersson et al., Nature 507:455-461, 2014, doi 10.1038/nature12787; Core et al., Nat Genet 46:1311-1320, "
        "2014, doi 10.1038/ng.3142; the distance of summits is our own",
        CLOSE,
        check=checks.is_bidirectional,
    ),
    Rule(
        "polycomb_domain",
        (Need(("domain",), ("H3K27me3",)),),
        POLYCOMB,
        WIDE,
        absent=("H3K36me3",),
        check=checks.is_long,
    ),
    Rule(
        "polycomb_domain",
        (Need(("peak",), ("H3K27me3",)),),
        POLYCOMB,
        MIDDLE,
        absent=("H3K36me3",),
        check=checks.is_raised,
    ),
    Rule(
        "heterochromatin",
        (Need(("domain",), ("H3K9me3",)),),
        "Roadmap Epigenomics Consortium, Nature 518:317-330, 2015, doi 10.1038/nature14248; Mikkelsen et al., Nature "
        "448:553-560, 2007, doi 10.1038/nature06008; the least length is our own",
        WIDE,
        absent=("H3K36me3",),
        check=checks.is_long,
    ),
    Rule(
        "zinc_finger_chromatin",
        (Need(("domain",), ("H3K9me3",)), Need(("domain",), ("H3K36me3",))),
        "Roadmap Epigenomics Consortium, Nature 518:317-330, 2015, doi 10.1038/nature14248; Hahn et al., PLoS One "
        "6:e18844, 2011; the least length is our own",
        WIDE,
        check=checks.is_long,
    ),
    Rule(
        "insulator",
        (Need(("boundary",), ("",)),),
        f"{CTCF_COHESIN}; Nora et al., Cell 169:930-944, 2017, doi 10.1016/j.cell.2017.05.004; that the place "
        "insulates is not shown",
        MIDDLE,
        check=checks.is_insulating,
    ),
    Rule(
        "boundary_at_ctcf",
        (Need(("boundary",), ("",)),),
        "Dixon et al., Nature, 2012, doi 10.1038/nature11082; Nora et al., Cell 169:930-944, 2017, doi "
        "10.1016/j.cell.2017.05.004; the distance of one bin is our own",
        MIDDLE,
        check=checks.is_at_ctcf,
    ),
    Rule(
        "ctcf_site",
        (Need(("peak",), ("CTCF",)), Need(("peak",), ("cohesin",), optional=True)),
        f"Kim et al., Cell 128, 2007; cohesin: {CTCF_COHESIN}",
    ),
    Rule(
        "open_chromatin",
        (Need(("peak",), ("open chromatin",)),),
        "Boyle et al., Cell 132:311-322, 2008, doi 10.1016/j.cell.2007.12.014; Buenrostro et al., Nat Methods "
        "10:1213-1218, 2013, doi 10.1038/nmeth.2688",
    ),
    Rule("loop_between", (Need(("link",), ("",)),), LOOPS, MIDDLE, check=checks.joins_ctcf),
    Rule("promoter_enhancer_loop", (Need(("link",), ("",)),), CONTACTS, MIDDLE, check=checks.joins_enhancer),
    Rule("promoter_promoter_loop", (Need(("link",), ("",)),), CONTACTS, MIDDLE, check=checks.joins_promoters),
)
"""Every rule. A new reading is a row here, and a noun in each language (`vlm.words`)."""
