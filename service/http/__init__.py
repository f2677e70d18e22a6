"""What pages and API share: errors as answers, receiving files, values as they are shown, the list of models.

Knows HTTP; nothing that draws or computes.
May import workers.
"""
