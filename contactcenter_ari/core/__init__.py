"""The deterministic core: every rule of the contact center, and no input or output.

It reads no clock and rolls no dice; `now` comes with each input, ids are counted.
The same inputs therefore give the same commands and events, today and in a replay.
"""
