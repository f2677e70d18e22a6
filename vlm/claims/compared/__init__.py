"""Kinds of claims that hold levels against each other: values, differences, trends, states. One module a kind.

Knows evidence over places (`Evidence.places`) and the design of the tracks; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.compared import (
    contact_side,
    exon_usage,
    level_alike,
    level_differs,
    only_in_group,
    profiles_alike,
    reproducible,
    state_at,
    state_differs,
    summit_moves,
    trend,
    value,
)

KINDS = (
    value.KIND,
    level_differs.KIND,
    level_alike.KIND,
    trend.KIND,
    state_at.KIND,
    state_differs.KIND,
    contact_side.KIND,
    profiles_alike.KIND,
    reproducible.KIND,
    only_in_group.KIND,
    exon_usage.KIND,
    summit_moves.KIND,
)
