"""The center: it takes one input at a time and gives the commands and events that follow.

    outcome = center.handle(input, now)
    deadline = center.next_deadline()

Nothing else happens in it. `now` never goes back. A refused request raises and changes nothing;
every other input is accepted, in any order, at any time. The tables of the rooms name the method
for each input and each deadline.
"""

from collections import Counter
from datetime import datetime
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.calls.secret import Secrets
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.distributing import Distributing
from contactcenter_ari.core.center.fault_recovery import FaultRecovery
from contactcenter_ari.core.center.orphan import OrphanTalks
from contactcenter_ari.core.center.queueing import WaitSource
from contactcenter_ari.core.center.routing import Routing
from contactcenter_ari.core.center.view import (
    AgentView,
    CallbackView,
    CallView,
    QueueView,
    view_agent,
    view_call,
    view_callbacks,
    view_calls,
    view_queues,
)
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.route import Routes, merged, route
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.site.site import CenterStarted, Input, Site, SitePublished
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import Legs
from contactcenter_ari.core.turn import Clockwork, Fault, Handled, Outcome, Turn
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, CallId, InteractionId
from contactcenter_ari.core.vocabulary.request import Request, SetFlag
from contactcenter_ari.core.vocabulary.signal import TimePassed

MOST_TOLD = 20
"""The most faults of one turn that are reported; further ones are left out."""


class Center:
    """All rules of one node, from `CenterStarted` on. In service it has no `observer`, and it
    estimates waits itself, without a `wait_source`.
    """

    def __init__(
        self,
        started: CenterStarted,
        site: Site,
        *,
        observer: Observer | None = None,
        wait_source: WaitSource | None = None,
    ) -> None:
        self._clockwork = Clockwork(node=started.node, boot=started.boot)
        self._flags: dict[tuple[str, str], str] = {}
        self._observer = observer
        self._workforce = Workforce(site.occupancy_window)
        legs = Legs()
        dials = Dials(legs)
        dials.ways_out.configure(site.trunks, site.via)
        self._distribution = Distribution(self._workforce, dials)
        self._distribution.configure(site.queues)
        catalog = Catalog(site, self._flags, observer)
        waits = wait_source or self._distribution.estimator
        self._calls = CallControl(legs, dials, self._distribution, catalog, waits)
        self._orphans = OrphanTalks(self._workforce.roster, self._calls.callback_queue.line)
        self.secrets = Secrets(self._calls.registry)
        rooms = Routing(self._workforce, self._distribution, self._calls, self._orphans)
        self._deadlines = rooms.deadlines
        self._recovery = FaultRecovery(self._calls, self._distribution, rooms.deadlines)
        self._distributing = Distributing(self._distribution, self._calls, self._recovery)
        self._routes = merged(rooms.routes, self._distributing.routes(), self._own_routes())

    def __repr__(self) -> str:
        return f"<Center {self._clockwork.node}: {self._calls!r}, {self._distribution!r}>"

    def handle(self, input_: Input, now: datetime) -> Outcome:
        """Take one input and let a fault of ours raise: for tests and simulations.

        Raises:
            RequestRefused: a request cannot be granted; nothing is changed.
        """
        handled = self.take(input_, now)
        for fault in handled.faults:
            raise fault
        return handled.outcome

    def take(self, input_: Input, now: datetime) -> Handled:
        """Take one input; a fault of ours harms the call it belongs to, and no other call.

        Raises:
            RequestRefused: a request cannot be granted; nothing is changed.
        """
        turn = Turn(self._clockwork, now)
        due = self._clockwork.pop_due(now) if isinstance(input_, TimePassed) else None
        try:
            if due is None:
                self._routes[type(input_)](input_, turn)
            else:
                wake, owner = due
                self._deadlines[wake].come(owner, turn)
        except RequestRefused as refusal:
            if isinstance(input_, Request):
                raise
            turn.faults.append(Fault("", refusal))
        except Exception as error:  # noqa: BLE001  # a fault of ours: noted, and mended below
            turn.faults.append(Fault("", error))
        if turn.faults:
            turn.attempt("", partial(self._recovery.recover, input_, due, turn))
        self._distributing.distribute(turn)
        return Handled(turn.outcome(), tuple(fault.error for fault in turn.faults[:MOST_TOLD]))

    def next_deadline(self) -> datetime | None:
        """The instant at which `TimePassed` is due, or None."""
        return self._clockwork.next_deadline()

    @property
    def site(self) -> Site:
        """The site that new calls are handled by."""
        return self._calls.catalog.site

    def watch(self, observer: Observer | None) -> None:
        """Show each step of each call to an observer from now on."""
        self._observer = observer
        self._calls.catalog.watch(observer)
        self._calls.registry.watch(observer)

    def e164(self, number: str) -> str:
        """A number that belongs to no call, as people and programs write it, in E.164; unchanged
        if no plan knows it.
        """
        return self._calls.catalog.e164(number)

    # Views

    def queues(self, now: datetime) -> tuple[QueueView, ...]:
        """All queues in their present state."""
        return view_queues(self._distribution, now)

    def agents(self, now: datetime) -> tuple[AgentView, ...]:
        """All agents in their present state."""
        return tuple(view_agent(agent, now) for agent in self._workforce.roster)

    def agent(self, agent: AgentId, now: datetime) -> AgentView:
        """One agent in their present state; raises RequestRefused when there is none."""
        return view_agent(self._workforce.roster.get(agent), now)

    def agent_counts(self) -> Counter[tuple[AgentState, bool]]:
        """The number of agents in each state, with a registered phone and without."""
        return Counter((agent.state, agent.reachable) for agent in self._workforce.roster)

    def calls(self) -> tuple[CallView, ...]:
        """The calls of customers in their present state."""
        return view_calls(self._calls, self._distribution)

    def call(self, interaction: InteractionId) -> CallView | None:
        """One call in its present state; None when there is none in progress."""
        call = self._calls.registry.by_id.get(CallId(interaction))
        return None if call is None else view_call(call, self._distribution)

    def callbacks(self) -> tuple[CallbackView, ...]:
        """The callbacks in their present state."""
        return view_callbacks(self._calls.callback_queue.callbacks, self._distribution)

    def open_callbacks(self) -> int:
        """The number of callbacks that are still to be made."""
        return len(self._calls.callback_queue.callbacks)

    def open_lost_calls(self) -> int:
        """The number of abandoned calls that nobody has followed up yet."""
        return len(self._calls.queueing.lost_calls)

    def calls_in_progress(self) -> int:
        """The number of legs that run a flow, wait or talk, plus the orphaned talks."""
        return sum(1 for _ in self._calls) + len(self._orphans)

    # Inputs about the center itself

    def _own_routes(self) -> Routes:
        return merged(
            route(CenterStarted, self._start),
            route(SitePublished, self._publish),
            route(SetFlag, self._set_flag),
            route(TimePassed, self._wake_early),
        )

    def _publish(self, published: SitePublished, turn: Turn) -> None:
        site = published.site
        self._distribution.configure(site.queues)
        self._calls.dials.ways_out.configure(site.trunks, site.via)
        self._calls.publish(Catalog(site, self._flags, self._observer), turn)

    def _set_flag(self, request: SetFlag, _turn: Turn) -> None:
        if not self._calls.catalog.has_flag(request.flow, request.flag):
            message = f"flow {request.flow} has no flag {request.flag}"
            raise RequestRefused("unknown_flag", message)
        if request.value not in {"on", "off"}:
            raise RequestRefused("flag_invalid", "a flag is on or off")
        self._flags[request.flow, request.flag] = request.value

    def _start(self, _started: CenterStarted, _turn: Turn) -> None:
        raise AssertionError("a center is started once")

    def _wake_early(self, _passed: TimePassed, _turn: Turn) -> None:
        """Nothing is due yet."""
