"""Whatever may happen around a center, for the machine to choose from.

Each incident takes two numbers: whom or what it is about, and how it goes.
"""

from collections.abc import Callable
from datetime import datetime

from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.event import CallbackBooked
from contactcenter_ari.core.vocabulary.ids import AgentId, CallbackId, InteractionId, QueueName
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
    LogIn,
    LogOut,
    MoveWaiting,
    OpenQueue,
    RemoveAgent,
    Request,
    RestoreCallback,
    SetDisposition,
    WithdrawWaiting,
)
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    DigitPressed,
    LegHeld,
    LegRinging,
    LegUnheld,
    LookUpFailed,
    LookUpFinished,
    PhoneSilent,
    RecordingClosed,
    RecordingFinished,
    SwitchReconciled,
    TimePassed,
)
from tests.property.center_world import LEGS_AT_ONCE, START, World, pick_of
from tests.property.made_site import (
    AGENTS,
    CALLERS,
    DISPOSITIONS,
    NUMBERS,
    PROFILES,
    QUEUES,
    SITES,
    seconds,
)

Incident = Callable[[World, int, int], None]
CAUSES = (0, 16, 17, 19, 20, 21, 23)
STATUSES = (0, 400, 404, 409, 422, 500)
CODES = ("*11", "*12", "*13", "*131", "*139", "*14", "77")
PAUSES = (0.01, 0.5, 3, 3, 12, 12, 31, 95, 400)
ASKED_BY_AGENTS: tuple[Callable[[AgentId], Request], ...] = (
    lambda agent: LogIn(agent, "test"),
    lambda agent: LogIn(agent, "test", queues=PROFILES[agent][0][0][:1]),
    lambda agent: LogIn(agent, "test", not_ready="lunch"),
    lambda agent: LogOut(agent, "test"),
    lambda agent: GoReady(agent, "test"),
    lambda agent: GoNotReady(agent, "lunch", "test"),
    lambda agent: GoNotReady(agent, "", "test"),
    lambda agent: GoNotReady(agent, "nonsense", "test"),
    lambda agent: EndWrapUp(agent, "test"),
    lambda agent: ExtendWrapUp(agent, "test"),
    lambda agent: SetDisposition(agent, DISPOSITIONS[0], "test"),
    lambda agent: SetDisposition(agent, "nonsense", "test"),
)
ASKED_OF_CALLERS: tuple[Callable[[InteractionId, QueueName], Request], ...] = (
    lambda caller, queue: MoveWaiting(caller, queue, "test"),
    lambda caller, queue: MoveWaiting(caller, queue, "test"),
    lambda caller, _: WithdrawWaiting(caller, "test"),
    lambda caller, _: ChangePriority(caller, "test", head_start=seconds(60)),
    lambda caller, _: ChangePriority(caller, "test", head_start=seconds(0), priority=5),
    lambda caller, _: ChangePriority(caller, "test", priority=1),
    lambda caller, _: ChangePriority(caller, "test", head_start=seconds(-1)),
    lambda caller, _: ChangePriority(caller, "test", priority=11),
)
ASKED_OF_CALLBACKS: tuple[Callable[[CallbackBooked], Request], ...] = (
    lambda callback: DialCallback(callback.callback, "test"),
    lambda callback: CancelCallback(callback.callback, "test"),
    lambda callback: told_again(callback, callback.callback, callback.at),
    lambda callback: told_again(callback, CallbackId(f"{callback.callback}.old"), None),
)


def told_again(
    booked: CallbackBooked, callback: CallbackId, next_at: datetime | None
) -> RestoreCallback:
    """The callback, or one like it, as another process would tell of it."""
    return RestoreCallback(
        callback=callback,
        interaction=booked.interaction,
        queue=booked.queue,
        dialed=booked.dialed,
        waiting_since=booked.waiting_since,
        head_start=booked.head_start,
        priority=booked.priority,
        flow=booked.flow,
        language=booked.language,
        hours=booked.hours,
        attempts=booked.attempts,
        attempts_made=booked.attempts - 1,
        retry_after=booked.retry_after,
        next_at=next_at,
        expires_at=booked.expires_at,
        mode=booked.mode,
    )


# Callers and agents


def call_in(world: World, pick: int, how: int) -> None:
    """Some people call in the same instant."""
    for number in range(1 + how % 3):
        if len(world.live) < LEGS_AT_ONCE:
            called = pick_of(NUMBERS, pick + 5 * number)
            world.call_in(called, pick_of(CALLERS, how // 3 + number))


def press(world: World, pick: int, how: int) -> None:
    """A key is pressed, on an agent's phone as well."""
    if world.live:
        world.take(DigitPressed(pick_of(world.live, pick), pick_of("12259#", how)))


def come_to_work(world: World, pick: int, how: int) -> None:
    """An agent is known, reachable and logged in."""
    world.arrive(pick_of(AGENTS, pick), how)


def ask(world: World, pick: int, how: int) -> None:
    """An agent asks for another state, or to be done with the work after a talk."""
    world.take(pick_of(ASKED_BY_AGENTS, how)(pick_of(AGENTS, pick)))


def dial(world: World, pick: int, how: int) -> None:
    """A phone dials a feature code."""
    if len(world.live) < LEGS_AT_ONCE:
        world.dial(pick_of(AGENTS, pick), pick_of(CODES, how))


# Phones and lines


def say_nothing(world: World, pick: int, how: int) -> None:
    """A phone is reported as silent about its call, also when it has just rung."""
    if world.ringing:
        leg = pick_of(world.ringing, pick)
        if how % 2:
            world.take(LegRinging(leg))
        world.take(PhoneSilent(leg))


def connect(world: World, pick: int, how: int) -> None:
    """A phone is picked up, and everything goes well."""
    del how
    wanted = [leg for leg in world.ringing if leg not in world.ending]
    if wanted:
        world.connect(pick_of(wanted, pick))


def answer(world: World, pick: int, how: int) -> None:
    """Some phones are picked up in the same instant."""
    for number in range(1 + how % 2):
        if world.ringing:
            world.answer(pick_of(world.ringing, pick + number))


def miss(world: World, pick: int, how: int) -> None:
    """A phone rings, or is busy, refused, or cannot be reached."""
    wanted = [leg for leg in world.ringing if leg not in world.ending]
    if wanted:
        leg, cause = pick_of(wanted, pick), pick_of((None, *CAUSES), how)
        if cause is None:
            world.take(LegRinging(leg))
        else:
            world.lose(leg, cause)


def hang_up(world: World, pick: int, how: int) -> None:
    """Any leg ends."""
    if world.live:
        world.lose(pick_of(world.live, pick), pick_of(CAUSES, how))


def vanish(world: World, pick: int, how: int) -> None:
    """A phone dies, and the switch has noticed it; mostly one that was picked up."""
    up = [leg for leg in world.live if leg not in world.ringing]
    if legs := world.live if how % 8 == 0 else up:
        world.vanish(pick_of(legs, pick))


def end_as_told(world: World, pick: int, how: int) -> None:
    """A leg that was to be hung up is gone."""
    del how
    if world.ending:
        world.lose(pick_of(world.ending, pick))


def finish_prompt(world: World, pick: int, how: int) -> None:
    """A prompt ends."""
    if world.playing:
        world.finish(pick_of(world.playing, pick), failed=how % 8 == 0)


def join(world: World, pick: int, how: int) -> None:
    """The parties hear each other, or the legs could not be joined."""
    if world.joining:
        status = pick_of((None, *STATUSES), max(how - 64, 0))
        bridge = pick_of(world.joining, pick)
        if status is None:
            world.join(bridge)
        else:
            world.joining.remove(bridge)
            world.take(CommandFailed(bridge, status, "test"))


def close_recording(world: World, pick: int, how: int) -> None:
    """A recording is closed, or its file finished."""
    if how % 2 and world.recording:
        world.take(RecordingClosed(world.recording.pop(pick % len(world.recording))))
    elif world.finishing:
        recording = world.finishing.pop(pick % len(world.finishing))
        world.take(RecordingFinished(recording, "/x.wav", 3, failed=how % 8 == 0))


def hold(world: World, pick: int, how: int) -> None:
    """Somebody presses the hold key of a phone."""
    if world.live:
        leg = world.live[pick % len(world.live)]
        world.take(LegHeld(leg) if how % 2 else LegUnheld(leg))


def answer_look_up(world: World, pick: int, how: int) -> None:
    """A look-up answers, or fails."""
    if world.asked:
        asked = world.asked.pop(pick % len(world.asked)).look_up
        failed = LookUpFailed(asked, "test")
        world.take(failed if how % 4 == 0 else LookUpFinished(asked, {}))


# Supervisors and engineers


def control(world: World, pick: int, how: int) -> None:
    """A waiting caller is moved up, down, over, or out."""
    waiting = world.waiting()
    if waiting:
        request = pick_of(ASKED_OF_CALLERS, how)
        world.take(request(pick_of(waiting, pick), pick_of(QUEUES, how // 8).name))


def keep_callback(world: World, pick: int, how: int) -> None:
    """A callback, open or over, is to be kept next, or told again, or taken back."""
    if world.booked:
        world.take(pick_of(ASKED_OF_CALLBACKS, how)(pick_of(world.booked, pick)))


def tell_callback(world: World, pick: int, how: int) -> None:
    """Another process had a callback open that is not known here."""
    world.take(
        RestoreCallback(
            callback=CallbackId(f"old-{pick % 8}"),
            interaction=InteractionId("old"),
            queue=pick_of(QUEUES, pick).name,
            dialed=pick_of(CALLERS[1:3], pick),
            waiting_since=START - seconds(how % 3),
            head_start=seconds(0),
            priority=5,
            flow="booked",
            language="en",
            hours="",
            attempts=3,
            attempts_made=how % 4,
            retry_after=seconds(60),
            next_at=None,
            expires_at=START + seconds(3600),
            mode=pick_of(tuple(CallbackMode), how),
        )
    )


def change_agent(world: World, pick: int, how: int) -> None:
    """The directory has an agent, as it was or another way."""
    world.put(pick_of(AGENTS, pick), how)


def remove_agent(world: World, pick: int, how: int) -> None:
    """The directory has an agent no more."""
    del how
    world.take(RemoveAgent(pick_of(AGENTS, pick), "test"))


def plug(world: World, pick: int, how: int) -> None:
    """A phone comes or goes."""
    if how % 2:
        world.register(pick_of(AGENTS, pick))
    else:
        world.unregister(pick_of(AGENTS, pick))


def close_queue(world: World, pick: int, how: int) -> None:
    """Nobody may wait here now, or callers may again."""
    queue = pick_of(QUEUES, pick).name
    world.take(OpenQueue(queue, "test") if how % 3 else CloseQueue(queue, "test"))


def publish(world: World, pick: int, how: int) -> None:
    """The queues are run another way from now on."""
    del how
    world.take(SitePublished(pick_of(SITES, pick)))


def forbid(world: World, pick: int, how: int) -> None:
    """A number may not be called any more, or may again."""
    number = pick_of(CALLERS, pick)
    world.take(AllowNumber(number, "test") if how % 3 else ForbidNumber(number, "test"))


# Time and faults


def wait(world: World, pick: int, how: int) -> None:
    """Time passes; the center is woken as it asked for."""
    del how
    world.wait(pick_of(PAUSES, pick))


def wake(world: World, pick: int, how: int) -> None:
    """The next deadline comes, and nothing else before it."""
    del pick, how
    if world.center.next_deadline() is not None:
        world.come_to()
        world.take(TimePassed())


def come_to(world: World, pick: int, how: int) -> None:
    """A deadline comes or has just passed; something else comes before the center is woken."""
    del pick
    if world.center.next_deadline() is not None:
        world.come_to(late=0.5 if how % 4 == 0 else 0)


def reconcile(world: World, pick: int, how: int) -> None:
    """An inventory, some seconds old; a leg may have ended unheard, or a talk be found."""
    if world.live and how % 4 == 0:
        world.forget(pick_of(world.live, pick))
        world.unheard = True
    if how % 7 == 0 and len(world.live) < LEGS_AT_ONCE:
        world.find_talk(pick_of(AGENTS, pick), pick_of(NUMBERS, pick), pick_of(CALLERS, how))
    taken_at = max(START, world.now - seconds(pick_of((0, 2, 30), how)))
    world.take(world.inventory(taken_at))


def fail_command(world: World, pick: int, how: int) -> None:
    """Some command of late failed, or is said to have."""
    if world.commands:
        world.take(CommandFailed(pick_of(world.commands, pick), pick_of(STATUSES, how), "test"))


def repeat_input(world: World, pick: int, how: int) -> None:
    """Some input of late comes again."""
    del how
    if world.inputs:
        again = pick_of(world.inputs, pick)
        world.unheard = world.unheard or isinstance(again, SwitchReconciled)
        world.take(again)
        world.reachable = {phone for phone in world.reachable if world.is_reachable(phone)}


WEIGHTS: dict[Incident, int] = {
    connect: 10,
    call_in: 7,
    answer: 6,
    finish_prompt: 6,
    come_to: 5,
    wake: 5,
    wait: 5,
    ask: 5,
    come_to_work: 5,
    control: 4,
    end_as_told: 4,
    join: 4,
    press: 4,
    hang_up: 3,
    vanish: 3,
    miss: 3,
}
INCIDENTS: tuple[Incident, ...] = (
    *(often for often, weight in WEIGHTS.items() for _ in range(weight)),
    *(
        dial,
        close_recording,
        hold,
        answer_look_up,
        keep_callback,
        tell_callback,
        change_agent,
        remove_agent,
        plug,
        say_nothing,
    ),
    *(close_queue, publish, forbid, reconcile, fail_command, repeat_input),
)
"""Those that happen often, and those that happen now and then."""
