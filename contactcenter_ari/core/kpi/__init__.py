"""The figures a contact center is run by: one function and one sentence each.

A figure of nothing is None, never 0: nobody called, so there is nothing to tell. Stays in a
queue belong to the interval in which they began.
"""
