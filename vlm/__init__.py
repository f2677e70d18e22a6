"""From a figure to verified words.

Knows figures, claims and languages. Of the renderer it uses values and assays only; training alone draws.
"""
