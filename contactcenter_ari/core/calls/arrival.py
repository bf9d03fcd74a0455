"""New calls: a caller's, with the flow that answers it, and one from an agent's phone."""

from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.flow.run import FlowRun, Frame
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.number import is_e164
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.site.system_prompt import NO_FLOW
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId, LegId
from contactcenter_ari.core.vocabulary.signal import CallArrived


def arriving(signal: CallArrived, catalog: Catalog, turn: Turn) -> Call:
    """The call of a caller who came in; a caller to a number without a flow is told so."""
    numbers = catalog.call_numbers(signal.called_number, signal.caller_number, signal.country)
    answering = catalog.answering(numbers.called)
    interpreter = answering or catalog.announcer()
    interaction = Interaction(
        interaction=InteractionId(turn.clockwork.mint()),
        leg=signal.leg,
        called_number=numbers.called,
        caller_number=numbers.caller,
        called_number_raw=numbers.called_raw,
        caller_number_raw=numbers.caller_raw,
        caller_name=signal.caller_name,
        flow=interpreter.flow.name,
        flow_version=interpreter.flow.version,
        language=interpreter.flow.languages[0],
        now=turn.now,
    )
    run = FlowRun(
        call=CallId(interaction.id),
        interaction=interaction.id,
        leg=signal.leg,
        language=interpreter.flow.languages[0],
        caller_number=numbers.caller,
        caller_name=signal.caller_name,
        called_number=numbers.called,
    )
    if answering is None:
        run.frames = [Frame(NO_FLOW)]
    interaction.begin(turn)
    number = numbers.caller
    known_by = (interaction.id, number) if is_e164(number) else (interaction.id,)
    return Call(run, interpreter, turn.now, interaction=interaction, known_by=known_by)


def refusing(call: Call, prompt: str, catalog: Catalog) -> Call:
    """The same call, in which a system prompt is played and nothing more."""
    call.interpreter = catalog.announcer()
    call.run.frames = [Frame(prompt)]
    call.run.failing = True
    return call


def announcing(
    leg: LegId,
    prompt: str,
    catalog: Catalog,
    turn: Turn,
    *,
    agent: Agent | None,
    variables: dict[str, str],
) -> Call:
    """The call of a phone that dialed a feature code: only a system prompt is played."""
    interpreter = catalog.announcer()
    run = FlowRun(
        call=CallId(turn.clockwork.mint()),
        interaction=None,
        leg=leg,
        language=agent.profile.language if agent else interpreter.flow.languages[0],
        frames=[Frame(prompt)],
        variables=variables,
    )
    return Call(run, interpreter, turn.now, agent=agent)
