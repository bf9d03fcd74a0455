"""The demonstration: simulated callers and agents on a real center, and a verdict on it."""
