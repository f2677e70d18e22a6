"""Tracks at many loci: what is asked, the loci and their folders, and their records, one after the other.

Knows folders and processes; drawing, reading and words are the renderer's and vlm's. Prints nothing, ends nothing: the
command line and notebooks both stand on it.
May import workers, vlm, renderer. Imports go one way: locus, incoming, lock < look < asked < run.
"""
