"""The verbs of the call-flow language: one file each, with its data and its action."""
