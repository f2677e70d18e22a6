"""What code finds in the ink of a row, without the model: one module a kind of row.

Knows pixels, and what the Layout says is printed; nothing of claims, files or the model.
May import vlm.reader.strips and renderer.values.
"""
