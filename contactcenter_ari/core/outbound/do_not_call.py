"""Numbers that we never call on our own; a caller with such a number is served as usual."""

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.number import is_e164

MOST_FORBIDDEN = 1_000_000
"""About 100 MB; a longer list needs a look-up instead."""


class DoNotCall:
    """The forbidden numbers, in E.164."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()

    def __repr__(self) -> str:
        return f"<DoNotCall {len(self._numbers)} numbers>"

    def __contains__(self, number: str) -> bool:
        """Whether a number is forbidden."""
        return number in self._numbers

    def forbid(self, number: str) -> None:
        """Put a number on the list; once is enough.

        Raises:
            RequestRefused: `number_invalid`, `list_full`.
        """
        if not is_e164(number):
            message = "a number must be in E.164, for example +31201234567"
            raise RequestRefused("number_invalid", message)
        if len(self._numbers) >= MOST_FORBIDDEN and number not in self._numbers:
            message = f"the do-not-call list is full: it holds {MOST_FORBIDDEN} numbers"
            raise RequestRefused("list_full", message)
        self._numbers.add(number)

    def allow(self, number: str) -> None:
        """Take a number off the list; one that is not on it changes nothing."""
        self._numbers.discard(number)
