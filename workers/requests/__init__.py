"""What a front end may ask: uploads, track sets, jobs, readings, reviews, downloads; checked values in, rows out.

Knows the database and options; runs no model.
May import workers.store and renderer.
"""
