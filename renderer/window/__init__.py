"""A window of each kind of prepared file: columns of a signal, intervals, links, contact maps, bands.

Knows where bytes of a window lie; nothing of how they are drawn or what they mean.
May import values, assays and formats.
"""
