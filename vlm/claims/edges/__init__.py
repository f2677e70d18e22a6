"""Kinds of claims on edges of domains at intervals of other rows: one module a kind, in the order of `KINDS`.

Knows evidence of rows and contact maps; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.edges import boundaries_at, edges_at

KINDS = (edges_at.KIND, boundaries_at.KIND)
