"""The words of the core: ids, signals, requests, commands, events.

All of them are plain, frozen, serializable data. Signals and requests go in, commands
and events come out; nothing here decides anything.
"""
