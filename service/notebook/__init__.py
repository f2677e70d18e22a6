"""What `import locution` gives: readings as Python objects, for notebooks and scripts; locution.py is its face.

Knows what a person hands in and looks at in Python; a batch of `service.batch` does the work, and nothing is printed.
May import service.batch, service.outputs, workers, vlm, renderer. Imports go one way: reading < given < run.
"""
