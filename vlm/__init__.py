"""From a figure to verified words.

Knows figures, claims and languages. Of the renderer it uses values only (track, region, layout, measure).
"""
