"""Kinds of claims on intervals, links and contact maps: one module a kind, in the order of `KINDS`.

Knows evidence of rows that are no signal; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.rows import domain_boundary, interval_at, interval_count, link

KINDS = (interval_count.KIND, interval_at.KIND, link.KIND, domain_boundary.KIND)
