"""The database, its migrations, and files named by the hash of their bytes.

Rows are the truth; knows nothing of what the work is.
May import workers.settings.
"""
