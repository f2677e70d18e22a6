"""Kinds of claims that name genes, or places among them: one module a kind, in the order of `KINDS`.

Knows evidence of signals along genes, the annotation and strands; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.genes import (
    covers_gene,
    follows_exons,
    gene,
    gene_count,
    intergenic_peak,
    on_strand,
    peak_at_tss,
    peak_in_gene,
)

KINDS = (
    gene_count.KIND,
    gene.KIND,
    peak_at_tss.KIND,
    peak_in_gene.KIND,
    intergenic_peak.KIND,
    covers_gene.KIND,
    follows_exons.KIND,
    on_strand.KIND,
)
