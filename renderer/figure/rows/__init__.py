"""One module a kind of row: how tall it is, what stands beside it, how it paints itself into Axes.

Knows one row at a time; the page around it is the figure's.
May import what figure may.
"""
