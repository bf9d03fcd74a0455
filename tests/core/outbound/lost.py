"""Callers who are lost, and the tasks that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contactcenter_ari.core.vocabulary.event import LostCallClosed, LostCallOpened
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled
from tests.core.outbound.callback import ANN, waits

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor


def gives_up(floor: Floor, number: str = ANN, after: float = 30) -> Caller:
    """A caller waits for a while and is not served."""
    caller = waits(floor, number)
    floor.wait(after)
    caller.hangs_up()
    return caller


def opened(floor: Floor) -> list[str]:
    """The numbers for which a task was opened."""
    return [each.caller_number for each in floor.told(LostCallOpened)]


def closed(floor: Floor) -> list[tuple[str, str]]:
    """The tasks that were closed, and how."""
    return [(each.caller_number, each.result) for each in floor.told(LostCallClosed)]


def reasons(floor: Floor) -> list[tuple[str, str]]:
    """For whom tasks were opened, and why."""
    return [(each.caller_number, each.reason) for each in floor.told(LostCallOpened)]


def crashes(floor: Floor) -> None:
    """The switch starts again, and nothing lives in it."""
    floor.settle()
    floor.switch.crash()
    floor.take(SwitchReconciled(floor.now, (), ()))
