"""Genes: merged models of every annotation format, their names, and loci that people type.

Knows genes and where they are; nothing of signals.
May import values, assays, formats and window.
"""
