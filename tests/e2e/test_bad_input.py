"""Bad input from callers: names and numbers that try to break something, unknown numbers."""

import pytest

from contactcenter_ari.core.vocabulary.event import EndReason, Party
from tests.e2e.polling import until
from tests.e2e.world import DESK, LONGEST, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = b"+31688888888"
SOME_SPEECH = 1600
WELCOME = "Welcome to the test of the contact center."


@pytest.mark.parametrize(
    ("number", "name", "stored_name"),
    [
        (NUMBER, rb"\"Bobby\"'; DROP TABLE interaction;--", None),
        (NUMBER, b"<script>alert(1)</script>", "<script>alert(1)</script>"),
        (NUMBER, b"{caller.number} ${SHELL(id)} %s %n", "{caller.number} ${SHELL(id)} %s %n"),
        (NUMBER, b"\xff\xfe\xc3\x28 \xe2\x82 ok", None),
        (NUMBER, "Žydrūnė Ёлкина 😀".encode(), "Žydrūnė Ёлкина 😀"),
        (NUMBER, b"x" * 500, "x" * 79),
        (b"9" * 500, b"", ""),
        (b"%22%3B%20DROP%20TABLE%2055", b"", ""),
        (b"anonymous", b"Anonymous", ""),
    ],
    ids=["sql", "markup", "templates", "no utf-8", "letters", "long name", "long number",
         "number with sql", "anonymous"],
)  # fmt: skip
async def test_strange_names_are_cut_and_cleaned(
    world: World, number: bytes, name: bytes, stored_name: str | None
) -> None:
    """The call goes on, and the row holds cut and cleaned text."""
    since = world.service.clock.now()
    caller = await world.call(DESK, number=number, name=name)
    await until(lambda: len(caller.heard) > SOME_SPEECH, "nothing was said")
    caller.hang_up()
    (row,) = await world.interactions(1, lambda _: True, since)
    assert row.reason is EndReason.LEFT_FLOW
    assert set(row.caller_number) <= set("+0123456789*#")
    assert len(row.caller_number) <= 32
    assert len(row.caller_name) <= 80
    assert row.caller_name.isprintable()
    if stored_name is not None:
        assert row.caller_name[: len(stored_name) or None] == stored_name


async def test_a_name_that_is_no_sip_hurts_nobody(world: World) -> None:
    """A message that is malformed as SIP is not taken; the next caller is."""
    await world.call(DESK, name=b'a"b"\x00<sip:x@y>\\')
    caller = await world.call(DESK)
    await caller.until_answered()
    await caller.until_hears(await world.sound(WELCOME))


async def test_agents_see_strange_names(world: World) -> None:
    """A name full of quotes reaches the agent's phone without breaking the call to it."""
    worker = await world.hire("longest")
    caller = await world.call(LONGEST, name=rb"\"quoted\" \\ <angle>, comma; semi")
    talk = await worker.phone.talks()
    await talk.until_hears_tone(440)
    caller.hang_up()
    assert (await world.record(caller)).interaction.reason is EndReason.COMPLETED


@pytest.mark.parametrize("dialed", ["+3120000009", "0", "*11", "9" * 40])
async def test_an_unknown_number_is_told(world: World, dialed: str) -> None:
    """A caller who dials a number without a flow hears so, and the interaction is rejected."""
    caller = await world.call(dialed)
    await caller.until_hears(await world.sound("This number is not in use."))
    await caller.until_over()
    row = (await world.record(caller)).interaction
    assert (row.reason, row.ended_by) == (EndReason.REJECTED, Party.SYSTEM)
    assert row.called_number == dialed[:32]
