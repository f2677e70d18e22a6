"""Web pages, API and command line: what a person or a program talks to."""
