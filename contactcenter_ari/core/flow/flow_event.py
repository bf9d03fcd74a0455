"""Reports the actions of a run as events; a call to a feature code has no events."""

from datetime import timedelta

from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import (
    CallerStatusSet,
    FlowFailed,
    InputFailed,
    InputGathered,
    InteractionTagged,
    LookUpDone,
    MenuChosen,
    PromptPlayed,
    SectionEntered,
    WaitTold,
)
from contactcenter_ari.core.vocabulary.ids import QueueName


def section_entered(run: FlowRun, section: str, turn: Turn) -> None:
    """The run went to a section."""
    if run.interaction is not None:
        turn.tell(SectionEntered, interaction=run.interaction, section=section)


def prompts_played(run: FlowRun, prompts: tuple[str, ...], turn: Turn) -> None:
    """The run began to play prompts."""
    if run.interaction is not None:
        for prompt in prompts:
            turn.tell(PromptPlayed, interaction=run.interaction, prompt=prompt)


def key_pressed(run: FlowRun, asked: str, key: str, turn: Turn) -> None:
    """The caller chose from a menu or left a gather by a key, `asked` by its first prompt; or
    pressed a key that a queue or a voicemail knows.
    """
    if run.interaction is not None:
        turn.tell(MenuChosen, interaction=run.interaction, menu=asked, key=key)


def input_gathered(run: FlowRun, variable: str, value: str, turn: Turn) -> None:
    """The caller typed an input; `value` is empty where it is sensitive."""
    if run.interaction is not None:
        turn.tell(InputGathered, interaction=run.interaction, variable=variable, value=value)


def input_failed(run: FlowRun, outcome: str, turn: Turn) -> None:
    """A try was wasted."""
    if run.interaction is not None:
        turn.tell(InputFailed, interaction=run.interaction, outcome=outcome)


def look_up_done(run: FlowRun, name: str, outcome: str, turn: Turn) -> None:
    """A look-up ended."""
    if run.interaction is not None:
        turn.tell(LookUpDone, interaction=run.interaction, name=name, outcome=outcome)


def status_set(run: FlowRun, turn: Turn) -> None:
    """The run learned the status of this caller."""
    if run.interaction is not None:
        turn.tell(CallerStatusSet, interaction=run.interaction, status=run.caller_status)


def tagged(run: FlowRun, key: str, value: str, turn: Turn) -> None:
    """The run noted tags."""
    if run.interaction is not None:
        turn.tell(InteractionTagged, interaction=run.interaction, key=key, value=value)


def flow_failed(run: FlowRun, reason: str, turn: Turn) -> None:
    """The run had a fault."""
    if run.interaction is not None:
        turn.tell(
            FlowFailed,
            interaction=run.interaction,
            section=run.frames[0].section if run.frames else "",
            reason=reason,
        )


def wait_told(run: FlowRun, queue: QueueName, told: timedelta | None, turn: Turn) -> None:
    """A waiting run was told its expected wait; None means that it takes longer than expected."""
    if run.interaction is not None:
        turn.tell(
            WaitTold,
            interaction=run.interaction,
            queue=queue,
            position=run.position,
            told=told,
            mean=run.wait_mean,
        )
