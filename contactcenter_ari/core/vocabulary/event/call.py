"""Events in the life of a call: from its start through its flow and its stretches to its end."""

from datetime import datetime
from enum import StrEnum

from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent
from contactcenter_ari.core.vocabulary.ids import LegId, SegmentId

INBOUND, OUTBOUND, INTERNAL = "inbound", "outbound", "internal"
"""The directions of an interaction: who called whom; internal is a call of an agent's phone."""


class SegmentKind(StrEnum):
    """The use of a stretch of an interaction."""

    FLOW = "flow"
    QUEUE = "queue"
    TALK = "talk"
    HOLD = "hold"
    """Lies within a talk."""
    GAP = "gap"
    """Lies within a talk: the agent's leg was lost and the phone rung again. Its result is that of
    an offer.
    """
    WRAP_UP = "wrap_up"


class EndReason(StrEnum):
    """Why an interaction ended; exactly one each."""

    COMPLETED = "completed"
    """The caller talked to an agent, or to an outside line the flow dialed."""
    CONTAINED = "contained"
    """The flow came to its end without an agent being asked for."""
    ABANDONED = "abandoned"
    """The caller hung up while waiting for an agent."""
    LEFT_FLOW = "left_flow"
    """The caller hung up in the menus."""
    TURNED_AWAY = "turned_away"
    """Asked for an agent, got a spoken reason instead: closed, full, no agents, too long."""
    REJECTED = "rejected"
    """No flow answers the dialed number."""
    NOT_REACHED = "not_reached"
    """We called the customer, who did not answer."""
    APOLOGIZED = "apologized"
    """The application was away: the caller heard an apology and could leave a number."""
    SYSTEM_ERROR = "system_error"
    """The switch lost the call, or a fault of ours ended it."""
    ORPHANED = "orphaned"
    """It went on in the switch when nothing was known of it any more: who talked to whom, and for
    how long, is not known."""


class Party(StrEnum):
    """The party that ended the call."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


class InteractionStarted(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A caller arrived, or a customer is called back: then `direction` is `outbound`, the called
    number is the customer's and the caller's is ours. Numbers are in E.164 where a plan knows
    them, and `raw` as the carrier wrote them.
    """

    leg: LegId
    called_number: str
    caller_number: str
    caller_name: str
    flow: str
    flow_version: str
    language: str
    direction: str = INBOUND
    called_number_raw: str = ""
    caller_number_raw: str = ""


class SectionEntered(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The flow went to a section."""

    section: str


class PromptPlayed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A prompt was begun. It is named, not quoted: the text may be private."""

    prompt: str


class MenuChosen(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller made a choice; `menu` is the prompt's name."""

    menu: str
    key: str


class InputGathered(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller typed what was asked for; a sensitive value is not repeated here."""

    variable: str
    value: str


class InputFailed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A try of a menu or gather was wasted: `no_input` or `no_match`."""

    outcome: str


class LookUpDone(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A look-up ended in `found`, `not_found` or `error`."""

    name: str
    outcome: str


class CallerStatusSet(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The flow learned what kind of caller this is (standard, gold ...)."""

    status: str


class InteractionTagged(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The flow noted something for reports and the screen pop."""

    key: str
    value: str


class FlowFailed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A fault in the flow's execution: step limit, failed prompt. The caller was sent on."""

    section: str
    reason: str


class OutsideDialed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The flow dialed an outside line."""

    dialed: str


class OutsideEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The outside line is over: answered, busy, no_answer, declined, failed, or given_up when
    the caller left first.
    """

    dialed: str
    outcome: str


class CallerApologized(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A call that came while the application was away is over; what the caller left."""

    number_left: bool
    message_left: bool


class SegmentEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """One stretch of an interaction is over; reports are derived from these alone. `queue`
    and `agent` are empty where they do not apply, positions 0. The wrap-up may end after the
    interaction has.
    """

    segment: SegmentId
    kind: SegmentKind
    started_at: datetime
    queue: str = ""
    agent: str = ""
    result: str = ""
    position_at_entry: int = 0
    position_at_exit: int = 0


class InteractionEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller is gone: the whole interaction in one row."""

    node: str
    channel: str
    direction: str
    started_at: datetime
    called_number: str
    caller_number: str
    caller_name: str
    caller_status: str
    flow: str
    flow_version: str
    language: str
    tags: dict[str, str]
    queue: str
    agent: str
    reason: EndReason
    ended_by: Party
    called_number_raw: str = ""
    caller_number_raw: str = ""


CallEvent = (
    InteractionStarted
    | SectionEntered
    | PromptPlayed
    | MenuChosen
    | InputGathered
    | InputFailed
    | LookUpDone
    | CallerStatusSet
    | InteractionTagged
    | FlowFailed
    | OutsideDialed
    | OutsideEnded
    | CallerApologized
    | SegmentEnded
    | InteractionEnded
)
