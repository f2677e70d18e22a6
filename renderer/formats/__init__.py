"""What a file is, by its content: one row a format, and the reading and writing of single rows and blocks.

Knows bytes, lines and fields; nothing of windows, figures or models.
May import values and assays.
"""
