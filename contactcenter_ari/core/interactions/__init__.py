"""Interactions: one contact of a caller, its legs and its timeline."""
