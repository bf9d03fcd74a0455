"""Shares of a whole."""


def ratio(part: int, whole: int) -> float | None:
    """The part of the whole (0-1); None when the whole is nothing."""
    return part / whole if whole else None
