"""One machine's service: supervisor, child processes, the demo and its bundled example.

Knows processes and ports.
May import workers.
"""
