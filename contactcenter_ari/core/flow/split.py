"""Which way a split goes: a pure function."""

from zlib import crc32

from contactcenter_ari.core.flow.language.step import ON, Destination
from contactcenter_ari.core.vocabulary.ids import CallId


def pick(shares: tuple[tuple[Destination, int], ...], call: CallId) -> Destination:
    """One of the ways by its share in percent; chance comes from the call's id, so a replay
    goes the same way.
    """
    point = crc32(call.encode()) % max(1, sum(share for _, share in shares))
    for destination, share in shares:
        point -= share
        if point < 0:
            return destination
    return ON
