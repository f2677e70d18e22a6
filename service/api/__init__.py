"""The JSON API under /api/v1.

Each module is one area; it reads, calls workers.requests, answers.
May import service.http and workers.
"""
