"""The words of the call-flow language: verbs, their options, destinations, outcomes."""

from collections.abc import Mapping

from contactcenter_ari.core.flow.step import Destination, Way

COMMON = ("when", "name")
INPUT = (
    "no_input",
    "no_match",
    "tries",
    "timeout",
    "inter_digit_timeout",
    "barge_in",
    "failed",
)
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "answer": (),
    "hangup": (),
    "wait": (),
    "play": ("barge_in",),
    "menu": ("choices", *INPUT),
    "gather": ("prompt", "digits", "terminator", "matches", "confirm", "sensitive", *INPUT),
    "lookup": ("with", "save_as", "filler", "next"),
    "set": (),
    "tag": (),
    "language": (),
    "if": ("then", "else"),
    "goto": (),
    "queue": (
        "priority",
        "head_start",
        "skills",
        "greeting",
        "music",
        "announce",
        "keys",
        "max_wait",
        "next",
    ),
}
"""The verbs there are, and the options of each."""
PLANNED = (
    "return",
    "call",
    "switch",
    "split",
    "agent",
    "callback",
    "dial",
    "transfer",
    "voicemail",
    "recording",
)
PLANNED_OPTIONS = frozenset({"confirm", "filler", "skills"})
WORDS = {
    "repeat": Destination(Way.REPEAT),
    "back": Destination(Way.BACK),
    "continue": Destination(Way.CONTINUE),
    "hangup": Destination(Way.HANG_UP),
}
RESERVED = (*WORDS, "return")
LOOK_UP_OUTCOMES = ("found", "not_found", "error")
QUEUE_OUTCOMES = ("answered", "timeout", "no_agents", "full", "closed")
NEEDED_OUTCOMES = ("timeout", "no_agents")
