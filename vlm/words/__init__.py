"""Judged claims become sentences: what is said is a value, and each language is one file that renders it.

`caption` and its helpers decide what is worth saying and make clauses; `en` and `zh` put them into words; `languages`
knows which languages there are. Knows what is worth saying and how; judges nothing.
May import vlm.rules, vlm.claims and below.
"""
