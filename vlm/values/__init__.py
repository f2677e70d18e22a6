"""The values of a reading: claims, verdicts, the figure a model gets, what it said, and the seam every model fits.

Knows shapes only; judges, words and runs nothing.
May import renderer.values.
"""
