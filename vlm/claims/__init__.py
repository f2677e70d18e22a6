"""Statements a computer can check: one module a kind, joined from positions and annotation, judged by evidence.

Knows evidence and tolerances; nothing of pixels, prompts or sentences.
May import vlm.values, renderer.values and renderer.assays.
"""
