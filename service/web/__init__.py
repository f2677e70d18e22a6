"""The pages: submit, watch, browse, review; templates and static files.

Reads, calls workers.requests, answers.
May import service.http, service.api and workers.
"""
