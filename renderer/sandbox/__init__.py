"""Files are read and figures drawn where a crash, a bomb or a loop harms nobody.

Knows processes, limits and a line of frames; what runs in the child is prepare and figure.
May import every room of the renderer.
"""
