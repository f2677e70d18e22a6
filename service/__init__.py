"""Web pages, API and command line: what a person or a program talks to.

Knows requests, forms, options and what is printed; what is computed is computed elsewhere.
May import everything; what the web server loads imports nothing that draws or computes.
"""
