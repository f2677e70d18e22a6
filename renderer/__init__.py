"""From track files to a figure and the numbers behind it.

Knows files, genome coordinates and pixels. Knows nothing of models, queues or web pages.
"""
