"""An upload becomes a checked, indexed file, streaming and in bounded memory.

Knows whole files and what may be wrong with each line; draws and measures nothing.
May import values, assays, formats, window and annotation.
"""
