"""The configuration by the engineers, as plain data, and its meaning for a new call."""
