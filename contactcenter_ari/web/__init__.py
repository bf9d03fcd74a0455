"""The HTTP API: shows snapshots of the center and submits requests to it, and no more."""
