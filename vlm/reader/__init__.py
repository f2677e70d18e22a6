"""Our own small model at reading time: strips in, calibrated tokens and claims out. How it is made is in training.

Knows strips, tokens and weights; nothing of scenes or sentences.
May import vlm.claims and vlm.values.
"""
