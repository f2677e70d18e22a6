"""Kinds of claims on spliced transcripts: exons of genes, what is like one and none, junctions. One module a kind.

Knows evidence of signals along exons, of junction rows and of genes; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.exons import exonic_mean, junction, junction_differs, novel_exon, skipped_exon

KINDS = (exonic_mean.KIND, skipped_exon.KIND, novel_exon.KIND, junction.KIND, junction_differs.KIND)
