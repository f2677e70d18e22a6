"""What a finished batch leaves beside its figures and records: one module a kind of file.

Knows folders of records, templates and file formats, no command line and no server; each output is a function of a
finished batch, listed in `all_outputs`. What is heavy (PDF, slides) is loaded by who asks for it.
May import service.batch, workers, vlm, and of the renderer its values and its lettering.
"""
