"""Calls in progress: a leg with its flow, and the parties it is joined with."""
