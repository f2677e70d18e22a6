"""Gene annotations as programs write them: bare names, coding parts without parents, ids used twice."""

import pytest

from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.window.intervals import read_genes

AUGUSTUS = """\
{c}\tAUGUSTUS\tgene\t101\t900\t0.3\t-\t.\t{gene}
{c}\tAUGUSTUS\ttranscript\t101\t900\t0.3\t-\t.\t{transcript}
{c}\tAUGUSTUS\tCDS\t101\t300\t0.3\t-\t2\ttranscript_id "{transcript}"; gene_id "{gene}";
{c}\tAUGUSTUS\texon\t101\t300\t.\t-\t.\ttranscript_id "{transcript}"; gene_id "{gene}";
{c}\tAUGUSTUS\tintron\t301\t700\t.\t-\t.\ttranscript_id "{transcript}"; gene_id "{gene}";
{c}\tAUGUSTUS\texon\t701\t900\t.\t-\t.\ttranscript_id "{transcript}"; gene_id "{gene}";
"""
PROKKA = "{c}\tProdigal\tCDS\t101\t400\t.\t{s}\t0\tID=X_{n};Name={g};locus_tag=X_{n}\n"


def genes_of(folder, name, text, chrom):
    (folder / name).write_text(text)
    one = prepare(folder / name, name, folder / "out")
    return one, read_genes(one.path, Region(chrom, 0, 10_000))


@pytest.mark.parametrize("chrom", ["1", "01", "X", "chr1", "2L", "NC_000001.11", "scaffold.1|size"])
@pytest.mark.parametrize(("gene", "transcript"), [("g1", "g1.t1"), ("g_1", "anno1.g7.t1"), ("g1", "g1.1")])
def test_bare_names_of_augustus_are_the_gene_of_their_exons(tmp_path, chrom, gene, transcript):
    """AUGUSTUS, BRAKER and TSEBRA."""
    text = AUGUSTUS.format(c=chrom, gene=gene, transcript=transcript)
    one, (found,) = genes_of(tmp_path, "a.gtf", text, chrom)
    assert (gene, ((100, 300), (700, 900)), (100, 300), (899,)) == (found.name, found.exons, found.thick, found.tss)
    assert ((), "gtf") == (one.warnings, one.format)


def test_a_coding_part_without_parent_is_a_gene(tmp_path):
    text = PROKKA.format(c="c1", s="+", n=1, g="abcD") + PROKKA.format(c="c1", s="-", n=2, g="hypo")
    _, found = genes_of(tmp_path, "a.gff3", text, "c1")
    assert {("abcD", "+", (100,)), ("hypo", "-", (399,))} == {(g.name, g.strand, g.tss) for g in found}


def test_rows_without_parents_belong_to_the_gene_of_their_name(tmp_path):
    """EMBOSS: gene, mRNA and CDS side by side; another gene of that name lies elsewhere."""
    rows = (("gene", 51, 900), ("mRNA", 51, 900), ("CDS", 201, 600), ("gene", 2001, 2900), ("CDS", 2001, 2900))
    text = "".join(f"A\tEMBL\t{kind}\t{s}\t{e}\t.\t+\t.\tID=A.{s}{kind};gene=NP9\n" for kind, s, e in rows)
    _, found = genes_of(tmp_path, "a.gff", text, "A")
    assert [("NP9", 50, (200, 600), (50,)), ("NP9", 2000, (2000, 2900), (2000,))] == [
        (gene.name, gene.start, gene.thick, gene.tss) for gene in found
    ]


def test_exons_that_name_their_transcript_need_no_parent(tmp_path):
    attributes = "transcript_id=t1;gene_id=G;gene_name=WID"
    text = "".join(f"1\tx\texon\t{s}\t{s + 99}\t.\t+\t.\t{attributes}\n" for s in (101, 501))
    _, (found,) = genes_of(tmp_path, "a.gff3", text, "1")
    assert ("WID", ((100, 200), (500, 600)), (100,)) == (found.name, found.exons, found.tss)


def test_rows_without_gene_id_are_counted_and_the_rest_is_read(tmp_path):
    rows = ('gene_id "A"; transcript_id "A.1";', 'transcript_id "A.1";', 'transcript_id "B.1";', "note=x")
    text = "".join(f"1\tx\texon\t{at}01\t{at}50\t.\t+\t.\t{row}\n" for at, row in enumerate(rows, 1))
    one, found = genes_of(tmp_path, "a.gtf", text, "1")
    assert [("A", 2), ("B.1", 1)] == [(gene.name, len(gene.exons)) for gene in found]
    assert (
        "1 row has no gene_id; transcript_id stands for it.",
        "1 row has neither gene_id nor transcript_id: not drawn.",
    ) == one.warnings


def test_an_id_on_both_strands_is_a_gene_on_each(tmp_path):
    rows = ((101, "+"), (501, "-"))
    text = "".join(f'1\tx\texon\t{s}\t{s + 99}\t.\t{strand}\t.\tgene_id "A";\n' for s, strand in rows)
    one, found = genes_of(tmp_path, "a.gtf", text, "1")
    assert [(100, (100,)), (500, (599,))] == [(gene.start, gene.tss) for gene in found]
    assert ("On both strands, and drawn as a gene on each: A.",) == one.warnings
