"""The benchmark: what a call costs, and how long a freed agent waits for the next caller."""
