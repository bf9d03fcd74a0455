"""The HTTP client of the commands: what they ask of a running center."""
