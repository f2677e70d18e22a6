"""The JSON API under /api/v1.

Reads, calls workers.requests, answers.
May import service.http and workers.
"""
