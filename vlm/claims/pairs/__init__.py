"""Kinds of claims that compare two signal tracks: one module a kind, in the order of `KINDS`.

Knows evidence of signals, scale groups and what was said of each track; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.pairs import coincide, higher_in, only_in

KINDS = (coincide.KIND, only_in.KIND, higher_in.KIND)
