"""Tables of inputs and deadlines: each has exactly one owner."""

from typing import TYPE_CHECKING, get_args

import pytest

from contactcenter_ari.core.route import merged, route
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.signal import TimePassed

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def nothing(_passed: TimePassed, _turn: Turn) -> None:
    """Does nothing."""


def test_each_input_has_one_owner(floor: "Floor") -> None:
    """Each signal, each request and each input about the center itself is in the tables."""
    assert floor.center._routes.keys() == set(get_args(Input))


def test_each_deadline_has_one_owner(floor: "Floor") -> None:
    """Whatever a deadline is for, it is known what to do and whether it is still needed."""
    assert floor.center._deadlines.keys() == set(Wake)


def test_nothing_has_two_owners() -> None:
    """Tables with the same kind of input cannot be merged."""
    with pytest.raises(AssertionError, match="two owners"):
        merged(route(TimePassed, nothing), route(TimePassed, nothing))
