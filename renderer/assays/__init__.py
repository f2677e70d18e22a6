"""What is known of assays, and what labels say: the one place that answers "is this RNA", "a control", "which strand".

Knows names and words; opens no file, sees no pixel and writes no sentence.
May import renderer.values.
"""
