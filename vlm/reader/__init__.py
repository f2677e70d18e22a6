"""How our own model is made: simulate strips, train, evaluate, export. Nothing here runs in the service
but `tokens` (its language) and `strips` (how a track becomes its input)."""
