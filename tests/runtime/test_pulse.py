"""A part is asked, not only connected: silence is noticed, and so is its end."""

import asyncio
from datetime import timedelta

import pytest

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.runtime.pulse import EVERY, LIMIT, Pulse

NOTICED_WITHIN = timedelta(seconds=4)


async def _answer() -> str:
    return "pong"


async def _refuse() -> str:
    raise ContactCenterError("the connection was lost")


async def _stay_silent() -> str:
    await asyncio.Event().wait()
    raise AssertionError("nobody wakes it")


def test_silence_is_noticed_within_four_seconds() -> None:
    """At worst a part stops answering right after an answer."""
    assert EVERY + LIMIT < NOTICED_WITHIN


async def test_a_part_is_well_until_it_was_asked_in_vain() -> None:
    """There is no alarm before the first question."""
    pulse = Pulse("the switch")
    assert pulse.answers
    await pulse.take(_answer())
    assert (pulse.answers, pulse.silent_for) == (True, timedelta())


@pytest.mark.parametrize("question", [_refuse, _stay_silent])
async def test_a_question_without_an_answer_tells_of_silence(question: object) -> None:
    """Whether the deadline passed or the connection broke; the next answer ends it."""
    pulse = Pulse("the switch", limit=timedelta(milliseconds=10))
    await pulse.take(question())  # type: ignore[operator]
    assert not pulse.answers
    first = pulse.silent_for
    await pulse.take(question())  # type: ignore[operator]
    assert pulse.silent_for > first > timedelta()
    await pulse.take(_answer())
    assert (pulse.answers, pulse.silent_for) == (True, timedelta())
