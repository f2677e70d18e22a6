"""How our own model is made: simulated and real strips, drawn by the renderer, labelled by measure.

Knows the renderer, as nothing else of vlm does; nothing here runs in the service.
May import vlm.reader, vlm.claims and the renderer.
"""
