"""Kinds of claims on one signal track: one module a kind, in the order of `KINDS`.

Knows evidence of signals and how a claim meets it; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.signal import broad_domain, flat, no_data, noisy, peak, peak_count, strongest_peak

KINDS = (
    no_data.KIND,
    flat.KIND,
    noisy.KIND,
    peak.KIND,
    strongest_peak.KIND,
    peak_count.KIND,
    broad_domain.KIND,
)
