"""Judged claims become sentences: what is said is a value, and each language is one renderer of it.

Knows what is worth saying and how; judges nothing.
May import vlm.rules, vlm.claims and below.
"""
