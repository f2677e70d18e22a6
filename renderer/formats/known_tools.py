"""Rows of the table of formats: what programs write in forms of their own. Others are in `renderer.formats.known`."""

from __future__ import annotations

from renderer.formats import line_tests as line
from renderer.formats import tool_tests as tool
from renderer.formats.format import Format

_TABLES = "renderer.prepare.tables"

TOOLS = (
    Format(
        name="bedmethyl",
        kind="signal",
        title="bedMethyl methylation (percent)",
        called=("bedMethyl",),
        lines={64: tool.is_bedmethyl},
        track_types=("bedmethyl",),
        endings=(".bedmethyl",),
        prepare=f"{_TABLES}.methylation:prepare_bedmethyl",
        otherwise={"intervals": "renderer.prepare.intervals:prepare_bed"},
    ),
    Format(
        name="bismark",
        kind="signal",
        title="Bismark methylation (percent)",
        called=("Bismark coverage",),
        lines={65: tool.is_bismark},
        endings=(".bismark.cov",),
        prepare=f"{_TABLES}.methylation:prepare_bismark",
    ),
    Format(
        name="sites",
        kind="signal",
        title="bedGraph of shares at single sites",
        called=("bedGraph of sites",),
        lines={125: line.is_site},
        least=line.has_share,
        declared=line.declares_site,
        narrows="bedgraph",
        prepare="renderer.prepare.signal:prepare_bedgraph",
        washu=("bedgraph",),
        igv=("bedgraph",),
        ini=("bedgraph",),
    ),
    Format(
        name="macs",
        kind="intervals",
        title="MACS table of peaks",
        called=("MACS tables",),
        lines={66: tool.is_macs},
        prepare=f"{_TABLES}.peaks:prepare_macs",
    ),
    Format(
        name="homer",
        kind="intervals",
        title="HOMER peaks",
        called=("HOMER peaks",),
        lines={55: tool.is_homer},
        prepare=f"{_TABLES}.peaks:prepare_homer",
    ),
    Format(
        name="seacr",
        kind="intervals",
        title="SEACR regions",
        called=("SEACR",),
        lines={67: tool.is_seacr},
        prepare=f"{_TABLES}.peaks:prepare_seacr",
    ),
    Format(
        name="domains",
        kind="intervals",
        title="Arrowhead domains",
        called=("Arrowhead domains",),
        lines={78: tool.is_domain},
        endings=(".bedpe",),
        prepare=f"{_TABLES}.peaks:prepare_domains",
        otherwise={"links": "renderer.prepare.links:prepare_bedpe"},
    ),
    Format(
        name="junctions",
        kind="links",
        title="splice junctions (STAR)",
        called=("SJ.out.tab",),
        lines={45: tool.is_star},
        endings=("sj.out.tab",),
        prepare=f"{_TABLES}.junctions:prepare_star",
    ),
    Format(
        name="junctionbed",
        kind="links",
        title="splice junctions (BED12)",
        called=("junctions.bed",),
        lines={85: tool.is_junction_bed},
        prepare=f"{_TABLES}.junctions:prepare_junction_bed",
        otherwise={"intervals": "renderer.prepare.intervals:prepare_bed12"},
    ),
    Format(
        name="junctiontable",
        kind="links",
        title="splice junctions (HISAT2, TopHat, LeafCutter)",
        called=(".junc",),
        lines={4: tool.is_junction_table},
        only_declared=True,
        endings=(".junc", ".juncs", ".splicesites", ".splicesites.txt", ".splice_sites.txt", ".novel_splicesites.txt"),
        prepare=f"{_TABLES}.junctions:prepare_junction_table",
    ),
    Format(
        name="arcbed",
        kind="links",
        title="BED drawn as arcs",
        called=("graphType=arc",),
        lines={5: line.is_bed},
        only_declared=True,
        track_types=("arc", "arcs", "junctions"),
        prepare=f"{_TABLES}.junctions:prepare_arcs",
    ),
)
