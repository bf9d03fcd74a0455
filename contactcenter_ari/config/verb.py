"""The words of the call-flow language beside its verbs: options of every step, destinations."""

from contactcenter_ari.core.flow.language.destination import HANG_UP, ON, Destination, Way

COMMON = ("when", "name")
"""The options of every step."""
WORDS = {
    "repeat": Destination(Way.REPEAT),
    "back": Destination(Way.BACK),
    "continue": ON,
    "return": Destination(Way.RETURN),
    "hangup": HANG_UP,
}
"""The destinations that are no sections."""
RESERVED = tuple(WORDS)
