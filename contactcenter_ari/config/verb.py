"""The words of the call-flow language: verbs, their options, destinations, outcomes."""

from collections.abc import Mapping

from contactcenter_ari.core.flow.language.destination import Destination, Way

COMMON = ("when", "name")
INPUT = (
    "no_input",
    "no_match",
    "tries",
    "timeout",
    "inter_digit_timeout",
    "barge_in",
    "failed",
    "next",
)
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "answer": (),
    "hangup": (),
    "wait": (),
    "play": ("barge_in",),
    "menu": ("choices", *INPUT),
    "gather": (
        "prompt",
        "digits",
        "terminator",
        "matches",
        "confirm",
        "sensitive",
        "keys",
        *INPUT,
    ),
    "lookup": ("with", "save_as", "filler", "next"),
    "set": (),
    "tag": (),
    "language": (),
    "if": ("then", "else"),
    "switch": ("cases", "default"),
    "split": (),
    "goto": (),
    "call": (),
    "return": (),
    "queue": (
        "priority",
        "head_start",
        "skills",
        "prefer",
        "prefer_for",
        "greeting",
        "music",
        "announce",
        "keys",
        "max_wait",
        "next",
    ),
    "agent": ("ring", "next"),
    "callback": ("number", "hours", "attempts", "retry_after", "expires", "next"),
    "dial": ("ring", "caller_id", "screen", "next"),
    "transfer": ("ring",),
    "voicemail": ("prompt", "max_length", "max_silence", "min_speech", "keys", "next"),
    "recording": (),
}
"""The verbs there are, and the options of each."""
BARE = frozenset({"answer", "hangup", "return"})
"""Verbs without a value."""
WORDS = {
    "repeat": Destination(Way.REPEAT),
    "back": Destination(Way.BACK),
    "continue": Destination(Way.CONTINUE),
    "return": Destination(Way.RETURN),
    "hangup": Destination(Way.HANG_UP),
}
RESERVED = tuple(WORDS)
WASTED = ("no_input", "no_match")
"""How a caller may waste a try of a menu or gather."""
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "menu": WASTED,
    "gather": WASTED,
    "lookup": ("found", "not_found", "error"),
    "queue": ("answered", "timeout", "no_agents", "full", "closed", "diverted"),
    "agent": ("answered", "busy", "no_answer", "not_available"),
    "callback": ("booked", "refused"),
    "dial": ("answered", "busy", "no_answer", "declined", "failed"),
    "voicemail": ("saved", "empty"),
}
"""What may come of a step, by verb."""
NEEDED_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "queue": ("timeout", "no_agents"),
    "dial": ("busy", "no_answer", "failed"),
}
"""Outcomes that happen sooner or later and must lead somewhere."""
AT_HANG_UP = frozenset({"set", "tag", "lookup"})
"""What may still be done when the caller is gone."""
