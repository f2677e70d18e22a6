"""What runs where, and what survives: settings, the database, artifacts, Celery.

Rows in the database are the truth. Messages carry nothing but a ring at the door and may be lost or doubled.
Nothing here imports a renderer or a model at module level, so that a web process stays small.
"""
