"""Celery rings, leases hand out rows, steps do the work: check a file, draw a locus, read a batch.

Messages carry ids only and may be lost or doubled.
May import every room of workers, renderer and vlm.
"""
