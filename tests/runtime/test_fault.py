"""The log of a fault: its kind and its location, never its message."""

import json
import sys

import pytest
import structlog

from contactcenter_ari.cli.log import start_logging
from contactcenter_ari.config.settings import LogFormat
from contactcenter_ari.runtime.fault import MOST_PLACES, told

SECRET = "73914680"  # noqa: S105  # what a caller typed


def fail(digits: str) -> None:
    """Come to grief over what was typed."""
    known: dict[str, int] = {}
    known[digits] += 1


def fail_again(digits: str) -> None:
    """Say it once more."""
    try:
        fail(digits)
    except KeyError as error:
        raise ValueError(f"{digits} is no number") from error


def go_down(deep: int) -> None:
    """Fail far below."""
    if deep:
        go_down(deep - 1)
    else:
        fail(SECRET)


def caught(fault: object) -> BaseException:
    """The exception of a call."""
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whichever
        fault()  # type: ignore[operator]  # a function
    return raised.value


def test_kind_and_place() -> None:
    """The way to it, and that of what it came from."""
    error = caught(lambda: fail_again(SECRET))
    text = told(error)
    first, second = text.split("; from ")
    assert first.startswith("ValueError at test_fault.py:")
    assert first.endswith(" in fail_again")
    assert second.startswith("KeyError at test_fault.py:")
    assert second.endswith(" in fail")
    assert SECRET not in text


def test_a_fault_that_was_never_raised() -> None:
    """It has no place."""
    assert told(ValueError(SECRET)) == "ValueError"


def test_a_long_way() -> None:
    """The end of it is logged."""
    text = told(caught(lambda: go_down(2 * MOST_PLACES)))
    assert text.count(" > ") == MOST_PLACES - 1
    assert text.endswith(" in fail")


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("how", ["exception", "exc_info"])
def test_in_the_log(form: LogFormat, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In any log and for any reader."""
    before = structlog.get_config()
    try:
        start_logging(form)
        log = structlog.get_logger()
        try:
            fail_again(SECRET)
        except ValueError as error:
            if how == "exception":
                log.exception("turn.failed")
            else:
                log.error("turn.failed", exc_info=error)
    finally:
        structlog.configure(**before)
    line = capsys.readouterr().err
    assert SECRET not in line
    assert "ValueError at test_fault.py:" in line
    if form is LogFormat.JSON:
        assert json.loads(line)["event"] == "turn.failed"
    assert sys.exc_info() == (None, None, None)
