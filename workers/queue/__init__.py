"""Celery rings, leases hand out rows, steps do the work: check a file, draw a locus, read a batch.

Messages carry nothing, and may be lost or doubled: rows are the truth.
May import every room of workers, renderer and vlm.
"""
