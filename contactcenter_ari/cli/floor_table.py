"""Queues, agents and calls as tables for the terminal.

Whatever came from outside is shown as text: no markup of ours, no control codes of a terminal.
"""

from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from contactcenter_ari.cli.offer_words import Names, what_happened, why_this_agent, why_this_caller
from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.interactions.interaction import InteractionState
from contactcenter_ari.core.vocabulary.event import OUTBOUND
from contactcenter_ari.demo.live import COLORS, clock
from contactcenter_ari.web.agent import AgentList
from contactcenter_ari.web.call import CallList, CallStatus
from contactcenter_ari.web.offer import OfferList, OfferStatus
from contactcenter_ari.web.queue import QueueList, QueueStatus

OFFERS_SHOWN = 5
DOING = {
    InteractionState.IN_FLOW: "in the flow",
    InteractionState.QUEUED: "waits",
    InteractionState.TALKING: "talks",
    InteractionState.ENDED: "ends",
}


def queue_table(listed: QueueList) -> Table:
    """The queues."""
    table = Table(
        "Queue",
        "State",
        "Waiting",
        "Longest wait",
        "Callbacks",
        "Free",
        "Take calls",
        "Logged in",
        title="Queues",
    )
    for queue in listed.queues:
        table.add_row(*_queue_row(queue))
    return table


def _queue_row(queue: QueueStatus) -> list[Text]:
    longest = clock(timedelta(seconds=queue.oldest_wait_seconds)) if queue.waiting else ""
    state = Text("closed", style="red") if queue.closed else Text("open")
    counts = (queue.callbacks, queue.free, queue.takes_calls, queue.logged_in)
    return [_text(queue.queue), state, _text(queue.waiting), _text(longest), *map(_text, counts)]


def agent_table(listed: AgentList, now: datetime) -> Table:
    """The agents."""
    table = Table(
        "Agent", "Name", "State", "For", "Phone", "Occupancy", "Queues", "Skills", title="Agents"
    )
    for agent in listed.agents:
        skills = ", ".join(f"{name}={level}" for name, level in sorted(agent.skills.items()))
        table.add_row(
            _text(agent.agent),
            _text(agent.name),
            Text(_state(agent, now), style=COLORS[agent.state]),
            _text(clock(now - agent.since)),
            _text("registered" if agent.reachable else "away"),
            _text(f"{agent.occupancy:.0%}"),
            _text(", ".join(agent.queues)),
            _text(skills),
        )
    return table


def _state(agent: AgentView, now: datetime) -> str:
    words = str(agent.state).replace("_", " ")
    if agent.reason:
        words += f" ({agent.reason})"
    if agent.wrap_up_until is not None:
        words += f", {clock(max(agent.wrap_up_until - now, timedelta()))} left"
    if agent.non_acd_calls:
        words += ", on a non-ACD call"
    return _plain(words)


def call_view(
    calls: CallList, offers: OfferList, agents: AgentList, now: datetime
) -> RenderableType:
    """Why the last offers were made, and the calls; these may be many and run off the screen."""
    names = {agent.agent: agent.name for agent in agents.agents}
    table = Table(
        "Call", "Doing", "For", "Queue", "Position", "Agent", "Section", "Customer", title="Calls"
    )
    for call in calls.calls:
        table.add_row(*_call_row(call, names.get(call.agent, call.agent), now))
    reasons = Table("At (UTC)", "Offer", title="The last offers, and why", show_lines=True)
    for offer in offers.offers[:OFFERS_SHOWN]:
        reasons.add_row(_text(f"{offer.made_at:%H:%M:%S}"), _reason(offer, names))
    return Group(reasons, table) if offers.offers else table


def _call_row(call: CallStatus, agent: str, now: datetime) -> list[Text]:
    cells = (
        call.interaction,
        DOING[call.state] + (" (called back)" if call.direction == OUTBOUND else ""),
        clock(now - call.since),
        call.queue,
        call.position or "",
        agent,
        call.section,
        call.customer_number or "",
    )
    return [_text(cell) for cell in cells]


def _reason(offer: OfferStatus, names: Names) -> Text:
    reason = offer.reason
    return _text(
        f"{what_happened(offer, names)}\n"
        f"This caller: {why_this_caller(reason)}.\n"
        f"This agent: {why_this_agent(reason, names)}."
    )


def _text(value: str | int) -> Text:
    return Text(_plain(str(value)))


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
