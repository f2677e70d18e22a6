"""From track files to a figure and the numbers behind it.

Knows files, genome coordinates and pixels; nothing of models, queues or web pages.
Imports nothing else of Locution.
"""
