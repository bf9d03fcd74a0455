"""The verbs of the call-flow language, one file each: what it is, and what it does."""
