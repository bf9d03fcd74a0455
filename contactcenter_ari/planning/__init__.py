"""What-if: how a staffing would do, tried out with the shipped core on a virtual clock.

A scenario says who calls, who works and by which rules; it comes from the command line, from a
file or out of the past. The same scenario and seed give the same figures.
"""
