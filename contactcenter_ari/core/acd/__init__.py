"""Automatic call distribution: who waits, who is offered, what happens next."""
