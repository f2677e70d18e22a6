"""Judged claims become sentences: what is said is a value, and each language is one folder that renders it.

`caption` and its helpers decide what is worth saying and make clauses; `english` and `chinese` put them into words;
`languages` knows which there are. Knows what is worth saying and how; judges nothing.
May import vlm.rules, vlm.claims and below.
"""
