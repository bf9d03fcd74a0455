"""Builds the center out of its rooms: what runs on this machine, then the service on it."""
