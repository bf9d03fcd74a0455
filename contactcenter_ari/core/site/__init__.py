"""What the engineers configure, as plain data, and what it means for a new call."""
