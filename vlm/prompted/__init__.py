"""What a general model is asked of a figure, and how it is held to its answer.

Knows prompts, JSON answers and free sentences; not how a model is run.
May import vlm.words, vlm.claims and below.
"""
