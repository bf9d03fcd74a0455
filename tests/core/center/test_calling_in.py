"""The customer of a promise calls in before he is called back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contactcenter_ari.core.vocabulary.event import (
    InteractionQueued,
    OfferMade,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import (
    CloseQueue,
    OpenQueue,
)
from tests.core.center.promise import (
    ANN,
    BOB,
    BOTH,
    busy_agent,
    closed,
    customer,
    open_shop,
    promised,
    rung,
    waits,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor


@BOTH
def test_calling_in_takes_over_the_place(floor: Floor, mode: str) -> None:
    """The same number in the same queue: the old rank, and the promise is closed."""
    open_shop(floor, join_empty=True, callback_mode=mode)
    promised(floor, ANN)
    waits(floor, BOB)
    floor.wait(60)
    caller = waits(floor, ANN)
    assert closed(floor) == ["called_in"]
    assert floor.told(InteractionQueued)[-1].position == 1
    assert floor.center.queues(floor.now)[0].callbacks == 0
    floor.agent()
    assert floor.told(OfferMade)[-1].interaction == caller.interaction


def test_calling_in_as_the_trunk_writes_it(floor: Floor) -> None:
    """A national number is the same customer."""
    open_shop(floor, join_empty=True, flow={"country_code": "31"})
    promised(floor, ANN)
    waits(floor, "0612345678")
    assert closed(floor) == ["called_in"]


def test_calling_in_between_two_attempts(floor: Floor) -> None:
    """The place is not in line then, but it is his."""
    open_shop(floor)
    busy_agent(floor)
    promised(floor, ANN)
    customer(floor).hangs_up(17)
    waits(floor, BOB)
    waits(floor, ANN)
    assert (closed(floor), floor.told(InteractionQueued)[-1].position) == (["called_in"], 1)


def test_calling_in_elsewhere(floor: Floor) -> None:
    """Another queue, or another number: the promise stands."""
    open_shop(floor, join_empty=True)
    promised(floor, ANN)
    waits(floor, BOB)
    assert (closed(floor), floor.told(InteractionQueued)[-1].position) == ([], 2)


def test_calling_in_while_being_dialed(floor: Floor) -> None:
    """Nothing is attached: he waits like anybody."""
    open_shop(floor)
    busy_agent(floor)
    promised(floor, ANN)
    assert rung(floor) == [ANN]
    waits(floor, ANN)
    assert closed(floor) == []
    assert floor.told(InteractionQueued)[-1].position == 2, "behind the place that is kept"


def test_calling_in_and_turned_away(floor: Floor) -> None:
    """Who cannot wait has not taken the place: the promise stands where it stood."""
    open_shop(floor, join_empty=True)
    promised(floor, ANN)
    waits(floor, BOB)
    floor.take(CloseQueue(QueueName("sales"), "test"))
    floor.caller(ANN).hears_out()
    assert closed(floor) == []
    assert floor.center.queues(floor.now)[0].callbacks == 1
    floor.take(OpenQueue(QueueName("sales"), "test"))
    busy_agent(floor)
    assert rung(floor) == [ANN]
