"""Supported claims become biological readings, each with the claims it rests on, its source and its limits.

Knows assays and published conditions; measures nothing.
May import vlm.claims and below.
"""
