"""Events: what happened, in business words, for the journal and the screens.

Each event has `number`, counted by the core over all events: with the interaction it is
the key under which the journal stores it once, however often it is delivered.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from contactcenter_ari.core.vocabulary.callback import (
    AttemptResult,
    CallbackMode,
    CallbackResult,
    LostCallReason,
    LostCallResult,
    ZoneSource,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    RecordingId,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason
from contactcenter_ari.core.vocabulary.skill import SkillStep

INBOUND, OUTBOUND, INTERNAL = "inbound", "outbound", "internal"
"""The directions of an interaction: who called whom; internal is a call of an agent's phone."""


class AgentState(StrEnum):
    """Where an agent is; hold is a fact of the call, not a state."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    NOT_READY = "not_ready"


BUSY = frozenset({AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP})
"""The states in which an agent works for a caller: occupancy is their share."""


class SegmentKind(StrEnum):
    """What a stretch of an interaction was spent on."""

    FLOW = "flow"
    QUEUE = "queue"
    TALK = "talk"
    HOLD = "hold"
    """Lies within a talk."""
    WRAP_UP = "wrap_up"


class QueueExit(StrEnum):
    """Why a stay in a queue ended; exactly one per stay."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    ABANDONED_SHORT = "abandoned_short"
    TIMEOUT = "timeout"
    FULL = "full"
    CLOSED = "closed"
    """A person closed the queue, for those who waited, too."""
    NO_AGENTS = "no_agents"
    KEY_EXIT = "key_exit"
    DIVERTED = "diverted"
    """Sent on before joining: the estimated wait, or the waiting per agent, was too much."""
    CALLBACK_TAKEN = "callback_taken"
    TRANSFERRED = "transferred"
    """A person moved the caller to another queue."""
    WITHDRAWN = "withdrawn"
    """A person took the caller out of the line."""
    SYSTEM_ERROR = "system_error"


ABANDONED = frozenset({QueueExit.ABANDONED, QueueExit.ABANDONED_SHORT})
"""The caller hung up while waiting."""


class OfferResult(StrEnum):
    """How an offer ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BUSY = "busy"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


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
    """Who ended the call."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


class NumberedEvent(msgspec.Struct, frozen=True):
    """What every event has: its number over all events of this core, and when it happened. These
    two come first, by position, so that `Turn.tell` can add them to fields that are checked.
    """

    number: int
    at: datetime


class InteractionEvent(NumberedEvent, frozen=True, kw_only=True):
    """An event in the life of one interaction."""

    interaction: InteractionId


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
    """A prompt was begun; named, not quoted, for it may hold what nobody should read."""

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
    """What came of it: answered, busy, no_answer, declined, failed, or given_up when the
    caller left first.
    """

    dialed: str
    outcome: str


class CallbackBooked(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller was promised a call back. `waiting_since`, `head_start` and `priority` are of
    the place in line that is kept, and `skills` are still asked for from then on; it is dialed
    at most `attempts` times, `retry_after` each, within the hours of that name of the flow,
    until `expires_at`. The customer called from `caller_number` (E.164, empty when withheld) and
    lives in `timezone` (IANA name, empty when not known).
    """

    callback: CallbackId
    queue: QueueName
    dialed: str
    waiting_since: datetime
    head_start: timedelta
    priority: int
    flow: str
    language: str
    hours: str
    attempts: int
    retry_after: timedelta
    expires_at: datetime
    mode: CallbackMode
    skills: tuple[SkillStep, ...] = ()
    caller_number: str = ""
    timezone: str = ""


class CallbackTakenOver(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The customer called in, and waits at the place of the callback in this `interaction`."""

    callback: CallbackId


class CallbackGivenBack(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The customer waits no more and has talked to nobody: the callback has its place again."""

    callback: CallbackId


class CallbackAttempted(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """An attempt to call back is over; `interaction` is the outbound one of this attempt.
    `next_at` is when the next is due, None after the last. It had to be day in all `zones` (IANA
    names), which are known from `zone_source`; events of old have neither.
    """

    callback: CallbackId
    attempt: int
    result: AttemptResult
    next_at: datetime | None
    zones: tuple[str, ...] = ()
    zone_source: ZoneSource | None = None


class CallbackClosed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The callback is kept or over; `interaction` is the one it was given in."""

    callback: CallbackId
    result: CallbackResult


class CallerApologized(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A call that came while the application was away is over; what the caller left."""

    number_left: bool
    message_left: bool


class LostCallOpened(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller hung up while waiting, was cut off by a fault of the switch or of ours, or left a
    number or a message while the application was away: somebody should see what it was about.
    `queue` is the last one, empty when there was none.
    """

    queue: QueueName
    caller_number: str
    waited: timedelta
    reason: LostCallReason = LostCallReason.ABANDONED


class LostCallClosed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The customer was reached, or it is too late; `interaction` is the abandoned one."""

    caller_number: str
    result: LostCallResult


class WaitTold(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A waiting caller is told about the wait: `told` is the spoken bound, None when the caller
    heard that it takes longer than expected; `mean` is what the estimate was.
    """

    queue: QueueName
    position: int
    told: timedelta | None
    mean: timedelta


class PriorityChanged(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A person moved a waiting caller up or down."""

    queue: QueueName
    priority: int
    head_start: timedelta
    by: str


class InteractionQueued(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The caller began to wait. `position` is 1 for the next in line; what decides about it:
    `priority`, and since when the caller counts as waiting, less the `head_start`. `skills` are
    asked for step by step, after `prefer_until` if an agent is preferred.
    """

    queue: QueueName
    position: int
    priority: int
    head_start: timedelta
    ranked_since: datetime
    skills: tuple[SkillStep, ...] = ()
    prefer: AgentId = AgentId("")
    prefer_until: datetime | None = None


class InteractionDequeued(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The stay in the queue ended."""

    queue: QueueName
    result: QueueExit
    waited: timedelta


class OfferMade(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """An agent was reserved for the caller and the phone is being dialed."""

    offer: OfferId
    agent: AgentId
    queue: QueueName
    grounds: OfferReason


class OfferEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The offer came to its one result. `rang_at` is when the phone said it rings."""

    offer: OfferId
    agent: AgentId
    queue: QueueName
    made_at: datetime
    rang_at: datetime | None
    result: OfferResult


class AgentConnected(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """Caller and agent hear each other. `waited` is the speed of answer, ringing included."""

    agent: AgentId
    queue: QueueName
    waited: timedelta


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


class RecordingStarted(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The talk is being recorded from now on."""

    recording: RecordingId
    agent: AgentId


class RecordingPaused(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A recording is silent from now on, for one more reason."""

    recording: RecordingId
    reason: PauseReason


class RecordingResumed(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A reason for silence is gone; with the last one the recording goes on."""

    recording: RecordingId
    reason: PauseReason


class RecordingEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """A recording is closed; may come after the interaction ended. `failed`: no usable file;
    `cut`: the file lacks the end, because the switch died or its disk was full. It is silent
    during its `pauses`. `speech` is how long the caller speaks in a message.
    """

    recording: RecordingId
    agent: AgentId
    started_at: datetime
    path: str
    duration: timedelta
    failed: bool
    cut: bool = False
    pauses: tuple[Pause, ...] = ()
    speech: timedelta | None = None


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


class AgentStateChanged(NumberedEvent, frozen=True, tag=True, kw_only=True):
    """An agent moved from one state to the next; `since` is when the former began.
    A change of the reason for a pause is a move from not_ready to not_ready.
    """

    agent: AgentId
    before: AgentState
    before_reason: str
    since: datetime
    after: AgentState
    reason: str
    by: str


class DispositionSet(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The agent noted what came of the talk."""

    agent: AgentId
    queue: QueueName
    disposition: str
    by: str


class WrapUpExtended(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The agent was given more time for the work after the talk: it ends by itself at `until`."""

    agent: AgentId
    queue: QueueName
    until: datetime
    by: str


class QueueClosed(NumberedEvent, frozen=True, tag=True, kw_only=True):
    """A person closed a queue; those who waited were sent on."""

    queue: QueueName
    by: str


class QueueOpened(NumberedEvent, frozen=True, tag=True, kw_only=True):
    """A person opened it again."""

    queue: QueueName
    by: str


Event = (
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
    | CallbackBooked
    | CallbackTakenOver
    | CallbackGivenBack
    | CallbackAttempted
    | CallbackClosed
    | CallerApologized
    | LostCallOpened
    | LostCallClosed
    | WaitTold
    | PriorityChanged
    | InteractionQueued
    | InteractionDequeued
    | OfferMade
    | OfferEnded
    | AgentConnected
    | SegmentEnded
    | RecordingStarted
    | RecordingPaused
    | RecordingResumed
    | RecordingEnded
    | InteractionEnded
    | DispositionSet
    | WrapUpExtended
    | QueueClosed
    | QueueOpened
    | AgentStateChanged
)
