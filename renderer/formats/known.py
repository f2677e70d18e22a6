"""The rows of the table of formats, a row a format; `renderer.formats.table` makes everything else from them.

Rows of one kind stand together, in the order in which the sentence of valid formats names them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from renderer.formats import line_tests as line
from renderer.formats.autosql import BIGBED_MAGIC, read_autosql
from renderer.formats.format import Format
from renderer.formats.known_tools import TOOLS

_HDF5 = b"\x89HDF\r\n\x1a\n"
_PREPARE = "renderer.prepare"
_COOLER = "renderer.window.cool:CoolFile"


def _has_columns(*columns: str) -> Callable[[Path, bytes], bool]:
    """Whether the autoSql of a bigBed describes these columns, by which it is more than intervals."""

    def holds(path: Path, head: bytes) -> bool:
        described = read_autosql(path)
        return all(column in described for column in columns)

    return holds


def _has_groups(*groups: bytes) -> Callable[[Path, bytes], bool]:
    """Whether an HDF5 file has these groups at its root; their names stand near its beginning."""
    return lambda path, head: all(group + b"\0" in head for group in groups)


_SIGNALS = (
    Format(
        name="bigwig",
        kind="signal",
        title="bigWig signal",
        called=("bigWig",),
        magic=(b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26"),
        endings=(".bw", ".bigwig"),
        prepare=f"{_PREPARE}.signal:prepare_bigwig",
        ucsc=("bigWig",),
        washu=("bigwig",),
        igv=("bigwig", "bw", "bigwig2"),
        ini=("bigwig",),
    ),
    Format(
        name="bedgraph",
        kind="signal",
        title="bedGraph signal",
        called=("bedGraph",),
        lines={130: line.is_bedgraph},
        least=line.has_value,
        declared=line.declares_bedgraph,
        track_types=("bedgraph", "wiggle_0"),
        endings=(".bedgraph", ".bdg", ".bg"),
        prepare=f"{_PREPARE}.signal:prepare_bedgraph",
        washu=("bedgraph",),
        igv=("bedgraph", "bg"),
        ini=("bedgraph",),
    ),
    Format(
        name="wig",
        kind="signal",
        title="wig signal",
        called=("wig",),
        lines={10: line.is_wig},
        endings=(".wig",),
        prepare=f"{_PREPARE}.signal:prepare_wig",
        igv=("wig",),
    ),
    Format(
        name="bam",
        kind="signal",
        title="BAM or CRAM alignments (their coverage)",
        called=("BAM", "CRAM"),
        magic=(b"BAM\x01", b"CRAM"),
        zipped=True,
        endings=(".bam", ".cram"),
        prepare=f"{_PREPARE}.bam:prepare_coverage",
        ucsc=("bam", "cram"),
        washu=("bam",),
        igv=("bam", "cram"),
    ),
)
_INTERVALS = (
    Format(
        name="bed",
        kind="intervals",
        title="BED intervals",
        called=("BED",),
        lines={140: line.is_bed5, 160: line.is_bed},
        track_types=("bed",),
        endings=(".bed", ".bed3", ".bed4", ".bed5", ".bed6", ".bed9"),
        vague=True,
        prepare=f"{_PREPARE}.intervals:prepare_bed",
        otherwise={"genes": f"{_PREPARE}.genes:prepare_bed_genes"},
        washu=("bed", "bedcolor", "categorical", "callingcard"),
        igv=("bed",),
        ini=("bed", "domains"),
    ),
    Format(
        name="narrowpeak",
        kind="intervals",
        title="narrowPeak intervals",
        called=("narrowPeak",),
        lines={100: line.is_narrow_peak},
        track_types=("narrowpeak",),
        endings=(".narrowpeak",),
        prepare=f"{_PREPARE}.intervals:prepare_narrow_peaks",
        washu=("bed",),
        igv=("narrowpeak",),
        ini=("narrow_peak",),
    ),
    Format(
        name="broadpeak",
        kind="intervals",
        title="broadPeak intervals",
        called=("broadPeak",),
        lines={110: line.is_broad_peak},
        track_types=("broadpeak",),
        endings=(".broadpeak",),
        prepare=f"{_PREPARE}.intervals:prepare_broad_peaks",
        washu=("bed",),
        igv=("broadpeak",),
        ini=("bed",),
    ),
    Format(
        name="gappedpeak",
        kind="intervals",
        title="gappedPeak intervals",
        called=("gappedPeak",),
        lines={90: line.is_gapped_peak},
        track_types=("gappedpeak",),
        endings=(".gappedpeak",),
        prepare=f"{_PREPARE}.intervals:prepare_gapped_peaks",
        washu=("bed",),
        igv=("gappedpeak",),
        ini=("bed",),
    ),
    Format(
        name="bigbed",
        kind="intervals",
        title="bigBed intervals",
        called=("bigBed",),
        magic=BIGBED_MAGIC,
        endings=(".bb", ".bigbed"),
        prepare=f"{_PREPARE}.intervals:prepare_bigbed",
        otherwise={"genes": f"{_PREPARE}.genes:prepare_bigbed_genes"},
        ucsc=("bigBed", "bigNarrowPeak"),
        washu=("bigbed",),
        igv=("bigbed", "bb"),
    ),
    Format(
        name="vcf",
        kind="intervals",
        title="VCF variants",
        called=("VCF",),
        opening=("##fileformat=VCF", "#CHROM\tPOS\t"),
        endings=(".vcf",),
        prepare=f"{_PREPARE}.tables.variants:prepare_variants",
        otherwise={"links": f"{_PREPARE}.tables.variants:prepare_breakends"},
        ucsc=("vcfTabix",),
        washu=("vcf",),
        igv=("vcf",),
    ),
)
_GENES = (
    Format(
        name="gtf",
        kind="genes",
        title="GTF gene annotation",
        called=("GTF",),
        lines={20: line.is_gff},
        least=line.names_gtf,
        endings=(".gtf",),
        prepare=f"{_PREPARE}.genes:prepare_gtf",
        igv=("gtf",),
        ini=("gtf",),
    ),
    Format(
        name="gff3",
        kind="genes",
        title="GFF3 gene annotation",
        called=("GFF3",),
        lines={30: line.is_gff},
        endings=(".gff", ".gff3"),
        prepare=f"{_PREPARE}.genes:prepare_gff3",
        igv=("gff3", "gff"),
    ),
    Format(
        name="bed12",
        kind="genes",
        title="BED12 gene models",
        called=("BED12",),
        lines={120: line.is_bed12},
        endings=(".bed12",),
        prepare=f"{_PREPARE}.genes:prepare_bed_genes",
        otherwise={"intervals": f"{_PREPARE}.intervals:prepare_bed12"},
        ini=("bed",),
    ),
    Format(
        name="genepred",
        kind="genes",
        title="genePred gene models (also refGene and refFlat)",
        called=("genePred",),
        lines={40: line.is_genepred},
        prepare=f"{_PREPARE}.genes:prepare_genepred",
        washu=("refbed",),
        igv=("genepred", "refflat"),
    ),
    Format(
        name="biggenepred",
        kind="genes",
        title="bigGenePred gene models",
        called=("bigGenePred",),
        magic=BIGBED_MAGIC,
        holds=_has_columns("exonFrames", "cdsStartStat"),
        prepare=f"{_PREPARE}.genes:prepare_bigbed_genes",
        ucsc=("bigGenePred",),
        igv=("biggenepred",),
    ),
)
_LINKS = (
    Format(
        name="links",
        kind="links",
        title="links (BEDPE or arcs)",
        called=("BEDPE", "arcs"),
        lines={80: line.is_links},
        endings=(".bedpe", ".arcs", ".arc", ".links"),
        prepare=f"{_PREPARE}.links:prepare_bedpe",
        igv=("bedpe",),
        ini=("links",),
    ),
    Format(
        name="interact",
        kind="links",
        title="interact links",
        called=("interact",),
        lines={60: line.is_interact},
        track_types=("interact",),
        endings=(".interact", ".inter"),
        prepare=f"{_PREPARE}.links:prepare_interact",
        igv=("interact",),
    ),
    Format(
        name="biginteract",
        kind="links",
        title="bigInteract links",
        called=("bigInteract",),
        magic=BIGBED_MAGIC,
        holds=_has_columns("sourceChrom", "targetChrom"),
        prepare=f"{_PREPARE}.links:prepare_biginteract",
        ucsc=("bigInteract",),
        washu=("biginteract",),
        igv=("biginteract",),
    ),
    Format(
        name="longrange",
        kind="links",
        title="longrange links",
        called=("longrange",),
        lines={70: line.is_longrange},
        track_types=("longrange",),
        endings=(".longrange",),
        prepare=f"{_PREPARE}.links:prepare_longrange",
        ucsc=("longTabix",),
        washu=("longrange",),
        igv=("longrange",),
    ),
)
_CONTACTS = (
    Format(
        name="cool",
        kind="contacts",
        title="cool contact matrix",
        called=(".cool",),
        magic=(_HDF5,),
        endings=(".cool",),
        prepare=f"{_PREPARE}.contacts:prepare_hdf5",
        reader=_COOLER,
        washu=("cool",),
        ini=("hic_matrix", "hic_matrix_square"),
    ),
    Format(
        name="mcool",
        kind="contacts",
        title="mcool contact matrices",
        called=(".mcool",),
        magic=(_HDF5,),
        holds=_has_groups(b"resolutions"),
        endings=(".mcool",),
        prepare=f"{_PREPARE}.contacts:prepare_hdf5",
        reader=_COOLER,
        washu=("cool",),
        ini=("hic_matrix",),
    ),
    Format(
        name="hicexplorer",
        kind="contacts",
        title="HiCExplorer contact matrix",
        called=(".h5",),
        magic=(_HDF5,),
        holds=_has_groups(b"intervals", b"matrix"),
        endings=(".h5",),
        prepare=f"{_PREPARE}.contacts:prepare_hdf5",
        reader=_COOLER,
        ini=("hic_matrix",),
    ),
    Format(
        name="hic",
        kind="contacts",
        title="hic contact matrices",
        called=(".hic",),
        magic=(b"HIC\x00",),
        endings=(".hic",),
        prepare=f"{_PREPARE}.contacts:prepare_hic",
        reader="renderer.window.hic:HicFile",
        ucsc=("hic",),
        washu=("hic",),
        igv=("hic",),
    ),
)
_OTHERS = (
    Format(
        name="matrix",
        kind="matrix",
        title="bedGraph matrix",
        called=("bedGraph matrices",),
        lines={75: line.is_matrix},
        only_declared=True,
        endings=(".bm", ".bedgraphmatrix", ".bgm"),
        prepare=f"{_PREPARE}.contacts:prepare_matrix",
        ini=("bedgraph_matrix",),
    ),
    Format(
        name="cytoband",
        kind="bands",
        title="cytogenetic bands",
        called=("cytobands",),
        lines={50: line.is_cytoband},
        prepare=f"{_PREPARE}.bands:prepare_bands",
    ),
)
ROWS = (*_SIGNALS, *_INTERVALS, *_GENES, *_LINKS, *_CONTACTS, *_OTHERS, *TOOLS)
