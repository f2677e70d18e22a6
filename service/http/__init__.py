"""What pages and API share: the application at hand, receiving files, errors as answers, values as shown, the models.

Knows HTTP; nothing that draws or computes.
May import workers.
"""
