"""Patterns for typed digits, in the syntax of RE2: every input is matched in linear time.

RE2 has no back references, look-around, atomic groups or conditions, for no linear-time engine can
have them. `pattern_fault` names the impossible parts before a caller meets them.
"""

import re

import re2

MOST_CHARACTERS = 500
MOST_MEMORY = 256 * 1024
"""Bytes of a compiled pattern: about 10,000 instructions, far more than digits need."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False  # faults are reported by our own errors
_OPTIONS.max_mem = MOST_MEMORY
_OPTIONS.never_capture = True

_QUOTED = re.compile(r"\\.|\[\^?\]?(?:\[:\^?[a-z]+:\]|\\.|[^\]\\])*\]", re.DOTALL)
"""An escape or a class of characters."""
_LITERAL_BRACES = re.compile(r"\{,[0-9]*\}")
_IMPOSSIBLE = (
    (re.compile(r"\(\?<?[=!]"), "look-around"),
    (re.compile(r"\\[1-9gk]|\(\?P="), "a back reference"),
    (re.compile(r"\(\?>|[*+?}]\+"), "an atomic group or a possessive repetition"),
    (re.compile(r"\(\?\("), "a condition"),
    (re.compile(r"\(\?#|\(\?[a-zA-Z]*x"), "a comment"),
    (re.compile(r"\\[ZG]"), r"\Z or \G; a pattern is for the whole input anyway"),
)


def fits(pattern: str, digits: str) -> bool:
    """Whether the whole input fits; raises re2.error for a pattern with a fault."""
    return re2.fullmatch(pattern, digits, _OPTIONS) is not None


def named_keys(pattern: str) -> frozenset[str]:
    """The keys of `*` and `#` for which a pattern asks by name: as itself or in a class that is
    not negated. A dot, or a class like `[^0]`, stands for digits.
    """
    quoted = _QUOTED.findall(pattern)
    named = "#" if "#" in _QUOTED.sub("_", pattern) else ""
    named += "".join(each[1] for each in quoted if each in {r"\*", r"\#"})
    classes = [each for each in quoted if each.startswith("[") and not each.startswith("[^")]
    return frozenset(key for key in "*#" if key in named or any(fits(c, key) for c in classes))


def pattern_fault(pattern: str) -> str:
    """The mistake in a pattern, or empty when it can be used."""
    if len(pattern) > MOST_CHARACTERS:
        return f"it is longer than {MOST_CHARACTERS} characters"
    try:
        re2.compile(pattern, _OPTIONS)
    except UnicodeEncodeError:
        return "it holds half a character"
    except re2.error as error:
        return _impossible(pattern) or _told(error)
    if found := _LITERAL_BRACES.search(_QUOTED.sub("_", pattern)):
        return f'"{found[0]}" has no lower limit; write {{0{found[0][1:]}'
    return ""


def _impossible(pattern: str) -> str:
    """The name of a part of the pattern that cannot be matched in linear time."""
    for form, name in _IMPOSSIBLE:
        if form.search(pattern):
            return f"not possible is {name}"
    return ""


def _told(error: re2.error) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
