"""Simulated callers and agents: SIPp scenarios as typed Python objects."""
