"""What is defined on numbers alone: valleys of a curve, boundaries and dots of a contact map, its log scale.

Knows neither files nor pixels, so that what is measured in a file and what is read off a picture is one thing.
May import renderer.values.
"""
