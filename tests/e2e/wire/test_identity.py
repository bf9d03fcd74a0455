"""The caller's identity: numbers that carriers assert, and numbers that callers withhold."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.wire.conftest import Dial, Hire
from tests.e2e.wire.raw_caller import InviteParts
from tests.e2e.world import DESK, LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

FROM, ASSERTED = "+31600111222", "+31600333444"
HIDDEN, SECRET = "+31600777111", "+31600777222"
PLAIN = f"<sip:{FROM}@carrier>".encode()
ANONYMOUS = b'"Anonymous" <sip:anonymous@anonymous.invalid>'


def asserted(uri: str) -> str:
    """The header in which a carrier asserts the caller's number (RFC 3325)."""
    return f"P-Asserted-Identity: {uri}"


def party(privacy: str, number: str = ASSERTED) -> str:
    """The older header for the same."""
    return f'Remote-Party-ID: "Bob" <sip:{number}@carrier>;screen=yes{privacy}'


@pytest.mark.parametrize(
    ("sender", "headers", "shown"),
    [
        (PLAIN, [], FROM),
        (PLAIN, [asserted(f"<sip:{ASSERTED}@carrier>")], ASSERTED),
        (PLAIN, [asserted(f'"Bob" <sip:{ASSERTED}@carrier>;x=y')], ASSERTED),
        (PLAIN, [asserted(f"<sip:{ASSERTED};phone-context=x@carrier;user=phone>")], ASSERTED),
        (PLAIN, [asserted(f"<tel:{ASSERTED}>")], ASSERTED),
        (PLAIN, [asserted("<tel:0600333444;phone-context=+31>")], ASSERTED),
        (PLAIN, [asserted("<sip:0031600333444;npdi;rn=+31600@carrier>")], ASSERTED),
        (b"<sip:31600111222@carrier>", [], FROM),
        (b"<sip:%2B31600111222@carrier;user=phone>", [], FROM),
        (PLAIN, [asserted(f"<sip:{ASSERTED}@c>"), asserted("<tel:+31600555666>")], ASSERTED),
        (PLAIN, [asserted(f"<sip:{ASSERTED}@carrier>"), "Privacy: none"], ASSERTED),
        (PLAIN, [asserted("junk")], FROM),
        (PLAIN, [asserted(f"<sip:{ASSERTED}@carrier")], FROM),
        (PLAIN, [f"P-Preferred-Identity: <sip:{ASSERTED}@carrier>"], FROM),
        (PLAIN, [party(""), "Privacy: None"], ASSERTED),
        (PLAIN, [party(";privacy=off")], ASSERTED),
        (f"<tel:{FROM}>".encode(), [], FROM),
        (f"<sip:{FROM}:secret@carrier;user=phone>".encode(), [], FROM),
        (f'"me@anonymous.example" <sip:{FROM}@carrier>'.encode(), [], FROM),
        (b"<sip:carrier>", [asserted(f"<sip:{ASSERTED}@carrier>")], ASSERTED),
        (b"<sip:carrier>", [], ""),
    ],
)
async def test_the_carrier_says_who_calls(
    world: World, dial: Dial, sender: bytes, headers: Sequence[str], shown: str
) -> None:
    """The number that the carrier asserts goes before the number of the caller's phone."""
    since = world.service.clock.now()
    caller = await dial(invite=InviteParts(sender=sender, headers=headers))
    await caller.until_answered()
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    assert row.caller_number == shown


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (ANONYMOUS, [asserted(f'"Bob" <sip:{SECRET}@carrier>'), "Privacy: id"]),
        (ANONYMOUS, [asserted(f'"Bob" <sip:{SECRET}@carrier>')]),
        (ANONYMOUS, [asserted(f"<tel:{SECRET}>"), "Privacy: user;id;critical"]),
        (f'"Bob" <sip:{HIDDEN}@carrier>'.encode(), ["Privacy: id"]),
        (f'"Bob" <sip:{HIDDEN}@carrier>'.encode(), ["PRIVACY: Header"]),
        (f'"Bob" <sip:{HIDDEN}@carrier>'.encode(), ["Privacy: none", "Privacy: id"]),
        (f'"Bob" <sip:{HIDDEN}@anonymous.invalid>'.encode(), []),
        (f'"Bob" <sips:{HIDDEN}@Anonymous.Invalid>'.encode(), []),
        (f"<sip:{HIDDEN}@carrier>".encode(), [party(";privacy=full", SECRET)]),
        (f"<sip:{HIDDEN}@carrier>".encode(), [party(";privacy=uri", SECRET)]),
        (f"<sip:{HIDDEN}@carrier>".encode(), [party(';privacy="full"', SECRET)]),
        (f"<sip:{HIDDEN}@carrier>".encode(), [party(";privacy=name", SECRET)]),
    ],
)
async def test_a_withheld_number_is_forgotten(
    world: World, dial: Dial, hire: Hire, sender: bytes, headers: Sequence[str]
) -> None:
    """The number is in no row, no event and no log, and not on the agent's phone."""
    since = world.service.clock.now()
    seat = await hire("longest")
    caller = await dial(LONGEST, invite=InviteParts(sender=sender, headers=headers))
    line = await seat.phone.rings()
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    assert (row.caller_number, row.caller_name) == ("", "")
    told = (line._invite, str(await world.record_of(row)), _all_logs(world))
    for number in (HIDDEN, SECRET):
        assert [number[3:] in text for text in told] == [False] * len(told)
    assert "Bob" not in line._invite


async def test_a_number_that_is_not_withheld_is_in_the_logs(world: World, dial: Dial) -> None:
    """The search of the test above finds a number that is not withheld."""
    caller = await dial(DESK, invite=InviteParts(sender=b"<sip:+31600999888@carrier>"))
    await caller.until_answered()
    assert "600999888" in _all_logs(world)


def _all_logs(world: World) -> str:
    """All that the application and Asterisk wrote to disk."""
    asterisk = world.environment.asterisk
    assert asterisk is not None
    folders: tuple[Path, ...] = (world.service.input_log.parent, asterisk.folders.log)
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return "".join(file.read_bytes().decode("latin-1") for file in files)
