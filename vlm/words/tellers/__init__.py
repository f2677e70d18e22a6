"""Who decides what is worth saying of supported claims: one module a theme, each makes sentences of clauses.

Knows claims that hold and what clauses there are; no word of any language, no length of a caption, no verdict.
May import vlm.words' clauses, parts, places, profiles and language, vlm.claims and below.
"""
