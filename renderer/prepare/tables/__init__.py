"""Tables that programs write beside the common formats, each as what it holds: methylation, peaks, junctions, variants.

Knows what the columns of each table mean; checks and indexes as its neighbours do.
May import values, assays, formats, window, annotation and the rest of prepare.
"""
