"""Chinese: a module of methods for each module of clauses, gathered in `language.Chinese`.

Knows Chinese and no other language.
May import vlm.words.clauses and below.
"""
