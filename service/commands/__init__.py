"""The command line: one module a command; each loads what it needs when it runs.

Knows options, exit codes and what is printed.
May import everything.
"""
