"""Kinds of claims on intervals, links and contact maps: one module a kind, in the order of `KINDS`.

Knows evidence of rows that are no signal, and of signals at them; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.rows import (
    anchor_at_peak,
    boundary_differs,
    corner_dot,
    domain_boundary,
    encloses,
    interval_at,
    interval_count,
    interval_length,
    link,
    link_count,
    link_hub,
    lone_anchor,
    peak_in_interval,
    states_change,
)

KINDS = (
    interval_count.KIND,
    interval_at.KIND,
    link.KIND,
    domain_boundary.KIND,
    anchor_at_peak.KIND,
    lone_anchor.KIND,
    encloses.KIND,
    link_count.KIND,
    link_hub.KIND,
    interval_length.KIND,
    states_change.KIND,
    peak_in_interval.KIND,
    corner_dot.KIND,
    boundary_differs.KIND,
)
