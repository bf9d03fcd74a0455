"""Agents: their states, their clocks, and how busy they have been."""
