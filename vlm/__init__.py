"""From a figure to verified words.

Knows figures, claims and languages; nothing of files, queues or web pages.
May import renderer.values and renderer.assays; training alone may draw.
"""
