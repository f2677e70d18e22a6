"""What code reads in the ink of a row, without the model: one module a kind of row.

Knows pixels, and what the Layout says is printed; nothing of files, measurements or the model.
May import vlm.reader's strips and tokens, vlm.claims and what those may; `signals` the measure of columns as well.
"""
