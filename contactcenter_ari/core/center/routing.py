"""The tables of all rooms: the method that handles each input, and each deadline."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.center.agent_control import AgentControl
from contactcenter_ari.core.center.apology import Apologies
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.call_signal import CallSignals
from contactcenter_ari.core.center.command_failure import CommandFailures
from contactcenter_ari.core.center.flow_signal import FlowSignals
from contactcenter_ari.core.center.gone_leg import GoneLegs
from contactcenter_ari.core.center.leg_control import LegControl
from contactcenter_ari.core.center.orphan import OrphanTalks
from contactcenter_ari.core.center.queue_control import QueueControl
from contactcenter_ari.core.center.reconciliation import Reconciliation
from contactcenter_ari.core.outbound.callback_request import CallbackRequests
from contactcenter_ari.core.route import Deadlines, Routes, merged


class Routing:
    """The merged tables of the rooms of one center."""

    def __init__(
        self,
        workforce: Workforce,
        distribution: Distribution,
        calls: CallControl,
        orphans: OrphanTalks,
    ) -> None:
        agents = AgentControl(workforce, distribution, calls, orphans)
        queues = QueueControl(distribution, calls)
        callbacks = CallbackRequests(calls.callback_queue, distribution)
        lost_calls = calls.queueing.lost_calls
        flows = FlowSignals(calls, distribution)
        gone = GoneLegs(calls, distribution)
        legs = LegControl(calls, distribution, gone)
        signals = CallSignals(calls, legs, gone, distribution, orphans)
        self.routes: Routes = merged(
            agents.routes(),
            queues.routes(),
            callbacks.routes(),
            lost_calls.routes(),
            flows.routes(),
            signals.routes(),
            Apologies(calls).routes(),
            CommandFailures(calls, flows, legs, gone).routes(),
            Reconciliation(workforce.roster, calls, gone, orphans).routes(),
        )
        self.deadlines: Deadlines = merged(
            agents.deadlines(),
            queues.deadlines(),
            callbacks.deadlines(),
            lost_calls.deadlines(),
            flows.deadlines(),
            signals.deadlines(),
        )

    def __repr__(self) -> str:
        return f"<Routing {len(self.routes)} inputs, {len(self.deadlines)} deadlines>"
