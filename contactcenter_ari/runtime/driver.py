"""The driver: one loop, one writer, one turn at a time.

Inputs come into the inbox; each is logged, handled by the core, and what comes out is handed
on: commands to the switch and the look-ups, events to the journal. Nothing awaits inside a
turn. A fault of ours in a turn is logged and counted; the core keeps it to the call it
belongs to.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.fault_recovery import NAMES
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import (
    CenterResumed,
    CenterStopping,
    Input,
    Site,
    SitePublished,
)
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import Command, LookUp
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.request import LogOut, Request
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LookUpFailed,
    Signal,
    TimePassed,
)
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.garbage import Collector
from contactcenter_ari.runtime.histogram import Histogram
from contactcenter_ari.runtime.input_log import Digest
from contactcenter_ari.runtime.keeper import Keeper
from contactcenter_ari.runtime.port import Journal, Log, LookUps, Switch
from contactcenter_ari.runtime.sealing import Kept, plain, sealed
from contactcenter_ari.runtime.vault import Vault

log = structlog.get_logger(__name__)

INBOX_LIMIT = 2_000
"""With more inputs waiting than this, new calls are sent to the dialplan's fall-back."""
HUNG_AFTER = timedelta(seconds=2)
"""With inputs waiting and no turn taken for this long, it does not handle them any more."""
TURNS_AT_ONCE = 100
"""How many turns are taken before other tasks of the loop get their chance."""
TEND_EVERY = timedelta(seconds=1)
TURN_BOUNDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)
"""Seconds that turns are counted by."""
CENTER = "center"
"""The author of a request that nobody made."""

Answer = asyncio.Future[None]


class Driver:
    """Runs a center in real time; must be made inside a running event loop, then `run`."""

    def __init__(
        self,
        *,
        center: Center,
        digest: Digest,
        clock: Clock,
        journal: Journal,
        input_log: Log,
        keeper: Keeper | None = None,
        vault: Vault | None = None,
        collector: Collector | None = None,
    ) -> None:
        self.center = center
        self.digest = digest
        self.turns = 0
        self.turn_times = Histogram(TURN_BOUNDS)
        self.faults = 0
        self._clock = clock
        self._journal = journal
        self._log = input_log
        self.keeper = keeper
        self._vault = vault
        self._collector = collector
        self._tick: asyncio.TimerHandle | None = None
        self._switch: Switch | None = None
        self._look_ups: LookUps | None = None
        self._questions: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[tuple[Input, Answer | None]] = deque()
        self._turned_at = self._loop.time()
        self._draining = True  # until `run`, inputs only gather
        self.leaving = False
        self._timer: asyncio.TimerHandle | None = None
        self._due_at: datetime | None = None
        self._timers_held = False

    def __repr__(self) -> str:
        return f"<Driver {self.turns} turns, {len(self._inbox)} waiting, {self.faults} faults>"

    @property
    def accepts_calls(self) -> bool:
        """Whether it keeps up with its inputs, and is not being drained."""
        return not self.leaving and len(self._inbox) < INBOX_LIMIT

    @property
    def keeps_up(self) -> bool:
        """Whether inputs are being handled: none waits, or a turn was taken a moment ago."""
        idle_for = self._loop.time() - self._turned_at
        return not self._inbox or idle_for < HUNG_AFTER.total_seconds()

    @property
    def backlog(self) -> int:
        """How many inputs wait."""
        return len(self._inbox)

    def drain(self) -> None:
        """Take no new calls; those in progress go on."""
        self.leaving = True

    def end_calls(self) -> None:
        """Hang up the callers who are left, after an apology."""
        self._enqueue(CenterStopping(), None)

    def calls_in_progress(self) -> int:
        """How many legs run a flow, wait or talk."""
        return self.center.calls_in_progress()

    def put(self, signal: Signal) -> None:
        """Take a signal; it is handled soon, in order."""
        self._enqueue(signal, None)

    def publish(self, site: Site) -> None:
        """Take a new configuration; calls in flight keep theirs."""
        self._enqueue(SitePublished(site), None)

    def log_out(self, agents: Iterable[AgentId]) -> None:
        """Log agents out who have gone home while the program was away."""
        for agent in agents:
            self._enqueue(LogOut(agent, CENTER), None)

    def hold_timers(self) -> None:
        """Let no deadline pass until `resume`: what came meanwhile is not yet known."""
        self._timers_held = True
        self._arm_timer()

    def resume(self) -> None:
        """The center was rebuilt and is connected: flows are taken up, time passes again."""
        self._timers_held = False
        self._enqueue(CenterResumed(), None)

    async def request(self, request: Request) -> None:
        """Take a request and wait until it is granted.

        Raises:
            RequestRefused: it cannot be granted; nothing was changed.
        """
        answer = self._loop.create_future()
        self._enqueue(request, answer)
        await answer

    async def run(self, switch: Switch, look_ups: LookUps) -> None:
        """Take turns until cancelled; inputs that came before are handled first."""
        self._switch, self._look_ups = switch, look_ups
        try:
            self._drain()
            self._tend_again()
            await self._loop.create_future()
        finally:
            self._switch, self._draining = None, True
            if self._tick is not None:
                self._tick.cancel()
            if self.keeper is not None:
                self.keeper.close()
            for _, answer in self._inbox:
                if answer is not None:
                    answer.cancel()
            self._inbox.clear()
            if self._timer is not None:
                self._timer.cancel()
            for question in self._questions:
                question.cancel()
            await asyncio.gather(*self._questions, return_exceptions=True)

    def _enqueue(self, input_: Input, answer: Answer | None) -> None:
        self._inbox.append((input_, answer))
        if not self._draining:
            self._draining = True
            self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        if self._switch is None:
            return  # ended meanwhile
        begun = perf_counter()
        turns = min(len(self._inbox), TURNS_AT_ONCE)
        for _ in range(turns):
            input_, answer = self._inbox.popleft()
            self._take(input_, answer)
            ended = perf_counter()
            self.turn_times.add(ended - begun)
            begun = ended
        if self._inbox:
            self._loop.call_soon(self._drain)
        else:
            self._draining = False
        self._arm_timer()
        self._tend()
        if self._collector is not None:
            self._collector.after_turns(turns)

    def finish(self) -> None:
        """After `run`, at an orderly stop: keep the state as it is now."""
        if self.keeper is not None:
            self.keeper.finish(self.center, self.digest, self._clock.now())

    def _tend_again(self) -> None:
        """Now and every second, also when nothing comes in."""
        self._tend()
        if self._collector is not None:
            idle_for = self._loop.time() - self._turned_at
            self._collector.after_second(quiet=idle_for >= TEND_EVERY.total_seconds())
        self._tick = self._loop.call_later(TEND_EVERY.total_seconds(), self._tend_again)

    def _tend(self) -> None:
        """See to the input log and its snapshots."""
        if self.keeper is None:
            return
        try:
            self.keeper.tend(self.center, self.digest, self._clock.now())
        except Exception:
            self.faults += 1
            log.exception("snapshot.failed")

    def _take(self, input_: Input, answer: Answer | None) -> None:
        now, input_ = self._clock.now(), plain(input_)
        self._keep(now, input_)
        self.turns += 1
        self._turned_at = self._loop.time()
        try:
            handled = self.center.take(input_, now)
        except RequestRefused as refusal:
            self.digest.add(f"refused {refusal.code}")
            _settle(answer, refusal)
        except Exception as fault:  # noqa: BLE001  # noted; the next input is taken
            self.digest.add("fault")
            self._note(fault, input_)
            _settle(answer, fault)
        else:
            self.digest.add(handled.outcome)
            if self.keeper is not None:
                self.keeper.note(input_, handled.outcome)
            for mended in handled.faults:
                self._note(mended, input_)
            self._hand_on(input_, handled.outcome)
            _settle(answer, next(iter(handled.faults), None))

    def _keep(self, now: datetime, input_: Input) -> None:
        """Log an input; a fault with a secret in it must neither stop nor tell it."""
        try:
            kept = sealed(input_, self.center, self._vault)
        except Exception as fault:  # noqa: BLE001  # noted; the input is handled
            self._note(fault, input_)
            kept = Kept(input_)
        digest = self.digest.text
        self._log.append(now, kept.input, digest, call=kept.call, sealed=kept.sealed)

    def _hand_on(self, input_: Input, outcome: Outcome) -> None:
        for command in outcome.commands:
            try:
                self._carry_out(command)
            except Exception as fault:  # noqa: BLE001  # noted; the others are carried out
                self._note(fault, input_)
        try:
            if outcome.events:
                self._journal.record(outcome.events)
        except Exception as fault:  # noqa: BLE001  # noted; calls go on
            self._note(fault, input_)

    def _carry_out(self, command: Command) -> None:
        assert self._switch is not None, "turns are taken while running"
        if isinstance(command, LookUp):
            question = self._loop.create_task(self._ask(command))
            self._questions.add(question)
            question.add_done_callback(self._questions.discard)
        else:
            self._switch.submit(command)

    def _note(self, fault: Exception, input_: Input | Command) -> None:
        self.faults += 1
        name = type(input_).__name__
        log.error("turn.failed", input=name, turn=self.turns, exc_info=fault, **_ids(input_))

    async def _ask(self, question: LookUp) -> None:
        assert self._look_ups is not None, "turns are taken while running"
        try:
            answer = await self._look_ups.answer(question)
        except Exception as fault:  # noqa: BLE001  # noted; the caller takes the error exit
            self._note(fault, question)
            answer = LookUpFailed(question.look_up, f"{question.name}: fault")
        self.put(answer)

    def _arm_timer(self) -> None:
        due_at = None if self._timers_held else self.center.next_deadline()
        if due_at == self._due_at and self._timer is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due_at = due_at
        if due_at is not None:
            delay = max(0.0, (due_at - self._clock.now()).total_seconds())
            self._timer = self._loop.call_later(delay, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._due_at = None
        self._enqueue(TimePassed(), None)


def _ids(input_: Input | Command) -> dict[str, str]:
    """The ids that an input or a command names, for its line in the log; a call has the id of its
    interaction.
    """
    subject = input_.command if isinstance(input_, CommandFailed) else input_
    ids = {name: str(value) for name in NAMES if (value := getattr(subject, name, None))}
    call = ids.pop("call", "") or ids.get("playback", "").rpartition(".")[0]
    return {"interaction": call, **ids} if call else ids


def _settle(answer: Answer | None, error: Exception | None) -> None:
    if answer is None or answer.done():
        return
    if error is None:
        answer.set_result(None)
    else:
        answer.set_exception(error)
