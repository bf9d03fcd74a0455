"""Side prompts: announcements and questions for the other party before a caller is joined.

The callee of an outside line is asked whether they take the call. An agent is told of the queue
and the wait, or of the state of a call to a customer who is called back. Each side prompt is a
call of its own, without an interaction, on the leg of that party; the purpose of the leg says what
follows.
"""

from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.arrival import announcing
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import CallId, LegId


def screening(call: Call, leg: LegId, screen: str, turn: Turn) -> Call:
    """The flow section `screen` asks the callee whether they take the call."""
    asked_for = call.run
    run = FlowRun(
        call=CallId(turn.clockwork.mint()),
        interaction=None,
        leg=leg,
        language=asked_for.language,
        answered=True,
        caller_number=asked_for.caller_number,
        variables=dict(asked_for.variables),
    )
    return Call(run, call.interpreter.screener(screen), turn.now)


def agent_prompt(offer: Offer, prompt: str, catalog: Catalog, turn: Turn) -> Call:
    """The agent is told of the queue and the wait before the caller comes."""
    waited = round((turn.now - offer.waiting.joined_at).total_seconds())
    variables = {"queue": offer.waiting.queue, "waited": str(waited)}
    call = announcing(offer.leg, prompt, catalog, turn, agent=offer.agent, variables=variables)
    call.agent = None  # reserved for this caller, not on a non-ACD call
    call.run.answered = True
    return call


def briefing(leg: LegId, prompt: str, language: str, catalog: Catalog, turn: Turn) -> Call:
    """The agent is told the state of the call to a customer who is called back."""
    call = announcing(leg, prompt, catalog, turn, agent=None, variables={})
    call.run.answered = True
    call.run.language = language
    return call
