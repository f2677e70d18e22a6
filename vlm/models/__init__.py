"""Every captioner behind the one seam: builtin, measured, hub, remote; and the loading of each by name.

Knows weights, servers and devices; what is asked is prompted's.
May import vlm.prompted, vlm.reader, vlm.claims and below.
"""
