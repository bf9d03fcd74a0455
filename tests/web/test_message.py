"""Reading bodies: a value or a problem, for every input."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.web.agent import STATE_EXAMPLE, StateChange
from contactcenter_ari.web.message import decode
from contactcenter_ari.web.problem import Problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("state"), inner),
    max_leaves=5,
).map(msgspec.json.encode)


@given(raw=st.binary(max_size=200) | JSON)
def test_any_body_gives_a_value_or_a_problem(raw: bytes) -> None:
    """No bytes at all make it fail in another way, and every problem can be sent."""
    try:
        answer: object = decode(raw, StateChange, STATE_EXAMPLE)
    except Problem as problem:
        answer = problem.response().status
    assert isinstance(answer, StateChange) or answer in {400, 422}


def test_deep_nesting_is_a_problem() -> None:
    """A body may nest deeper than a parser can follow."""
    with pytest.raises(Problem, match="reason"):
        decode(b'{"state": "ready", "reason": ' + b"[" * 30_000, StateChange, STATE_EXAMPLE)
