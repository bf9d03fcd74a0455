"""Feature codes of agents' phones: log in, log out, ready, not ready with a reason's digit (or
without, where a pause needs no reason).
"""

from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.request import GoNotReady, GoReady, LogIn, LogOut

PHONE = "phone"
"""The author of a request by a feature code."""

StateRequest = LogIn | LogOut | GoReady | GoNotReady

PROMPTS: dict[type[StateRequest], str] = {
    LogIn: "agent_logged_in",
    LogOut: "agent_logged_out",
    GoReady: "agent_ready",
    GoNotReady: "agent_not_ready",
}
"""The system prompt that confirms each, as `confirmation` chooses."""
PAUSED = "agent_paused"
"""The system prompt that confirms a pause of which no reason can be said."""

UNKNOWN_CODE = "feature_code_unknown"
UNKNOWN_PHONE = "agent_unknown_phone"
REFUSED = "request_refused"


def confirmation(request: StateRequest) -> str:
    """The system prompt that confirms a request."""
    if isinstance(request, GoNotReady) and not request.reason:
        return PAUSED
    return PROMPTS[type(request)]


def read_feature_code(dialed: str, agent: AgentId, site: Site) -> StateRequest | None:
    """The request a dialed code stands for; None when it is no code of this site."""
    codes = site.feature_codes
    if dialed == codes.log_in:
        return LogIn(agent=agent, by=PHONE)
    if dialed == codes.log_out:
        return LogOut(agent=agent, by=PHONE)
    if dialed == codes.ready:
        return GoReady(agent=agent, by=PHONE)
    if dialed == codes.not_ready and not site.pauses_need_a_reason:
        return GoNotReady(agent=agent, reason="", by=PHONE)
    if dialed.startswith(codes.not_ready):
        reason = site.pause_reasons.get(dialed.removeprefix(codes.not_ready))
        return GoNotReady(agent=agent, reason=reason, by=PHONE) if reason else None
    return None
