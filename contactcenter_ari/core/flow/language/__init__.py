"""The call-flow language as data: steps, expressions, values, and their checks."""
