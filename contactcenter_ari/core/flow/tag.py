"""Steps that only note something in a run: variables, tags, the language."""

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.step import Language, SetVariables, Tag
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.turn import Turn


def note(run: FlowRun, verb: SetVariables | Tag | Language, speaker: Speaker, turn: Turn) -> None:
    """Do what the step says; the flow goes on at once."""
    match verb:
        case SetVariables(assignments=assignments):
            for name, expression in assignments:
                _assign(run, name, speaker.text(run, expression, turn), turn)
        case Tag(tags=tags):
            for key, expression in tags:
                run.tags[key] = speaker.without_secrets(run, speaker.text(run, expression, turn))
                flow_event.tagged(run, key, run.tags[key], turn)
        case Language(language=expression):
            language = speaker.text(run, expression, turn)
            if speaker.speaks(language):
                run.language = language


def _assign(run: FlowRun, name: str, text: str, turn: Turn) -> None:
    if name != "caller.status":
        run.variables[name] = text
        return
    run.caller_status = text
    flow_event.status_set(run, turn)
