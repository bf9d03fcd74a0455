"""The parts that work while the application does not: an AGI script and a watch beside Asterisk.

Both are processes of their own that must start fast: the modules here import the standard library,
`asterisk.agi` and one another, nothing else.
"""
