"""The settings that make the garbage collector work seldom, and those from before."""

import gc
import weakref

from contactcenter_ari.runtime.garbage import THRESHOLDS, collected_seldom


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_there_is_not_looked_at() -> None:
    """Even a whole collection leaves it alone; what comes later is collected, in the end all."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    knot = Knot()
    early = weakref.ref(knot)
    with collected_seldom():
        assert gc.get_threshold() == THRESHOLDS
        assert gc.get_freeze_count() > frozen
        late = weakref.ref(Knot())
        del knot
        gc.collect()
        assert early() is not None
        assert late() is None
    gc.collect()
    assert early() is None
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
