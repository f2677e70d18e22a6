"""A window becomes evidence: what a person can see in it, as numbers.

Knows columns, boxes, arcs and maps; nothing of pixels, models or words.
May import values, assays and window.
"""
