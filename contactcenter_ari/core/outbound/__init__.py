"""Calls that we begin: callbacks with their attempts, hours and limits, and lost calls."""
