"""A trunk that is known by its address: a call in, and a call out with national numbers."""

from datetime import timedelta

import pytest
import pytest_asyncio

from tests.e2e.caller import Caller
from tests.e2e.carrier import Carrier
from tests.e2e.polling import until
from tests.e2e.trunk.conftest import NamesTrunks
from tests.e2e.world import World
from tests.hearing import tone_heard

pytestmark = pytest.mark.asyncio(loop_scope="session")

BRIDGE, WRITTEN, MOBILE = "+31200000009", "0200000009", "0612345678"
MOBILE_PLAIN = "31612345678"
CALLER, LINE = 440.0, 1000.0
SECOND = 8000
"""In samples."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def surroundings(exchange: Carrier, names_trunks: NamesTrunks) -> dict[str, str]:
    """One trunk; the carrier writes numbers as the Dutch do, and wants them so."""
    return names_trunks(
        "trunks:",
        f'  - {{name: main, host: "{exchange.address}", networks: [127.0.0.2/32], country: NL,'
        " send: national, qualify: off}",
    )


async def test_a_call_in_and_out(world: World, carrier: Carrier) -> None:
    """Both hear each other; the called number was found, and the dialed one is national."""
    carrier.frequency = LINE
    caller = await world.call(WRITTEN, number="0611112222", frequency=CALLER)
    line = await carrier.called()
    await line.until_hears_tone(CALLER)
    await caller.until_hears_tone(LINE)
    caller.hang_up()
    (row,) = await world.interactions(1, lambda row: row.caller_number == "+31611112222")
    assert (row.called_number, row.called_number_raw) == (BRIDGE, WRITTEN)
    assert (line.dialed, line.number) == (MOBILE, WRITTEN)


async def test_a_stranger_is_not_let_in(world: World) -> None:
    """A call from another address is asked for a secret, whatever name it gives."""
    sip = world.environment.addresses.sip
    stranger = await Caller.place(sip, WRITTEN, number="trunk-main", address="127.0.0.4")
    world.callers.append(stranger)
    await stranger.until_over()
    assert any(text.startswith("SIP/2.0 401") for text in stranger.heard_of)


async def test_trunks_are_changed_during_a_call(world: World, carrier: Carrier) -> None:
    """The talk goes on; calls come in and go out over the new trunk, which was not there."""
    carrier.frequency = LINE
    caller = await world.call(WRITTEN, frequency=CALLER)
    line = await carrier.called()
    await line.until_hears_tone(CALLER)
    file = world.place.settings.site / "site.yaml"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("name: main", "name: other").replace("127.0.0.2/32", "127.0.0.4/30")
    assert text != changed
    file.write_text(changed.replace("send: national", "send: plain"), encoding="utf-8")
    await world.service.publishing.publish()
    await until(lambda: world.service.trunks.settled, "the trunks are not taken up")
    heard = len(line.rtp.heard)
    await until(lambda: len(line.rtp.heard) > heard + SECOND, "the talk is over")
    assert tone_heard(line.heard_since(heard), CALLER) > timedelta(seconds=0.8)
    assert (caller.talking, line.talking) == (True, True)
    sip = world.environment.addresses.sip
    second = await Caller.place(sip, WRITTEN, number="0611113333", address="127.0.0.5")
    world.callers.append(second)
    await until(lambda: len(carrier.lines) > 1, "no line was dialed")
    assert carrier.lines[1].dialed == MOBILE_PLAIN
    await second.until_hears_tone(LINE)
