import gzip
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.annotation.genes import Union, merge_spans
from renderer.annotation.names import FILE, NameIndex, open_names
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.window.intervals import read_genes

WINDOW = Region("chr1", 0, 100_000)

ENSEMBL = """\
##gff-version 3
1\thavana\tchromosome\t1\t100000\t.\t.\t.\tID=chromosome:1
1\thavana\tgene\t20001\t40000\t.\t+\t.\tID=gene:ENSG00000000001;Name=ALPHA;gene_id=ENSG00000000001;version=3
1\thavana\tmRNA\t20001\t40000\t.\t+\t.\tID=transcript:ENST00000000001;Parent=gene:ENSG00000000001;Name=ALPHA-201
1\thavana\tthree_prime_UTR\t39001\t39900\t.\t+\t.\tParent=transcript:ENST00000000001
1\thavana\texon\t20001\t21000\t.\t+\t.\tParent=transcript:ENST00000000001;Name=ENSE1
1\thavana\texon\t39001\t40000\t.\t+\t.\tParent=transcript:ENST00000000001;Name=ENSE2
1\thavana\tCDS\t20501\t21000\t.\t+\t0\tID=CDS:ENSP1;Parent=transcript:ENST00000000001
1\thavana\tlnc_RNA\t25001\t40000\t.\t+\t.\tID=transcript:ENST00000000002;Parent=gene:ENSG00000000001
1\thavana\texon\t25001\t25500\t.\t+\t.\tParent=transcript:ENST00000000002;Name=ENSE3
1\thavana\texon\t39001\t40000\t.\t+\t.\tParent=transcript:ENST00000000002;Name=ENSE2
"""
NCBI = """\
##gff-version 3
chr1\tRefSeq\tregion\t1\t100000\t.\t+\t.\tID=NC_000001.11:1..100000;Name=1;gbkey=Src
chr1\tRefSeq\texon\t20001\t21000\t.\t+\t.\tID=exon-1;Parent=rna-NM_000001.2;gene=ALPHA
chr1\tRefSeq\texon\t39001\t40000\t.\t+\t.\tID=exon-2;Parent=rna-NM_000001.2,rna-NR_000002.1;gene=ALPHA
chr1\tRefSeq\tCDS\t20501\t21000\t.\t+\t0\tID=cds-NP_1;Parent=rna-NM_000001.2;gene=ALPHA
chr1\tRefSeq\texon\t25001\t25500\t.\t+\t.\tID=exon-3;Parent=rna-NR_000002.1;gene=ALPHA
chr1\tRefSeq\tmRNA\t20001\t40000\t.\t+\t.\tID=rna-NM_000001.2;Parent=gene-ALPHA;Name=NM_000001.2
chr1\tRefSeq\ttranscript\t25001\t40000\t.\t+\t.\tID=rna-NR_000002.1;Parent=gene-ALPHA;Name=NR_000002.1
chr1\tRefSeq\tgene\t20001\t40000\t.\t+\t.\tID=gene-ALPHA;Dbxref=GeneID:1;Name=ALPHA;gene_synonym=A1,OLD%20NAME
"""
FLYBASE = """\
chr1\tFlyBase\tgene\t20001\t40000\t.\t+\t.\tID=FBgn0000001;Name=ALPHA;Alias=a
chr1\tFlyBase\tmRNA\t20001\t40000\t.\t+\t.\tID=FBtr0000001;Parent=FBgn0000001
chr1\tFlyBase\tmRNA\t25001\t40000\t.\t+\t.\tID=FBtr0000002;Parent=FBgn0000001
chr1\tFlyBase\texon\t20001\t21000\t.\t+\t.\tParent=FBtr0000001
chr1\tFlyBase\texon\t25001\t25500\t.\t+\t.\tParent=FBtr0000002
chr1\tFlyBase\texon\t39001\t40000\t.\t+\t.\tParent=FBtr0000001,FBtr0000002
chr1\tFlyBase\tintron\t21001\t39000\t.\t+\t.\tParent=FBtr0000001
chr1\tFlyBase\tCDS\t20501\t21000\t.\t+\t0\tParent=FBtr0000001
chr1\trepeat\tmatch\t1\t90000\t.\t+\t.\tID=rep1
##FASTA
>chr1
ACGT
"""
EXONS_ONLY = """\
chr1\tx\texon\t20001\t21000\t.\t+\t.\tgene_id "G1"; transcript_id "T1"; gene_name "ALPHA"
chr1\tx\tCDS\t20501\t21000\t.\t+\t.\tgene_id G1; transcript_id T1; gene_name ALPHA
chr1\tx\texon\t39001\t40000\t.\t+\t.\ttranscript_id "T1"; gene_id "G1"; gene_name "ALPHA"
chr1\tx\texon\t25001\t25500\t.\t+\t.\tgene_id "G1"; ref_gene_id "NO"; transcript_id "T2"; gene_name "ALPHA"
chr1\tx\texon\t39001\t40000\t.\t+\t.\tgene_id "G1"; transcript_id "T2"; gene_name "ALPHA"
chr1\tx\tstart_codon\t20501\t20503\t.\t+\t.\tgene_id "G1";
"""
FIRST = "20000\t40000\t20500\t21000\t2\t20000,39000,\t21000,40000,"
SECOND = "25000\t40000\t40000\t40000\t2\t25000,39000,\t25500,40000,"
GENEPRED_EXT = (
    f"NM_000001.2\tchr1\t+\t{FIRST}\t0\tALPHA\tcmpl\tcmpl\t0,0,\n"
    f"NR_000002.1\tchr1\t+\t{SECOND}\t0\tALPHA\tnone\tnone\t-1,-1,\n"
)
REFGENE = "#bin\tname\tchrom\n" + "".join(f"585\t{line}\n" for line in GENEPRED_EXT.splitlines())
REFFLAT = f"ALPHA\tNM_000001\tchr1\t+\t{FIRST}\nALPHA\tNR_000002\tchr1\t+\t{SECOND}\n"
BED12 = """\
chr1\t20000\t40000\tALPHA\t0\t+\t20500\t21000\t0\t2\t1000,1000,\t0,19000,
chr1\t25000\t40000\tALPHA\t0\t+\t40000\t40000\t0\t2\t500,1000\t0,14000
"""
FORMATS = {
    "ensembl.gff3": ENSEMBL,
    "ncbi.gff3": NCBI,
    "fly.gff": FLYBASE,
    "exons.gtf": EXONS_ONLY,
    "ext.genePred": GENEPRED_EXT,
    "refGene.txt": REFGENE,
    "refFlat.txt": REFFLAT,
    "genes.bed": BED12,
}


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_gene_is_the_same_in_every_format(tmp_path, name):
    path = write(tmp_path, name, FORMATS[name])
    zipped = tmp_path / "zipped"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    for number, source in enumerate((path, zipped)):
        prepared = prepare(source, name, tmp_path / str(number))
        (alpha,) = read_genes(prepared.path, WINDOW)
        assert ("genes", 1) == (prepared.kind, prepared.items)
        assert ("ALPHA", 20_000, 40_000, "+", True) == (alpha.name, alpha.start, alpha.end, alpha.strand, alpha.named)
        assert ((20_000, 21_000), (25_000, 25_500), (39_000, 40_000)) == alpha.exons
        assert ((20_500, 21_000), (20_000, 25_000)) == (alpha.thick, alpha.tss)


BIG_GENEPRED = """table bigGenePred
"bigGenePred gene models"
    (
    string chrom;       "Reference sequence chromosome or scaffold"
    uint   chromStart;  "Start position in chromosome"
    uint   chromEnd;    "End position in chromosome"
    string name;        "Name or ID of item"
    uint score;         "Score (0-1000)"
    char[1] strand;     "+ or - for strand"
    uint thickStart;    "Start of where display should be thick"
    uint thickEnd;      "End of where display should be thick"
    uint reserved;      "RGB value"
    int blockCount;     "Number of blocks"
    int[blockCount] blockSizes; "Comma separated list of block sizes"
    int[blockCount] chromStarts; "Start positions relative to chromStart"
    string name2;       "Alternative/human readable name"
    string cdsStartStat; "Status of CDS start annotation"
    string cdsEndStat;   "Status of CDS end annotation"
    int[blockCount] exonFrames; "Exon frame {0,1,2}, or -1 if no frame for exon"
    string type;        "Transcript type"
    string geneName;    "Primary identifier for gene"
    string geneName2;   "Alternative/human readable gene name"
    string geneType;    "Gene type"
    )
"""


@pytest.mark.parametrize(
    ("name2", "gene_name", "gene_name2"),
    [("ALPHA", "ENSG00000000001.3", "n/a"), ("uc1.1", "ALPHA", "none"), ("ENSG1:7", "", "ALPHA")],
)
def test_a_biggenepred_has_its_symbol_in_one_of_three_columns(make_bigbed, tmp_path, name2, gene_name, gene_name2):
    rows = []
    for number, line in enumerate(BED12.splitlines(), 1):
        row = [*line.rstrip(",").split("\t"), name2, "none", "none", "0,", "coding", gene_name, gene_name2, "coding"]
        row[3] = f"ENST0000000000{number}.4"
        rows.append("\t".join(row))
    path = make_bigbed(rows, {"chr1": 100_000}, BIG_GENEPRED, 12)
    prepared = prepare(path, "genes.bb", tmp_path / "out")
    (alpha,) = read_genes(prepared.path, WINDOW)
    assert ("biggenepred", "ALPHA", True) == (prepared.format, alpha.name, alpha.named)
    assert ((20_000, 21_000), (25_000, 25_500), (39_000, 40_000)) == alpha.exons
    assert ((20_500, 21_000), (20_000, 25_000)) == (alpha.thick, alpha.tss)
    assert ["ALPHA"] == [place.name for place in NameIndex.open(prepared.path).find("enst00000000002")]


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.gff3", ENSEMBL + "1\tx\tgene\t9\t3\t.\t+\t.\tID=g\n", 12, "the span is 9-3"),
        ("a.gff3", ENSEMBL * 20 + "1\tx\tgene\t9\n", 221, "4 columns"),
        ("refGene.txt", REFGENE * 60 + "585\tNM_1\tchr1\t+\t5\t900\t5\t9\t2\t5,\t900,\n", 181, "do not fit 2 exons"),
        ("refGene.txt", REFGENE * 60 + "585\tNM_1\tchr1\t+\t5\tx\t5\t9\t2\t5,\t900,\n", 181, "no whole number"),
        ("genes.bed", BED12 * 60 + BED12.replace("500,1000\t", "500,99999\t"), 122, "do not lie in 25000-40000"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, name, text, line, said):
    with pytest.raises(FormatError, match=said) as error:
        prepare(write(tmp_path, name, text), name, tmp_path / "out")
    assert f"{name}, line {line}:" in str(error.value)


def test_an_annotation_without_a_gene_is_refused(tmp_path):
    path = write(tmp_path, "a.gff3", "chr1\trepeat\tmatch\t1\t90\t.\t+\t.\tID=rep1\n")
    with pytest.raises(FormatError, match=r"a\.gff3: there is no gene in it"):
        prepare(path, "a.gff3", tmp_path / "out")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_position_past_every_chromosome_and_an_unprintable_name_are_refused(tmp_path, name):
    for old, new, said in (("40000", "99999999999", "99999999999"), ("chr1", "chr\x1f1", "a control character")):
        path = write(tmp_path, name, FORMATS[name].replace(old, new).replace("1\thavana", new + "\thavana"))
        if new in path.read_text(encoding="utf-8"):
            with pytest.raises(FormatError, match=said):
                prepare(path, name, tmp_path / "out")


def test_parents_in_a_circle_do_not_hang(tmp_path):
    text = "chr1\tx\tmRNA\t1\t9\t.\t+\t.\tID=a;Parent=b\nchr1\tx\tmRNA\t1\t9\t.\t+\t.\tID=b;Parent=a\n"
    assert prepare(write(tmp_path, "a.gff3", text), "a.gff3", tmp_path / "out").items == 2


def test_a_mirna_adds_no_start_site_to_the_gene_it_is_cut_from(tmp_path):
    text = (
        "chr1\tx\tgene\t101\t400\t.\t+\t.\tID=gene-MIR1;gene=MIR1\n"
        "chr1\tx\tprimary_transcript\t101\t400\t.\t+\t.\tID=rna-NR_1.1;Parent=gene-MIR1\n"
        "chr1\tx\texon\t101\t400\t.\t+\t.\tParent=rna-NR_1.1\n"
        "chr1\tx\tmiRNA\t151\t170\t.\t+\t.\tID=rna-MIR1;Parent=rna-NR_1.1\n"
        "chr1\tx\texon\t151\t170\t.\t+\t.\tParent=rna-MIR1\n"
    )
    prepared = prepare(write(tmp_path, "a.gff3", text), "a.gff3", tmp_path / "out")
    assert [("MIR1", (100,), ((100, 400),))] == [(g.name, g.tss, g.exons) for g in read_genes(prepared.path, WINDOW)]


def test_a_protein_as_second_parent_is_no_gene(tmp_path):
    """TAIR10 writes its coding parts so."""
    text = (
        "Chr1\tTAIR10\tgene\t3631\t5899\t.\t+\t.\tID=AT1G01010;Name=AT1G01010;symbol=NAC001\n"
        "Chr1\tTAIR10\tmRNA\t3631\t5899\t.\t+\t.\tID=AT1G01010.1;Parent=AT1G01010\n"
        "Chr1\tTAIR10\tprotein\t3760\t5630\t.\t+\t.\tID=AT1G01010.1-Protein;Derives_from=AT1G01010.1\n"
        "Chr1\tTAIR10\texon\t3631\t5899\t.\t+\t.\tParent=AT1G01010.1\n"
        "Chr1\tTAIR10\tCDS\t3760\t5630\t.\t+\t0\tParent=AT1G01010.1,AT1G01010.1-Protein\n"
    )
    prepared = prepare(write(tmp_path, "a.gff3", text), "a.gff3", tmp_path / "out")
    assert [("NAC001", (3_759, 5_630))] == [(g.name, g.thick) for g in read_genes(prepared.path, WINDOW)]
    assert ["NAC001"] == [place.name for place in NameIndex.open(prepared.path).find("at1g01010")]


def test_genes_without_exons_are_drawn_from_their_coding_part(tmp_path):
    text = (
        "chr1\tProkka\tgene\t101\t400\t.\t-\t.\tID=B1_gene;Name=dnaA;locus_tag=B1\n"
        "chr1\tProkka\tCDS\t101\t400\t.\t-\t0\tID=B1;Parent=B1_gene;gene=dnaA\n"
    )
    prepared = prepare(write(tmp_path, "a.gff3", text), "a.gff3", tmp_path / "out")
    (gene,) = read_genes(prepared.path, WINDOW)
    assert ("dnaA", ((100, 400),), (399,)) == (gene.name, gene.exons, gene.tss)
    assert ["dnaA"] == [place.name for place in NameIndex.open(prepared.path).find("b1")]


SHAPES = st.lists(  # genes: a strand, and of each isoform the cuts between exons and introns, and whether it is coding
    st.tuples(
        st.sampled_from("+-"),
        st.lists(
            st.tuples(st.sets(st.integers(1, 900), min_size=2, max_size=9), st.booleans()), min_size=1, max_size=4
        ),
    ),
    min_size=1,
    max_size=5,
)


def in_three_formats(shapes):
    """The same genes as rows of GTF, GFF3 and refGene."""
    gtf, gff, ref = [], [], []
    for at, (strand, isoforms) in enumerate(shapes):
        rest, gene, ends = f".\t{strand}\t.", f"G{at}x", []
        for number, (cuts, coding) in enumerate(isoforms):
            places, name = [at * 5000 + cut for cut in sorted(cuts)], f"NM_{at}00{number}"
            exons = list(zip(places[::2], places[1::2], strict=False))
            low, high = exons[0][0], exons[-1][1]
            ends += [low, high]
            gff.append(f"1\tx\tmRNA\t{low + 1}\t{high}\t{rest}\tID=rna-{name};Parent=gene-{gene}")
            for kind in ("exon", "CDS")[: 1 + coding]:
                for start, end in exons:
                    row = f"1\tx\t{kind}\t{start + 1}\t{end}\t{rest}\t"
                    gff.append(f"{row}Parent=rna-{name}")
                    gtf.append(f'{row}gene_id "id{at}"; transcript_id "{name}"; gene_name "{gene}";')
            lists = ["".join(f"{exon[side]}," for exon in exons) for side in (0, 1)]
            thick = (low, high) if coding else (high, high)
            ref.append(
                "\t".join(
                    map(str, (585, name, 1, strand, low, high, *thick, len(exons), *lists, 0, gene, "x", "x", "0,"))
                )
            )
        gff.append(f"1\tx\tgene\t{min(ends) + 1}\t{max(ends)}\t{rest}\tID=gene-{gene};gene={gene}")
    return {"a.gtf": gtf, "a.gff3": gff, "refGene.txt": ref}


@settings(max_examples=30)
@given(SHAPES, st.randoms(use_true_random=False))
def test_any_genes_are_the_same_in_every_format_and_order_of_rows(tmp_path, shapes, random):
    found = []
    for name, rows in in_three_formats(shapes).items():
        random.shuffle(rows)
        path = write(tmp_path, name, "".join(f"{row}\n" for row in rows))
        found.append(read_genes(prepare(path, name, tmp_path / "out").path, WINDOW))
    assert len(shapes) == len(found[0])
    assert found[0] == found[1] == found[2]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), max_size=300))
def test_collecting_spans_piece_by_piece_gives_their_union(pieces):
    spans = [(start, start + length) for start, length in pieces]
    union = Union()
    for span in spans:
        union.add(span)
    assert union.spans() == merge_spans(spans)
    covered = {at for start, end in spans for at in range(start, end)}
    assert covered == {at for start, end in union.spans() for at in range(start, end)}
    assert all(one[1] < other[0] for one, other in zip(union.spans(), union.spans()[1:], strict=False))


@settings(max_examples=80)
@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_a_damaged_annotation_is_prepared_or_refused_with_a_sentence(tmp_path, name, data):
    text = FORMATS[name]
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 9)) :]
    try:
        prepare(write(tmp_path, name, damaged), name, tmp_path / "out")
    except FormatError as error:
        assert str(error).startswith(name)


@pytest.fixture
def names(tmp_path):
    return NameIndex.open(prepare(write(tmp_path, "n.gff3", NCBI), "n.gff3", tmp_path / "out").path)


@pytest.mark.parametrize(
    "asked", ["ALPHA", "alpha", " Alpha ", "NM_000001.2", "nm_000001", "NM_000001.7", "a1", "old name"]
)
def test_a_gene_is_found_by_symbol_accession_and_synonym(names, asked):
    (place,) = names.find(asked)
    assert ("ALPHA", "chr1", 20_000, 40_000, "+") == (place.name, place.chrom, place.start, place.end, place.strand)
    assert "chr1:20,001-40,000" == str(place)


def test_a_symbol_is_believed_before_another_genes_synonym(tmp_path):
    text = NCBI + "chr1\tRefSeq\tgene\t50001\t60000\t.\t+\t.\tID=gene-A1;Name=A1\n"
    names = NameIndex.open(prepare(write(tmp_path, "n.gff3", text), "n.gff3", tmp_path / "out").path)
    assert [50_000] == [place.start for place in names.find("A1")]
    assert [] == names.find("A")
    assert [] == names.find("ALPH%")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("JAK", ["JAK1", "JAK2", "JAK3"]),
        ("JAKK2", ["JAK2"]),
        ("jka2", ["JAK2"]),
        ("TP35", ["TP53"]),
        ("MYC1", ["MYC"]),
        ("NOTHING", []),
        ("", []),
        ("'; DROP TABLE names", []),
    ],
)
def test_a_typing_error_gets_a_suggestion(tmp_path, asked, expected):
    rows = [
        f"chr1\t{at * 100}\t{at * 100 + 50}\t{name}\n"
        for at, name in enumerate(("JAK3", "JAK1", "JAK2", "TP53", "MYC"))
    ]
    prepared = prepare(write(tmp_path, "g.bed", "".join(rows)), "g.bed", tmp_path / "out", kind="genes")
    assert expected == NameIndex.open(prepared.path).suggest(asked)


def test_an_annotation_prepared_before_there_was_an_index_still_answers(tmp_path, gtf):
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    with_index = NameIndex.open(prepared.path)
    (tmp_path / "out" / FILE).unlink()
    without = NameIndex.open(prepared.path)
    assert with_index.find("beta") == without.find("beta") != []
    assert ["BETA"] == with_index.suggest("BETAA") == without.suggest("BETAA")


def test_a_damaged_index_says_so(tmp_path, gtf):
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    (tmp_path / "out" / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(FormatError, match="index of gene names is damaged"):
        NameIndex.open(prepared.path).find("BETA")


def test_several_annotations_answer_one_after_the_other(tmp_path, gtf):
    one = prepare(gtf, "genes.gtf", tmp_path / "one").path
    other = prepare(write(tmp_path, "b.bed", BED12.replace("ALPHA", "GAMMA")), "b.bed", tmp_path / "two").path
    names = open_names([one, other])
    assert ["ALPHA", "GAMMA"] == [names.find(name)[0].name for name in ("alpha", "gamma")]
    assert ["GAMMA"] == names.suggest("GAMA")
    assert open_names([]) is None


def test_the_index_is_not_read_as_a_whole(tmp_path, gtf):
    """The lookup goes by the primary key, not through the table."""
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    database = sqlite3.connect(tmp_path / "out" / FILE)
    from renderer.annotation.names import _FIND

    plan = " ".join(str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {_FIND}", ("alpha",)))
    database.close()
    assert "SCAN" not in plan
    assert prepared.items == 2


def test_progress_only_grows(tmp_path, gtf):
    told = []
    prepare(gtf, "genes.gtf", tmp_path / "out", told.append)
    assert told == sorted(told)
    assert 1.0 == told[-1]


def test_the_shared_annotations_know_their_genes(scenes, tmp_path):
    folder = scenes.parent / "files"
    for name, gene, chrom, start in (
        ("CoolBox/tests/test_data/gtf_chr9_4000000_6000000.gtf", "jak2", "chr9", 4_985_032),
        ("pyGenomeTracks/pygenometracks/tests/test_data/HoxD.gtf", "Hoxd13", "chr2", 74_668_309),
    ):
        path = folder / name
        places = NameIndex.open(prepare(path, path.name, tmp_path / path.name).path).find(gene)
        assert [(chrom, start)] == [(place.chrom, place.start) for place in places]
