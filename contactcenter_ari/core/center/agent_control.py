"""Requests of agents, signals of their phones, feature codes, and the deadlines of agents."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.agents.state import NOT_READY, WRAP_UP
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.calls.arrival import announcing
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.orphan import OrphanTalks
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.route import Deadlines, Routes, due, merged, route
from contactcenter_ari.core.site.feature_code import (
    REFUSED,
    UNKNOWN_CODE,
    UNKNOWN_PHONE,
    confirmation,
    read_feature_code,
)
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.request import (
    EndWrapUp,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    PutAgent,
    RemoveAgent,
    SetDisposition,
)
from contactcenter_ari.core.vocabulary.signal import (
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
)


class AgentControl:
    """Grants requests of agents, or refuses them and changes nothing."""

    def __init__(
        self,
        workforce: Workforce,
        distribution: Distribution,
        calls: CallControl,
        orphans: OrphanTalks,
    ) -> None:
        self._roster = workforce.roster
        self._presence = workforce.presence
        self._wrap_ups = workforce.wrap_ups
        self._distribution = distribution
        self._calls = calls
        self._orphans = orphans
        self._grants = merged(
            route(LogIn, self._log_in),
            route(LogOut, self._log_out),
            route(GoReady, self._go_ready),
            route(GoNotReady, self._go_not_ready),
        )

    def __repr__(self) -> str:
        return f"<AgentControl of {self._roster!r}>"

    def routes(self) -> Routes:
        """The inputs about agents and their phones."""
        return merged(
            self._grants,
            route(PutAgent, self._put),
            route(RemoveAgent, self._remove),
            route(EndWrapUp, self._end_wrap_up),
            route(ExtendWrapUp, self._extend_wrap_up),
            route(SetDisposition, self._set_disposition),
            route(PhoneDialed, self._dialed),
            route(PhoneReachable, self._reachable),
            route(PhoneUnreachable, self._unreachable),
        )

    def deadlines(self) -> Deadlines:
        """The deadlines of agents."""
        return merged(
            due(Wake.WRAP_UP, self._wrap_ups.limit_passed, self._is_wrapping_up),
            due(Wake.MISS_RETURN, self._presence.miss_return_passed, self._is_not_ready),
        )

    # The directory

    def _put(self, request: PutAgent, turn: Turn) -> None:
        self._roster.put(request.profile, turn.now)
        self._orphans.agent_known(request.profile, turn)

    def _remove(self, request: RemoveAgent, turn: Turn) -> None:
        self._presence.remove(request.agent, request.by, turn)

    # States

    def _log_in(self, request: LogIn, turn: Turn) -> None:
        if request.not_ready is not None:
            self._check_reason(request.not_ready)
        self._presence.log_in(
            request.agent, request.by, turn, queues=request.queues, not_ready=request.not_ready
        )

    def _log_out(self, request: LogOut, turn: Turn) -> None:
        self._presence.log_out(request.agent, request.by, turn)

    def _go_ready(self, request: GoReady, turn: Turn) -> None:
        self._presence.go_ready(request.agent, request.by, turn)

    def _go_not_ready(self, request: GoNotReady, turn: Turn) -> None:
        self._check_reason(request.reason)
        self._presence.go_not_ready(request.agent, request.reason, request.by, turn)

    def _check_reason(self, reason: str) -> None:
        site = self._calls.catalog.site
        if not reason and not site.pauses_need_a_reason:
            return
        if reason not in site.pause_reasons.values():
            listed = ", ".join(site.pause_reasons.values()) or "none"
            raise RequestRefused("unknown_reason", f"the reason must be one of: {listed}")

    # The work after a talk

    def _end_wrap_up(self, request: EndWrapUp, turn: Turn) -> None:
        self._wrap_ups.end(request.agent, request.by, turn)

    def _extend_wrap_up(self, request: ExtendWrapUp, turn: Turn) -> None:
        self._wrap_ups.extend(request.agent, request.by, turn)

    def _set_disposition(self, request: SetDisposition, turn: Turn) -> None:
        queue = self._wrap_ups.contact_of(request.agent).queue
        known = self._distribution.queues.settings[queue].dispositions
        if request.disposition not in known:
            listed = ", ".join(known) or "none"
            message = f"the dispositions of queue {queue} are: {listed}"
            raise RequestRefused("unknown_disposition", message)
        self._wrap_ups.set_disposition(request.agent, request.disposition, request.by, turn)

    # Phones

    def _reachable(self, signal: PhoneReachable, turn: Turn) -> None:
        self._roster.set_reachable(signal.phone, at=turn.clockwork.node)

    def _unreachable(self, signal: PhoneUnreachable, _turn: Turn) -> None:
        self._roster.set_reachable(signal.phone, at=None)

    def _dialed(self, signal: PhoneDialed, turn: Turn) -> None:
        if self._calls.knows(signal.leg):
            return
        agent = self._roster.at_phone(signal.phone)
        prompt, reason = UNKNOWN_PHONE, ""
        if agent is not None:
            prompt, reason = self._do_feature_code(signal.dialed, agent.id, turn)
        variables = {"reason": reason}
        call = announcing(
            signal.leg, prompt, self._calls.catalog, turn, agent=agent, variables=variables
        )
        self._calls.announce(call, turn)

    def _do_feature_code(self, dialed: str, agent: AgentId, turn: Turn) -> tuple[str, str]:
        """Grant the request of a code; gives the prompt that tells the result, and the reason."""
        request = read_feature_code(dialed, agent, self._calls.catalog.site)
        if request is None:
            return UNKNOWN_CODE, ""
        try:
            self._grants[type(request)](request, turn)
        except RequestRefused:
            return REFUSED, ""
        reason = request.reason if isinstance(request, GoNotReady) else ""
        return confirmation(request), reason

    # Deadlines

    def _is_wrapping_up(self, agent_id: AgentId) -> bool:
        agent = self._roster.find(agent_id)
        return agent is not None and agent.state is WRAP_UP

    def _is_not_ready(self, agent_id: AgentId) -> bool:
        agent = self._roster.find(agent_id)
        return agent is not None and agent.state is NOT_READY
