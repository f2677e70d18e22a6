"""Kinds of claims on signals that lie on both sides of 0, and on dips: one module a kind, in the order of `KINDS`.

Knows evidence of signals and how a claim meets it; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.signed import negative_over, positive_over, trough

KINDS = (positive_over.KIND, negative_over.KIND, trough.KIND)
