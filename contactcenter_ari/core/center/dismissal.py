"""The end of a center with calls in it: callers are told, and nobody is just cut off.

A caller who is in a menu or waits hears an apology and is hung up, and becomes a task to follow
up. A caller who talks, and any party we are dialing, is hung up.
"""

from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import GIVEN_UP
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.language.flow import APOLOGY
from contactcenter_ari.core.flow.run import Activity, FlowRun, Frame
from contactcenter_ari.core.interactions.interaction import IN_FLOW, QUEUED
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import Party, QueueExit


def dismiss(calls: CallControl, turn: Turn) -> None:
    """End all calls that are in progress."""
    for call in calls:
        if call.run.hung_up or call.run.activity is Activity.ENDED:
            continue  # nobody is on the line, or is being hung up
        if call.interaction is not None and call.interaction.state in {IN_FLOW, QUEUED}:
            _apologize(call, calls, turn)
        else:
            calls.hang_up(call, turn, by=Party.SYSTEM, failed=False)


def _apologize(call: Call, calls: CallControl, turn: Turn) -> None:
    """The present prompt or wait of the caller is over."""
    interaction = call.interaction
    assert interaction is not None, "a caller has one"
    calls.queueing.give_up_place(call, QueueExit.SYSTEM_ERROR, turn)
    interaction.failed, interaction.ended_by = not interaction.is_served, Party.SYSTEM
    calls.outside.close(call, GIVEN_UP, turn)
    call.interpreter.treatment.end(call.run, turn)
    call.interpreter.end(call.run, turn)
    call.interpreter, call.run = calls.catalog.announcer(), apology(call.run)
    calls.carry_out(call, call.interpreter.start(call.run, turn), turn)


def apology(run: FlowRun) -> FlowRun:
    """The flow that replaces the rest of a caller's flow; it does not depend on that flow."""
    return FlowRun(
        call=run.call,
        interaction=run.interaction,
        leg=run.leg,
        language=run.language,
        caller_number=run.caller_number,
        caller_name=run.caller_name,
        caller_status=run.caller_status,
        called_number=run.called_number,
        answered=run.answered,
        frames=[Frame(APOLOGY)],
        failing=True,
        paused=run.paused,
        tags=run.tags,
    )
