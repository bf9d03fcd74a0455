"""The shipped center in a world of its own: one clock, one switch, people, a ledger.

Each turn is checked against the ledger, unless it is only figures that are wanted: the ledger
looks at everybody in every turn. Nothing waits for real time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.vocabulary.command import Command, LookUp
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.signal import (
    LookUpFailed,
    LookUpFinished,
    Signal,
    TimePassed,
)
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_switch import LATENCY, RINGS_AFTER, FakeSwitch
from contactcenter_ari.simulation.ledger import Ledger
from contactcenter_ari.simulation.link import FaithfulLink, Link

TURNS_AT_ONCE = 10_000
"""More turns than this at one instant, and time stands still: a deadline is set again and again.
"""

Row = dict[str, str | None]
Source = Callable[[dict[str, str]], Row | None]


class Simulation:
    """Runs a site from `start`; `look_ups` answer the flow's questions, by name."""

    def __init__(
        self,
        site: Site,
        start: datetime,
        *,
        latency: timedelta = LATENCY,
        rings_after: timedelta = RINGS_AFTER,
        checked: bool = True,
        link: Link | None = None,
        look_ups: Mapping[str, Source] | None = None,
    ) -> None:
        self.agenda = Agenda(start)
        self.center = Center(CenterStarted("sim", "1"), site)
        self.switch = FakeSwitch(self.agenda, self, latency=latency, rings_after=rings_after)
        self.ledger = Ledger(site, start)
        self.events: list[Event] = []
        self.refused: list[RequestRefused] = []
        self._checked = checked
        self._link = link or FaithfulLink()
        self._look_ups = look_ups or {}
        self._turns_now = 0
        self._last_turn_at = start

    def __repr__(self) -> str:
        return f"<Simulation {self.agenda.now:%H:%M:%S}: {self.center!r}>"

    def put(self, signal: Signal, /) -> None:
        """Take a signal off the switch and bring it to the center over the link."""
        for delay in self._link.deliveries(signal):
            if delay:
                self.agenda.after(delay, partial(self.submit, signal))
            else:
                self.submit(signal)

    def submit(self, input_: Input) -> None:
        """Let the center take an input now; a refused request is noted."""
        now = self.agenda.now
        self._count_turn(now)
        try:
            outcome = self.center.handle(input_, now)
        except RequestRefused as refusal:
            self.refused.append(refusal)
            return
        self.events.extend(outcome.events)
        if self._checked:
            self.ledger.enter(input_, outcome, self.center, now)
        for command in outcome.commands:
            self._carry_out(command)

    def run_until(self, until: datetime) -> None:
        """Let everything happen that is due by then."""
        while self._step(until):
            pass
        self.agenda.wait_until(until)

    def run_out(self) -> None:
        """Let everything happen that will ever happen."""
        while self._step(None):
            pass

    def _step(self, until: datetime | None) -> bool:
        """Do the next thing, people's before a deadline of the same instant; False when there is
        none that is due by then.
        """
        if self.agenda.is_busy:  # no deadline is earlier than now
            self.agenda.run_next()
            return True
        deadline, due = self.center.next_deadline(), self.agenda.next_at()
        if deadline is not None and (due is None or deadline < due):
            if until is not None and deadline > until:
                return False
            self.agenda.wait_until(deadline)
            self.submit(TimePassed())
            return True
        if due is None or (until is not None and due > until):
            return False
        self.agenda.run_next()
        return True

    def _count_turn(self, now: datetime) -> None:
        self._turns_now = self._turns_now + 1 if now == self._last_turn_at else 0
        self._last_turn_at = now
        assert self._turns_now < TURNS_AT_ONCE, f"time stands still at {now}"

    def _carry_out(self, command: Command) -> None:
        refusal = self._link.refusal(command)
        if refusal is not None:
            self.agenda.after(LATENCY, partial(self.submit, refusal))
        elif isinstance(command, LookUp):
            self.agenda.after(LATENCY, partial(self._look_up, command))
        else:
            self.switch.submit(command)

    def _look_up(self, command: LookUp) -> None:
        source = self._look_ups.get(command.name)
        if source is None:
            self.put(LookUpFailed(command.look_up, "no such source"))
        else:
            self.put(LookUpFinished(command.look_up, source(command.inputs)))
