"""The objects in Asterisk, reported even when part of them cannot be read."""

import json
from datetime import timedelta

import pytest

from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.inventory import take_inventory
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import CallArrived, LiveBridge

APP = "cc"
TALK = LiveBridge(
    BridgeId("n1-0-9"),
    (LegId("c1"), LegId("n1-0-8")),
    (CallArrived(LegId("c1"), "100", "+31612345678", "Ann"),),
    {LegId("n1-0-8"): PhoneId("dev-7")},
)


def channel(name: str, device: str, arguments: str) -> dict[str, object]:
    """A channel in our application."""
    return {
        "id": name,
        "name": f"PJSIP/{device}-0000001f",
        "state": "Up",
        "caller": {"name": "Ann", "number": "+31612345678"},
        "dialplan": {
            "context": "x", "exten": "1", "app_name": "Stasis", "app_data": f"{APP},{arguments}",
        },
    }  # fmt: skip


CHANNELS = [
    channel("c1", "trunk", "caller,100"),
    channel("n1-0-8", "dev-7", "agent"),
    channel("c2", "trunk", "caller,200"),
]
BRIDGES = [
    {"id": "n1-0-9", "creator": "Stasis", "channels": ["c1", "n1-0-8", "recorder"]},
    {"id": "n1-0-5", "creator": "Stasis", "channels": []},
    {"id": "conference", "creator": "ConfBridge", "channels": []},
]
PHONES = [{"technology": "PJSIP", "resource": "dev-7", "state": "online"}]


class FakeAsterisk:
    """Answers with what lives in it; what is `broken` it answers with that status."""

    def __init__(self, broken: dict[str, int] | None = None) -> None:
        self.asked: list[str] = []
        self._broken = broken or {}
        self._bodies: dict[str, object] = {
            f"applications/{APP}": {
                "channel_ids": [c["id"] for c in CHANNELS], "bridge_ids": ["n1-0-9", "n1-0-5"],
            },
            "channels": CHANNELS,
            "bridges": BRIDGES,
            "endpoints/PJSIP": PHONES,
            **{f"channels/{c['id']}": c for c in CHANNELS},
            **{f"bridges/{b['id']}": b for b in BRIDGES},
        }  # fmt: skip

    async def send(self, wanted: Operation, *, limit: timedelta) -> Reply:
        """The reply."""
        assert limit
        self.asked.append(wanted.uri)
        status = self._broken.get(wanted.uri, 200)
        return Reply(status, json.dumps(self._bodies[wanted.uri]) if status == 200 else "")


async def test_all_is_told_in_four_requests() -> None:
    """It is asked for every half minute, so it must cost little."""
    asterisk = FakeAsterisk()
    found = await take_inventory(asterisk, APP)
    assert len(asterisk.asked) == 4
    assert found.legs == {"c1", "n1-0-8", "c2"}
    assert [arrival.channel.id for arrival in found.alone] == ["c2"]
    assert found.bridges == (TALK,)
    assert found.empty == {"n1-0-5"}
    assert found.phones is not None
    assert [phone.resource for phone in found.phones] == ["dev-7"]


@pytest.mark.parametrize("broken", [["channels"], ["bridges"], ["channels", "bridges"]])
async def test_a_list_that_is_refused_is_asked_for_piece_by_piece(broken: list[str]) -> None:
    """One byte that is not UTF-8 makes Asterisk refuse the whole list."""
    found = await take_inventory(FakeAsterisk(dict.fromkeys(broken, 500)), APP)
    assert found == await take_inventory(FakeAsterisk(), APP)


@pytest.mark.parametrize("status", [404, 409, 422, 500])
async def test_a_channel_that_cannot_be_read_hides_no_other(status: int) -> None:
    """It still counts as there; nothing more is known of it."""
    found = await take_inventory(FakeAsterisk({"channels": 500, "channels/c1": status}), APP)
    assert found.legs == {"c1", "n1-0-8", "c2"}
    assert [arrival.channel.id for arrival in found.alone] == ["c2"]
    (bridge,) = found.bridges
    assert (bridge.legs, bridge.callers, bridge.phones) == (TALK.legs, (), TALK.phones)


async def test_phones_that_are_not_told_hold_nothing_up() -> None:
    """The calls are reconciled anyway."""
    found = await take_inventory(FakeAsterisk({"endpoints/PJSIP": 500}), APP)
    assert found.phones is None
    assert found.bridges == (TALK,)


async def test_without_the_application_nothing_is_known() -> None:
    """No other source has the channels of the application: it is better to ask again than to
    guess.
    """
    with pytest.raises(SwitchError):
        await take_inventory(FakeAsterisk({f"applications/{APP}": 503}), APP)
