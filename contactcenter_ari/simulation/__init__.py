"""The shipped core on a virtual clock: a fake switch, people who call and answer, invariants.

Promises: the same seed gives the same day, to the microsecond; no wall clock, no I/O. Must not
hold any rule of the contact center: those are the core's, and what is tested here.
"""
