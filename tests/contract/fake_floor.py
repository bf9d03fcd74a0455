"""The fake switch under the switch contract."""

from datetime import UTC, datetime, timedelta

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import CallArrived, LiveBridge, Signal
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_switch import BUSY, REJECTED, FakeSwitch
from contactcenter_ari.simulation.person import Bystander
from tests.contract.floor import KEY_PRESS, MISSING, UNASKED_SIGNALS, Manner, new_id


class _Desk(Bystander):
    """A phone at the fake switch."""

    def __init__(self, switch: FakeSwitch, manner: Manner) -> None:
        self.switch = switch
        self._manner = manner

    def rings(self, leg: LegId) -> None:
        """Do as its manner is."""
        match self._manner:
            case Manner.ANSWERS:
                self.switch.pick_up(leg)
            case Manner.IS_BUSY:
                self.switch.refuse(leg, BUSY)
            case Manner.DECLINES:
                self.switch.refuse(leg, REJECTED)
            case _:
                pass


class FakeFloor:
    """The fake switch on its virtual clock."""

    def __init__(self) -> None:
        self._agenda = Agenda(datetime(2026, 3, 10, tzinfo=UTC))
        self.switch = FakeSwitch(self._agenda, self)
        self.switch.player.missing = {MISSING[0].path}
        self._signals: list[Signal] = []

    def put(self, signal: Signal, /) -> None:
        """Take a signal."""
        if not isinstance(signal, UNASKED_SIGNALS):
            self._signals.append(signal)

    def do(self, *commands: Command) -> None:
        """Give commands."""
        for command in commands:
            self.switch.submit(command)

    async def next(self) -> Signal:
        """Let time pass until there is one."""
        while not self._signals:
            assert self._agenda.next_at() is not None, "nothing will ever happen"
            self._agenda.run_next()
        return self._signals.pop(0)

    async def caller(self) -> LegId:
        """A caller calls in."""
        leg = self.switch.call_in(Bystander(), "100")
        while not isinstance(await self.next(), CallArrived):
            pass
        return leg

    async def greet(self, leg: LegId) -> None:
        """Wait until it is answered."""
        while not self.switch.legs[leg].up:
            self._agenda.run_next()

    async def phone(self, manner: Manner) -> PhoneId:
        """A phone, registered unless it is not there."""
        phone = PhoneId(new_id())
        if manner is not Manner.IS_NOT_THERE:
            self.switch.register(phone, _Desk(self.switch, manner))
        if manner is Manner.SAYS_NOTHING:
            self.switch.dead.add(phone)
        return phone

    async def hang_up(self, leg: LegId) -> None:
        """Put the phone down."""
        self.switch.hang_up(leg)

    async def stop_ringing(self, leg: LegId) -> None:
        """Nothing to do."""

    async def press(self, leg: LegId, digit: int, after: timedelta = KEY_PRESS) -> None:
        """Press a key."""
        self._pass(after)
        self.switch.press(leg, str(digit))

    async def listen(self, leg: LegId, duration: timedelta) -> None:  # noqa: ARG002
        """Let time pass."""
        self._pass(duration)

    async def speak(self, leg: LegId, duration: timedelta) -> None:
        """Speak into the message."""
        self.switch.speak(leg, duration)
        self._pass(duration)

    def _pass(self, duration: timedelta) -> None:
        until = self._agenda.now + duration
        while (next_at := self._agenda.next_at()) is not None and next_at <= until:
            self._agenda.run_next()
        self._agenda.wait_until(until)

    async def inventory(self) -> tuple[set[LegId], list[LiveBridge]]:
        """Look, as things are now."""
        found = self.switch.inventory()
        return set(found.legs), list(found.bridges)

    async def hold(self, leg: LegId, *, held: bool) -> None:
        """Press the hold key."""
        self.switch.hold(leg, held=held)

    async def assert_nothing_left(self) -> None:
        """Let everything happen, then look."""
        while self._agenda.next_at() is not None:
            self._agenda.run_next()
        assert not self.switch.legs
        assert not self.switch.bridges.live
