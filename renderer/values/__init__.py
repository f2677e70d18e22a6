"""Frozen values that the whole house speaks of: regions, tracks, layouts, evidence, errors.

Knows coordinates and names; opens no file and draws nothing.
Imports nothing of Locution.
"""
