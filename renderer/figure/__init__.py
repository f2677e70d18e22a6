"""A scene becomes a picture, the layout of its pixels, and the evidence behind it.

Knows pages, axes, scales and colours; pyGenomeTracks is known to rows.pgt alone.
May import every room of the renderer before it.
"""
