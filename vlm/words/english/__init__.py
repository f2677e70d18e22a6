"""English: a module of methods for each module of clauses, gathered in `language.English`.

Knows English and no other language.
May import vlm.words.clauses and below.
"""
