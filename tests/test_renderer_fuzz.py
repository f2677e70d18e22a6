"""Small files of every text format, in the names, line ends, compressions, headers and missing values that labs have:
each is read as what was written, or refused with a sentence; none is silently something else.

    FUZZ_FILES=4000 pytest tests/test_renderer_fuzz.py       # the whole; the suite tries as many as MOST
"""

import gzip
import os
import random
from collections import Counter

import pyBigWig
import pysam

from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.window.intervals import read_genes, read_intervals, read_links
from renderer.window.matrices import read_matrix

MOST = int(os.environ.get("FUZZ_FILES", "160"))
NAMES = ("1", "01", "X", "chr1", "2L", "NC_000001.11", "scaffold.1|size")
ENDINGS = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "none": "\n"}
PACKINGS = ("plain", "gz", "bgz", "bgz cut", "gz cut")
HEADERS = ("", "", "# a comment\n", "track name=x\n", "browser position x:1-9\n#note\ntrack name=x\n", "\ufeff")
PLACES = [(1000 + 400 * at, 1200 + 400 * at) for at in range(12)]
MISSING = ("NA", ".", "", "nan")


def table(row, blank="\t"):
    """A format of one row an item: `row` gets chrom, number, start, end, and whether its value is missing."""
    return lambda chrom, gone: "".join(
        blank.join(map(str, row(chrom, at, start, end, gone.get(at)))) + "\n" for at, (start, end) in enumerate(PLACES)
    )


def signal(at, text):
    return text if text is not None else f"{at + 0.5}"


def spans(gone):
    return [(*place, at + 0.5) for at, place in enumerate(PLACES) if at not in gone]


def boxes(gone):
    return [(*place, f"it{at}", "+") for at, place in enumerate(PLACES)]


def unnamed(gone):
    return [(*place, "", ".") for place in PLACES]


def without_strand(gone):
    return [(*place, f"it{at}", ".") for at, place in enumerate(PLACES)]


def pairs(gone):
    return [(s, s + 50, e, e + 50, 1.0 if at in gone else at + 1.0) for at, (s, e) in enumerate(PLACES)]


def gene_models(gone):
    return [(f"G{at}", "-", ((s, s + 50), (e - 50, e))) for at, (s, e) in enumerate(PLACES)]


def gtf(c, at, s, e, _):
    ids = f'gene_id "G{at}"; transcript_id "T{at}";'
    return [c, "x", "exon", s + 1, s + 50, ".", "-", ".", ids + "\n" + c, "x", "exon", e - 49, e, ".", "-", ".", ids]


def augustus(c, at, s, e, _):
    head = [c, "AUGUSTUS", "gene", s + 1, e, 0.5, "-", ".", f"G{at}\n{c}", "AUGUSTUS", "transcript", s + 1, e, 0.5, "-"]
    return [*head, ".", f"G{at}.t1\n" + "\t".join(map(str, gtf(c, at, s, e, _)))]


def gff3(c, at, s, e, _):
    head = [c, "x", "gene", s + 1, e, ".", "-", ".", f"ID=g{at};Name=G{at}\n{c}", "x", "mRNA", s + 1, e, ".", "-", "."]
    parts = [f"ID=t{at};Parent=g{at}\n{c}", "x", "exon", s + 1, s + 50, ".", "-", ".", f"Parent=t{at}\n{c}"]
    return [*head, *parts, "x", "exon", e - 49, e, ".", "-", ".", f"Parent=t{at}"]


def prokka(c, at, s, e, _):
    return [c, "Prodigal", "CDS", s + 1, e, ".", "-", 0, f"ID=X{at};Name=G{at};locus_tag=X{at}"]


def bed12(c, at, s, e, _):
    return [c, s, e, f"G{at}", 0, "-", s, s, 0, 2, "50,50,", f"0,{e - s - 50},"]


def refgene(c, at, s, e, _):
    ends = (f"{s},{e - 50},", f"{s + 50},{e},")
    return [585, f"NM_{at}", c, "-", s, e, e, e, 2, *ends, 0, f"G{at}", "unk", "unk", "-1,-1,"]


def methyl(c, at, s, e, gone):
    return [c, s, s + 1, "m", 20, "+", s, s + 1, "255,0,0", 20, signal(at, gone)]


def variant(c, at, s, e, _):
    return [c, s + 1, f"it{at}", "N", "<DEL>", ".", "PASS", f"SVTYPE=DEL;END={e};SVLEN=-{e - s - 1}"]


def links_row(*behind):
    return lambda c, at, s, e, gone: [c, s, s + 50, c, e, e + 50, *(one(at, gone) for one in behind)]


def score(at, gone):
    return at + 1 if gone is None else gone


def fixed(text):
    return lambda at, gone: text


VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
HOMER = "#PeakID\tchr\tstart\tend\tstrand\n"
LOOPS = "#chr1\tx1\tx2\tchr2\ty1\ty2\tname\tscore\tstrand1\tstrand2\tcolor\tobserved\n"
FIT = "chr1\ts1\te1\tchr2\ts2\te2\tcc\tCov\tPeak\n"
WIG = "fixedStep chrom={} start=1001 step=400 span=200\n"
XLS = "chr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname\n"

FORMATS = {
    # name: (endings of files, head, text of rows, kind, what is in it, whether values may be missing)
    "bedgraph": ("bedGraph txt bdg", "", table(lambda c, a, s, e, g: (c, s, e, signal(a, g))), "signal", spans, True),
    "blanks": ("bedGraph txt", "", table(lambda c, a, s, e, g: (c, s, e, signal(a, g)), " "), "signal", spans, False),
    "modkit": ("bedgraph", "", table(lambda c, a, s, e, g: (c, s, e, signal(a, g), 30)), "signal", spans, True),
    "fixed": ("wig txt", WIG, table(lambda c, a, s, e, g: [signal(a, g) or "NA"]), "signal", spans, True),
    "bed3": ("bed txt", "", table(lambda c, a, s, e, g: (c, s, e)), "intervals", unnamed, False),
    "bed4": ("bed txt", "", table(lambda c, a, s, e, g: (c, s, e, f"it{a}")), "intervals", without_strand, False),
    "bed6": (
        "bed txt",
        "",
        table(lambda c, a, s, e, g: (c, s, e, f"it{a}", score(a, g), "+")),
        "intervals",
        boxes,
        True,
    ),
    "bed9": (
        "bed txt",
        "",
        table(lambda c, a, s, e, g: (c, s, e, f"it{a}", score(a, g), "+", s, e, "9,9,9")),
        "intervals",
        boxes,
        True,
    ),
    "narrow": (
        "narrowPeak bed txt",
        "",
        table(lambda c, a, s, e, g: (c, s, e, f"it{a}", 9, "+", score(a, g), -1, -1, 60)),
        "intervals",
        boxes,
        True,
    ),
    "broad": (
        "broadPeak bed txt",
        "",
        table(lambda c, a, s, e, g: (c, s, e, f"it{a}", 9, "+", score(a, g), 1.5, 0.5)),
        "intervals",
        boxes,
        True,
    ),
    "idr": (
        "bed txt narrowPeak",
        "",
        table(lambda c, a, s, e, g: (c, s, e, f"it{a}", 9, "+", -1, 3.5, -1, 60, 2, 2, s, e, 1, 9, s, e, 1, 9)),
        "intervals",
        boxes,
        False,
    ),
    "macs": (
        "xls txt bed",
        XLS,
        table(lambda c, a, s, e, g: (c, s + 1, e, e - s, s + 9, 9, 5.5, 4.1, 3.2, f"it{a}")),
        "intervals",
        without_strand,
        False,
    ),
    "homer": (
        "txt bed",
        HOMER,
        table(lambda c, a, s, e, g: (f"it{a}", c, s + 1, e, "+", score(a, g))),
        "intervals",
        boxes,
        True,
    ),
    "seacr": (
        "bed txt",
        "",
        table(lambda c, a, s, e, g: (c, s, e, 99.5, 7.5, f"{c}:{s}-{e}")),
        "intervals",
        unnamed,
        False,
    ),
    "domains": (
        "bedpe txt",
        "",
        table(lambda c, a, s, e, g: (c, s, e, c, s, e, ".", ".", ".", ".", "9,9,0", 1.5)),
        "intervals",
        unnamed,
        False,
    ),
    "vcf": ("vcf txt", VCF, table(variant), "intervals", without_strand, False),
    "methyl": ("bed bedMethyl", "", table(methyl), "signal", lambda g: [(s, s + 1, v) for s, _, v in spans(g)], True),
    "bismark": (
        "cov txt",
        "",
        table(lambda c, a, s, e, g: (c, s + 1, s + 1, 25 * (a % 5), a % 5, 4 - a % 5)),
        "signal",
        lambda g: [(s, s + 1, 25.0 * (at % 5)) for at, (s, _) in enumerate(PLACES)],
        False,
    ),
    "gtf": ("gtf txt", "", table(gtf), "genes", gene_models, False),
    "augustus": ("gtf gff", "", table(augustus), "genes", gene_models, False),
    "gff3": ("gff3 gff txt", "##gff-version 3\n", table(gff3), "genes", gene_models, False),
    "prokka": (
        "gff3 gff",
        "##gff-version 3\n",
        table(prokka),
        "genes",
        lambda g: [(f"G{at}", "-", (place,)) for at, place in enumerate(PLACES)],
        False,
    ),
    "bed12": ("bed12 bed txt", "", table(bed12), "genes", gene_models, False),
    "refgene": ("txt bed", "", table(refgene), "genes", gene_models, False),
    "bedpe": ("bedpe txt", "", table(links_row(fixed("n"), score, fixed("+"), fixed("-"))), "links", pairs, True),
    "arcs": ("arcs txt", "", table(links_row(score)), "links", pairs, True),
    "hiccups": (
        "bedpe txt",
        LOOPS,
        table(links_row(*[fixed(".")] * 4, fixed("0,9,9"), score)),
        "links",
        pairs,
        True,
    ),
    "fithichip": ("bed txt", FIT, table(links_row(score, fixed("300"), fixed("1"))), "links", pairs, False),
    "longrange": (
        "longrange txt",
        "",
        table(lambda c, a, s, e, g: (c, s, s + 50, f"{c}:{e}-{e + 50},{a + 1}")),
        "links",
        pairs,
        False,
    ),
    "star": (
        "SJ.out.tab txt",
        "",
        table(lambda c, a, s, e, g: (c, s + 1, e, 1, 1, 0, a + 1, 7, 30)),
        "links",
        lambda g: [(s - 1, s, e, e + 1, at + 1.0) for at, (s, e) in enumerate(PLACES)],
        False,
    ),
    "matrix": (
        "bm",
        "",
        table(lambda c, a, s, e, g: (c, s, e, a + 0.5, signal(a, g))),
        "matrix",
        lambda g: [(s, e, at + 0.5, None if at in g else at + 0.5) for at, (s, e) in enumerate(PLACES)],
        True,
    ),
}


def written(draw, name):
    """A file of the format, drawn at random: name, bytes, chromosome, which values are missing, how it is packed."""
    endings, head, rows, _, _, gaps = FORMATS[name]
    chrom, ending, packing = draw.choice(NAMES), draw.choice(list(ENDINGS)), draw.choice(PACKINGS)
    where = draw.sample(range(len(PLACES)), draw.choice((0, 1, 3))) if gaps else []
    gone = dict.fromkeys(where, draw.choice(MISSING))
    top = "" if head.startswith("##file") else draw.choice(HEADERS)
    text = (top + head.format(chrom) + rows(chrom, gone)).replace("\n", ENDINGS[ending])
    if ending == "none":
        text = text.rstrip("\n")
    called = f"a.{draw.choice(endings.split())}" + ".gz" * (packing != "plain")
    return called, text.encode(), chrom, gone, packing


def packed(folder, data, packing):
    if packing.startswith("gz"):
        data = gzip.compress(data)
    elif packing.startswith("bgz"):
        (folder / "text").write_bytes(data)
        pysam.tabix_compress(str(folder / "text"), str(folder / "packed"), force=True)
        data = (folder / "packed").read_bytes()
    return data[:-28] if packing == "bgz cut" else data[:-5] if packing == "gz cut" else data


def read(one, chrom):
    """What a prepared file holds of a chromosome, in plain values."""
    window = Region(chrom, 0, 100_000)
    if one.kind == "signal":
        with pyBigWig.open(str(one.path)) as bigwig:
            return [(start, end, round(value, 3)) for start, end, value in bigwig.intervals(chrom) or ()]
    if one.kind == "intervals":
        return [(item.start, item.end, item.name, item.strand) for item in read_intervals(one.path, window)]
    if one.kind == "genes":
        return [(gene.name, gene.strand, gene.exons) for gene in read_genes(one.path, window)]
    if one.kind == "links":
        return [(link.start1, link.end1, link.start2, link.end2, link.score) for link in read_links(one.path, window)]
    found = read_matrix(one.path, window)
    scores = [[None if value != value else float(value) for value in row] for row in found.scores]
    return [(int(s), int(e), *row) for s, e, row in zip(found.starts, found.ends, scores, strict=True)]


def outcome(folder, draw, name):
    """'right', 'noted' (values are missing, and a note says so), 'refused', or what is wrong."""
    called, text, chrom, gone, packing = written(draw, name)
    (folder / "file").write_bytes(packed(folder, text, packing))
    *_, kind, truth, gaps = FORMATS[name]
    try:
        one = prepare(folder / "file", called, folder / "out")
    except FormatError as error:
        assert str(error).startswith(called)
        return "refused as it must be" if "cut" in packing else f"refused: {error}"
    if "cut" in packing:
        return f"{packing} was read: {called} {text!r}"
    if (one.kind, read(one, chrom)) != (kind, truth(gone)) or list(one.chroms) != [chrom]:
        return f"silently {one.format} ({one.kind}): {called} {text!r} {read(one, chrom)}"
    if kind == "signal" and gone and not any("missing" in note for note in one.warnings):
        return f"missing values without a note: {called} {text!r}"
    return "right"


def test_no_file_is_silently_something_else(tmp_path):
    draw, names = random.Random(7), list(FORMATS)
    found = Counter(outcome(tmp_path, draw, names[at % len(names)]) for at in range(MOST))
    assert {"right", "refused as it must be"} == set(found), found
