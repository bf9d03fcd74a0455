"""The center: takes one input at a time and says what is to be done.

    outcome = center.handle(input, now)
    deadline = center.next_deadline()

Nothing else happens in it. `now` never goes back. A refused request raises and changes
nothing; every other input is accepted, in any order, at any time.
"""

from datetime import datetime, timedelta
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import LOST
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.calls.arrival import announcing
from contactcenter_ari.core.calls.secret import Secrets
from contactcenter_ari.core.center.apology import Apologies
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.deadline import deadline_come
from contactcenter_ari.core.center.dismissal import dismiss
from contactcenter_ari.core.center.fault_recovery import FaultRecovery
from contactcenter_ari.core.center.orphan import OrphanTalks
from contactcenter_ari.core.center.queue_control import QueueControl
from contactcenter_ari.core.center.queueing import WaitSource
from contactcenter_ari.core.center.reconciliation import Reconciliation
from contactcenter_ari.core.center.view import (
    AgentView,
    CallbackView,
    CallView,
    QueueView,
    view_agent,
    view_callbacks,
    view_calls,
    view_queues,
)
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.outbound.callback_request import CallbackRequests
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.site.feature_code import (
    REFUSED,
    UNKNOWN_CODE,
    UNKNOWN_PHONE,
    confirmation,
    read_feature_code,
)
from contactcenter_ari.core.site.site import (
    CenterResumed,
    CenterStarted,
    CenterStopping,
    Input,
    Site,
    SitePublished,
)
from contactcenter_ari.core.turn import (
    Clockwork,
    Deadline,
    Fault,
    Handled,
    Outcome,
    Turn,
)
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    FinishRecording,
    HangUpLeg,
    LookUp,
    PauseRecording,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    ResumeRecording,
    StartMusic,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    LegId,
)
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    CancelCallback,
    ChangePriority,
    CloseQueue,
    DialCallback,
    EndWrapUp,
    ExtendWrapUp,
    ForbidNumber,
    GoNotReady,
    GoReady,
    LearnHandleTimes,
    LogIn,
    LogOut,
    MoveWaiting,
    OpenQueue,
    PutAgent,
    RecordApology,
    RemoveAgent,
    Request,
    RestoreCallback,
    RestoreLostCall,
    SetDisposition,
    SetFlag,
    WithdrawWaiting,
)
from contactcenter_ari.core.vocabulary.signal import (
    LEG_GONE,
    NO_ROOM,
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LegUnheld,
    LookUpFailed,
    LookUpFinished,
    PhoneDialed,
    PhoneReachable,
    PhoneSilent,
    PhoneUnreachable,
    PlaybackFinished,
    RecordingBegan,
    RecordingClosed,
    RecordingFinished,
    SwitchReconciled,
    TimePassed,
)

ABSENT = 20
"""Cause of ITU-T Q.850: the subscriber's phone cannot be reached."""
UNTRIED = (0, 400, NO_ROOM)
"""Replies to a dialing that was not tried: none, the caller is gone, there is no room."""
MOST_TOLD = 20
"""Of more faults in one turn the rest is not told."""


class Center:
    """All rules of one node, from `CenterStarted` on. In service it has no `watcher`, and its own
    `wait_source` of waits.
    """

    def __init__(
        self,
        started: CenterStarted,
        site: Site,
        *,
        watcher: Observer | None = None,
        wait_source: WaitSource | None = None,
    ) -> None:
        self._clockwork = Clockwork(node=started.node, boot=started.boot)
        self._roster = Roster(site.occupancy_window)
        self._distribution = Distribution(self._roster)
        self._flags: dict[tuple[str, str], str] = {}
        self._watcher = watcher
        self._catalog = Catalog(site, self._flags, watcher)
        self._distribution.configure(site.queues)
        self._calls = CallControl(
            self._distribution, self._catalog, wait_source or self._distribution
        )
        self._callbacks = CallbackRequests(self._calls.callback_queue, self._distribution)
        self._queue_control = QueueControl(self._distribution, self._calls)
        self._is_stopping = False
        self._recovery = FaultRecovery(self._calls, self._distribution)
        self._apologies = Apologies(self._calls.queueing.lost_calls)
        self.secrets = Secrets(self._calls.registry)
        self._orphans = OrphanTalks(self._roster, self._calls.callback_queue)
        self._reconciliation = Reconciliation(
            self._roster, self._distribution, self._calls, self._orphans
        )

    def __repr__(self) -> str:
        """Tell how much is going on."""
        return f"<Center {self._clockwork.node}: {self._calls!r}, {self._distribution!r}>"

    def handle(self, input_: Input, now: datetime) -> Outcome:
        """Take one input, where a fault of ours is to be seen: in tests and simulations.

        Raises:
            RequestRefused: a request cannot be granted; nothing is changed.
        """
        handled = self.take(input_, now)
        for fault in handled.faults:
            raise fault
        return handled.outcome

    def take(self, input_: Input, now: datetime) -> Handled:
        """Take one input; a fault of ours costs the call it belongs to, and nobody else.

        Raises:
            RequestRefused: a request cannot be granted; nothing is changed.
        """
        turn = Turn(self._clockwork, now)
        due = self._clockwork.pop_due(now) if isinstance(input_, TimePassed) else None
        try:
            self._route(input_, due, turn)
        except RequestRefused as refusal:
            if isinstance(input_, Request):
                raise
            turn.faults.append(Fault("", refusal))
        except Exception as error:  # noqa: BLE001  # a fault of ours: noted, and mended below
            turn.faults.append(Fault("", error))
        if turn.faults:
            turn.attempt("", partial(self._recovery.recover, input_, due, turn))
        self._distribute(turn)
        return Handled(turn.outcome(), tuple(fault.error for fault in turn.faults[:MOST_TOLD]))

    def _distribute(self, turn: Turn) -> None:
        """Bring callers and agents together; after a fault once more, and if it comes again
        once more without the callers concerned.
        """
        for gently in (True, False):
            faults = len(turn.faults)
            self._bring_together(turn)
            if len(turn.faults) == faults:
                break
            turn.attempt("", partial(self._recovery.recover, None, None, turn, gently=gently))
        else:
            self._bring_together(turn)
        turn.attempt("", partial(self._distribution.update_statistics, turn.now))

    def _bring_together(self, turn: Turn) -> None:
        turn.attempt("", partial(self._call_off, turn))
        if self._is_stopping:
            return  # nobody is rung any more
        turn.attempt("", partial(self._offer, turn))
        turn.attempt("", partial(self._calls.callback_queue.dispatch, turn))

    def _call_off(self, turn: Turn) -> None:
        for offer in self._calls.misses.call_off(turn):
            interaction = offer.waiting.interaction
            turn.attempt(interaction, partial(self._calls.offer_over, offer, turn))

    def _offer(self, turn: Turn) -> None:
        for waiting in self._distribution.distribute(turn):
            interaction = waiting.interaction
            turn.attempt(interaction, partial(self._calls.offered, interaction, turn))

    @property
    def site(self) -> Site:
        """What new calls are handled by."""
        return self._catalog.site

    def watch(self, watcher: Observer | None) -> None:
        """Show each step of each call to somebody else from now on."""
        self._watcher = watcher
        self._catalog.watch(watcher)
        self._calls.registry.watch(watcher)

    def next_deadline(self) -> datetime | None:
        """When `TimePassed` is due, or None."""
        return self._clockwork.next_deadline()

    def e164(self, number: str) -> str:
        """A number that belongs to no call, as people and programs write it, in E.164; as it is
        if no plan knows it.
        """
        return e164(number, self._catalog.numbers.country)

    def queues(self, now: datetime) -> tuple[QueueView, ...]:
        """All queues as they stand."""
        return view_queues(self._distribution, now)

    def agents(self, now: datetime) -> tuple[AgentView, ...]:
        """All agents as they stand."""
        return tuple(view_agent(agent, now) for agent in self._roster)

    def calls(self) -> tuple[CallView, ...]:
        """The calls of customers as they stand."""
        return view_calls(self._calls, self._distribution)

    def callbacks(self) -> tuple[CallbackView, ...]:
        """The callbacks as they stand."""
        return view_callbacks(self._calls.callback_queue.callbacks, self._distribution)

    def open_callbacks(self) -> int:
        """How many calls back are still to be made."""
        return len(self._calls.callback_queue.callbacks)

    def open_lost_calls(self) -> int:
        """How many abandoned calls nobody has looked after yet."""
        return len(self._calls.queueing.lost_calls)

    def calls_in_progress(self) -> int:
        """How many legs run a flow, wait or talk, and talks go on of which nothing is known."""
        return sum(1 for _ in self._calls) + len(self._orphans)

    # Routing

    def _route(  # noqa: C901, PLR0912  # one arm an input
        self, input_: Input, due: Deadline | None, turn: Turn
    ) -> None:
        match input_:
            case CallArrived():
                self._calls.arrive(input_, turn)
            case PhoneDialed():
                self._dialed(input_, turn)
            case DigitPressed(leg=leg, digit=digit):
                self._calls.digit(leg, digit, turn)
            case PlaybackFinished(playback=playback, failed=failed):
                self._calls.playback_finished(playback, turn, failed=failed)
            case LegRinging(leg=leg):
                self._distribution.rang(leg, turn)
            case PhoneSilent(leg=leg):
                self._phone_silent(leg, turn)
            case LegAnswered(leg=leg):
                self._calls.answered(leg, turn)
            case LegsBridged(bridge=bridge):
                self._calls.bridged(bridge, turn)
            case LegHungUp(leg=leg, cause=cause):
                turn.attempt(leg, partial(self._orphans.hung_up, leg, turn))
                self._calls.hung_up(leg, cause, turn)
            case LegHeld(leg=leg) | LegUnheld(leg=leg):
                self._calls.talks.hold_key(leg, turn, held=isinstance(input_, LegHeld))
            case RecordingBegan(recording=recording):
                self._calls.recordings.began(recording, turn)
            case RecordingClosed(recording=recording):
                self._calls.recordings.closed(recording, turn)
            case RecordingFinished():
                self._recording_finished(input_, turn)
            case LookUpFinished(look_up=look_up, row=row):
                self._calls.looked_up(look_up, row, turn)
            case LookUpFailed(look_up=look_up):
                self._calls.look_up_failed(look_up, turn)
            case CommandFailed(command=command, status=status):
                self._command_failed(command, status, turn)
            case PhoneReachable(phone=phone) | PhoneUnreachable(phone=phone):
                reachable = isinstance(input_, PhoneReachable)
                self._roster.set_reachable(phone, reachable=reachable)
            case SwitchReconciled():
                self._reconciliation.take(input_, self._catalog, turn)
            case TimePassed():
                if due is not None:
                    deadline_come(*due, self._calls, self._distribution, turn)
            case SitePublished(site=site):
                self._publish(site, turn)
            case CenterResumed() | CenterStopping():
                self._go_on_or_stop(input_, turn)
            case CenterStarted():
                raise AssertionError("a center is started once")
            case _:
                self._grant(input_, turn)

    def _go_on_or_stop(self, input_: CenterResumed | CenterStopping, turn: Turn) -> None:
        self._is_stopping = isinstance(input_, CenterStopping)
        if self._is_stopping:
            dismiss(self._calls, turn)
        else:
            self._calls.take_up(turn)
            self._calls.recordings.take_up(turn)

    def _grant(self, request: Request, turn: Turn) -> None:  # noqa: C901, PLR0912  # one arm each
        match request:
            case PutAgent(profile=profile):
                self._roster.put(profile, turn)
                self._orphans.agent_known(profile, turn)
            case RemoveAgent(agent=agent, by=by):
                self._roster.remove(agent, by, turn)
            case LogIn(agent=agent, by=by, queues=queues, not_ready=reason):
                if reason is not None:
                    self._check_reason(reason)
                self._roster.log_in(agent, by, turn, queues=queues, not_ready=reason)
            case LogOut(agent=agent, by=by):
                self._roster.log_out(agent, by, turn)
            case GoReady(agent=agent, by=by):
                self._roster.go_ready(agent, by, turn)
            case GoNotReady(agent=agent, reason=reason, by=by):
                self._check_reason(reason)
                self._roster.go_not_ready(agent, reason, by, turn)
            case EndWrapUp(agent=agent, by=by):
                self._roster.end_wrap_up(agent, by, turn)
            case ExtendWrapUp(agent=agent, by=by):
                self._roster.extend_wrap_up(agent, by, turn)
            case SetDisposition(agent=agent, disposition=disposition, by=by):
                self._check_disposition(agent, disposition)
                self._roster.set_disposition(agent, disposition, by, turn)
            case SetFlag(flow=flow, flag=flag, value=value):
                self._set_flag(flow, flag, value)
            case CloseQueue() | OpenQueue() | ChangePriority() | MoveWaiting() | WithdrawWaiting():
                self._queue_control.grant(request, turn)
            case LearnHandleTimes(times=times):
                self._distribution.estimator.learn(times)
            case RestoreCallback() | DialCallback() | CancelCallback():
                self._callbacks.grant(request, turn)
            case ForbidNumber(number=number):
                self._callbacks.forbid(self.e164(number), turn)
            case AllowNumber(number=number):
                self._calls.callback_queue.do_not_call.allow(self.e164(number))
            case RestoreLostCall():
                self._calls.queueing.lost_calls.restore(request, turn)
            case RecordApology():
                self._apologies.record(request, self._catalog, turn)

    def _check_reason(self, reason: str) -> None:
        site = self._catalog.site
        if not reason and not site.pauses_need_a_reason:
            return
        if reason not in site.pause_reasons.values():
            listed = ", ".join(site.pause_reasons.values()) or "none"
            raise RequestRefused("unknown_reason", f"the reason must be one of: {listed}")

    def _check_disposition(self, agent: AgentId, disposition: str) -> None:
        queue = self._roster.contact_of(agent).queue
        known = self._distribution.settings[queue].dispositions
        if disposition not in known:
            listed = ", ".join(known) or "none"
            message = f"the dispositions of queue {queue} are: {listed}"
            raise RequestRefused("unknown_disposition", message)

    def _set_flag(self, flow: str, flag: str, value: str) -> None:
        if not self._catalog.has_flag(flow, flag):
            raise RequestRefused("unknown_flag", f"flow {flow} has no flag {flag}")
        if value not in {"on", "off"}:
            raise RequestRefused("flag_invalid", "a flag is on or off")
        self._flags[flow, flag] = value

    def _publish(self, site: Site, turn: Turn) -> None:
        self._catalog = Catalog(site, self._flags, self._watcher)
        self._distribution.configure(site.queues)
        self._calls.publish(self._catalog, turn)

    def _dialed(self, signal: PhoneDialed, turn: Turn) -> None:
        if self._calls.knows(signal.leg):
            return
        agent = self._roster.at_phone(signal.phone)
        prompt, reason = UNKNOWN_PHONE, ""
        if agent is not None:
            prompt, reason = self._do_feature_code(signal.dialed, agent.id, turn)
        variables = {"reason": reason}
        call = announcing(
            signal.leg, prompt, self._catalog, turn, agent=agent, variables=variables
        )
        self._calls.announce(call, turn)

    def _phone_silent(self, leg: LegId, turn: Turn) -> None:
        offer = self._calls.misses.phone_silent(leg, turn)
        if offer is not None:
            self._calls.offer_over(offer, turn)

    def _do_feature_code(self, dialed: str, agent: AgentId, turn: Turn) -> tuple[str, str]:
        request = read_feature_code(dialed, agent, self._catalog.site)
        if request is None:
            return UNKNOWN_CODE, ""
        try:
            self._grant(request, turn)
        except RequestRefused:
            return REFUSED, ""
        reason = request.reason if isinstance(request, GoNotReady) else ""
        return confirmation(request), reason

    def _recording_finished(self, signal: RecordingFinished, turn: Turn) -> None:
        self._calls.recordings.finished(signal, turn)
        speech = signal.seconds if signal.speech is None else signal.speech
        spoken = timedelta(seconds=0 if signal.failed else speech)
        self._calls.message_taken(signal.recording, turn, speech=spoken)

    def _command_failed(self, command: Command, status: int, turn: Turn) -> None:
        match command:
            case DialLeg(leg=leg) | DialOutside(leg=leg):
                # Without a reply the phone may ring all the same; ending what is not is fine.
                turn.do(HangUpLeg(call=command.call, leg=leg))
                # Where the switch could not try, nobody was absent.
                self._calls.hung_up(leg, LOST if status in UNTRIED else ABSENT, turn)
            case BridgeLegs(bridge=bridge):
                self._calls.bridge_failed(bridge, turn)
            case HangUpLeg(leg=leg) if status == 0 and self._calls.knows(leg):
                self._calls.registry.by_leg[leg].was_not_heard = True
            case (
                RecordLeg(recording=recording)
                | RecordCall(recording=recording)
                | FinishRecording(recording=recording)
            ):
                self._calls.recordings.failed(recording, turn)
                self._calls.message_taken(recording, turn, speech=timedelta())
            case PauseRecording(recording=recording):
                self._calls.recordings.pause_refused(recording, turn)
            case ResumeRecording(recording=recording):
                self._calls.recordings.resume_failed(recording, turn)
            case LookUp(look_up=look_up):
                self._calls.look_up_failed(look_up, turn)
            case AnswerLeg() | PlayPrompt() | StartMusic() if status in LEG_GONE:
                if command.leg.startswith(self._minted):
                    turn.do(HangUpLeg(call=command.call, leg=command.leg))
                # A caller is not hung up: who left us may leave a message in the fall-back.
                self._calls.hung_up(command.leg, 0, turn)
            case PlayPrompt(playback=playback):
                self._calls.playback_finished(playback, turn, failed=True)
            case _:
                pass  # what should have stopped has ended or will be found by the inventory

    @property
    def _minted(self) -> str:
        """What the ids of legs that we dialed begin with."""
        return f"{self._clockwork.node}-{self._clockwork.boot}-"
