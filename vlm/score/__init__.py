"""How right a model is, and how it is made better: the benchmark of readings, and fine-tuning.

Knows scenes that label themselves.
May import every room of vlm but training.
"""
