"""Kinds of claims on how polymerase runs along genes, of nascent RNA: one module a kind, in the order of `KINDS`.

Knows evidence of signals along genes and the annotation; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.nascent import past_end, steps_up

KINDS = (past_end.KIND, steps_up.KIND)
