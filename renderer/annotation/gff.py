"""Genes from GFF3: features that name their parents, gene over transcript over exon, in any order.

Ensembl, NCBI, GENCODE, FlyBase, WormBase, TAIR, SGD and Prokka call the same thing differently; the tables below say
where a name is looked for. What is no part of a gene (repeats, alignments, the sequence at the end) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from renderer.annotation.genes import Annotated, GatheredGene, Role, Rows, Union, gff_span, role_of
from renderer.values.errors import FormatError

COLUMNS = 9
MOST_LEVELS = 8
"""Parents of parents that are followed: gene, transcript, exon are three; a file with more goes round in a circle."""

_LABELS = ("gene_name", "gene_symbol", "symbol", "gene", "locus", "sequence_name", "Name", "locus_tag")
"""Attributes that may hold the symbol: GENCODE, FlyBase, TAIR, NCBI and SGD, WormBase (two), Ensembl, bacteria."""

_IDS = ("gene_id", "transcript_id", "locus_tag", "Name")
_SYNONYMS = ("gene_synonym", "Alias", "synonym")
_PARENTS = ("Parent", "geneID", "gene_id")
"""Where a transcript names its gene; the last two are of files without gene features (gffread)."""

_NAMED = ("transcript_id", "geneID", "gene_id")
_NAMED_PARENTS = ("Parent=", *(f"{key}=" for key in _NAMED))
"""What an exon may name: its parent, or as in GTF its transcript and its gene."""

_PREFIX = re.compile(r"^(?:gene|pseudogene|transcript|m?rna|cds|exon)[:-]", re.IGNORECASE)
"""Ensembl writes 'gene:ENSG...', NCBI 'gene-JAK2', WormBase 'Gene:WBGene...'."""

_PARENT = re.compile(r"(?:^|;)\s*Parent=([^;]+)")
_SKIPPED = ("intron", "polypeptide", "protein", "match_part")
"""Features with a parent that are no transcripts."""

_SHARED = ("locus_tag", "gene")
"""Attributes by which rows without parents belong together."""

_UNNAMED = "line "
"""How a feature without ID is known here; it is no name to be shown."""

Key = tuple[str, str]
"""Chromosome and ID: GENCODE and others use an ID on X and on Y."""


@dataclass
class _Node:
    """A gene or a transcript, or a parent that only its exons name."""

    strand: str
    role: Role
    parent: str = ""
    span: tuple[int, int] | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    exons: Union = field(default_factory=Union)
    coding: Union = field(default_factory=Union)

    def extent(self) -> tuple[int, int]:
        """From its first base to behind its last."""
        spans = [*([self.span] if self.span else []), *self.exons.spans(), *self.coding.spans()]
        return min(start for start, _ in spans), max(end for _, end in spans)

    def widen(self, start: int, end: int) -> None:
        self.span = (min(self.span[0], start), max(self.span[1], end)) if self.span else (start, end)


def genes_from_gff3(rows: Rows, name: str) -> Iterator[Annotated]:
    """The genes of a GFF3. Raises FormatError with the line."""
    nodes: dict[Key, _Node] = {}
    for number, row in rows:
        if row[0].startswith(">"):
            break  # the sequence
        if len(row) < COLUMNS:
            raise FormatError(name, f"there are {len(row)} columns", "GFF3 lines have 9, separated by tabs.", number)
        role = role_of(row[2]) or _other(row)
        if role in ("exon", "CDS") and any(key in row[8] for key in _NAMED_PARENTS):
            _add_part(nodes, role, row, gff_span(name, number, row))
        elif role:
            _add_node(nodes, role, row, gff_span(name, number, row), number)
    _adopt(nodes)
    genes: dict[Key, GatheredGene] = {}
    for key, node in nodes.items():
        _join(genes, nodes, key, node)
    nodes.clear()
    for key in list(genes):
        yield genes.pop(key).finish()


def _other(row: list[str]) -> Role | None:
    """Rarer features with a parent, such as FlyBase's 'pre_miRNA' or NCBI's 'primary transcript', are transcripts."""
    feature = row[2].lower()
    if "Parent=" not in row[8] or feature in _SKIPPED or "utr" in feature or "codon" in feature:
        return None
    return "transcript"


def _add_part(nodes: dict[Key, _Node], role: Role, row: list[str], span: tuple[int, int]) -> None:
    match = _PARENT.search(row[8])
    parents = match[1].strip().split(",") if match else [_named_transcript(nodes, row)]
    # All transcripts share the coding part of their gene; TAIR names its protein as a second parent.
    for parent in parents if role == "exon" else parents[:1]:
        node = nodes.setdefault((row[0], parent), _Node(row[6], "transcript"))
        (node.exons if role == "exon" else node.coding).add(span)


def _named_transcript(nodes: dict[Key, _Node], row: list[str]) -> str:
    """The transcript that a part without parent names, or its gene where it names none; it is made if it is new."""
    attributes = dict(_attributes(row[8]))
    named = [attributes[key] for key in _NAMED if attributes.get(key)] or [f"{_UNNAMED}{row[0]}:{row[3]}"]
    gene = named[-1] if named[-1] != named[0] else ""
    node = nodes.setdefault((row[0], named[0]), _Node(row[6], "transcript", gene))
    if not node.attributes:
        node.attributes = {key: attributes[key] for key in ("gene_name", "gene") if key in attributes}
    return named[0]


def _add_node(nodes: dict[Key, _Node], role: Role, row: list[str], span: tuple[int, int], number: int) -> None:
    attributes = dict(_attributes(row[8]))
    key = (row[0], attributes.get("ID", f"{_UNNAMED}{number}"))
    node = nodes.setdefault(key, _Node(row[6], role))  # its exons may have come before it
    node.strand, node.role, node.attributes = row[6], role, attributes
    if role != "gene":
        found = (attributes.get(key, "") for key in _PARENTS)
        node.parent = next(filter(None, found), "").partition(",")[0]
    if role in ("exon", "CDS"):
        (node.exons if role == "exon" else node.coding).add(span)
    else:
        node.widen(*span)


def _adopt(nodes: dict[Key, _Node]) -> None:
    """Find the gene of what names no parent (EMBOSS, Prokka, Prodigal): one on the same strand that it overlaps, and
    with which it shares a locus_tag or the name of a gene. A part without a gene is one of its own."""
    lone = [(key, node) for key, node in nodes.items() if not node.parent and node.attributes]
    lone.sort(key=lambda pair: ("gene", "transcript", "exon", "CDS").index(pair[1].role))
    known: dict[tuple[str, str, str], list[Key]] = {}
    for key, node in lone:
        names = [(key[0], node.strand, node.attributes[tag]) for tag in _SHARED if node.attributes.get(tag)]
        near = (other for name in names for other in known.get(name, ()) if _overlap(nodes[other], node))
        parent = next(near, None) if node.role != "gene" else None
        if parent is None:
            for name in names:
                known.setdefault(name, []).append(key)
        elif node.role == "transcript":
            node.parent = parent[1]
        else:
            nodes[parent].exons.add(*node.exons.spans())
            nodes[parent].coding.add(*node.coding.spans())
            del nodes[key]


def _overlap(one: _Node, other: _Node) -> bool:
    (low, high), (start, end) = one.extent(), other.extent()
    return low < end and start < high


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.rstrip(";").split(";"):
        key, _, value = pair.strip().partition("=")
        yield key, unquote(value.strip('"'))


def _join(genes: dict[Key, GatheredGene], nodes: dict[Key, _Node], key: Key, node: _Node) -> None:
    """Add a node to the gene at the top of its parents; the gene is made from the first that comes."""
    top = _top(nodes, key)
    gene = genes.get(top)
    if gene is None:
        gene = genes[top] = _gene(top, nodes.get(top, node))
    exons, coding = node.exons.spans(), node.coding.spans()
    pieces = [node.span] if node.span else exons or coding
    for start, end in pieces:
        if node.role == "gene" or _is_cut_out(nodes, key, node):
            gene.widen(start, end)
        else:
            gene.extend(key[1], start, end)
    gene.exons.add(*(exons or coding))
    gene.coding.add(*coding)
    _note_names(gene, key[1], node.attributes)


def _is_cut_out(nodes: dict[Key, _Node], key: Key, node: _Node) -> bool:
    """Whether a transcript is made from another, as a miRNA is: it has no start site of its own."""
    parent = nodes.get((key[0], node.parent))
    return parent is not None and parent is not node and parent.role == "transcript" and parent.span is not None


def _top(nodes: dict[Key, _Node], key: Key) -> Key:
    for _ in range(MOST_LEVELS):
        node = nodes.get(key)
        if node is None or not node.parent or node.parent == key[1]:
            return key
        key = (key[0], node.parent)
    return key


def _gene(key: Key, node: _Node) -> GatheredGene:
    found = next(filter(None, (node.attributes.get(name, "") for name in _LABELS)), "")
    if not found and key[1].startswith(_UNNAMED):
        found = f"{key[0]}:{node.extent()[0] + 1}"
    return GatheredGene(key[0], found or _PREFIX.sub("", key[1]), node.strand)


def _note_names(gene: GatheredGene, identity: str, attributes: dict[str, str]) -> None:
    found = [_PREFIX.sub("", identity), *(attributes.get(name, "") for name in _IDS)]
    gene.ids |= {name: None for name in found if name and name != gene.label and not name.startswith(_UNNAMED)}
    for name in _SYNONYMS:
        gene.synonyms |= {synonym: None for synonym in attributes.get(name, "").split(",") if synonym}
