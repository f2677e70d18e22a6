"""What runs where, and what survives: the pipeline, settings, the database, artifacts, Celery.

Rows in the database are the truth. Messages carry nothing but a ring at the door and may be lost or doubled.
Nothing here loads what draws or a model before it is needed, so that a web process stays small.
Imports go one way: errors, settings, crew < store < sandboxes < known_annotation < pipeline < requests < queue.
"""
