"""Flow tests: call flows played on the virtual clock, by a test file or by hand.

The shipped core decides everything; only switch, look-ups and people are played. Nothing here is a
second interpreter of the language.
"""
