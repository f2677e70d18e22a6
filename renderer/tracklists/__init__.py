"""Track lists of other programs, in and out: UCSC hubs, WashU datahubs, IGV sessions, tracks.ini, scenes.json.

Knows their syntax and names; files in them are never opened here, only named, and prepared by prepare.
May import values, assays, formats and prepare.
"""
