"""What a finished batch leaves beside its figures and records: one module a kind of file.

Knows records, templates and file formats; each output is a function of a finished batch, listed in `all_outputs`.
May import service.batch, vlm.values and renderer.values.
"""
