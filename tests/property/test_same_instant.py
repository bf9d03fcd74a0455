"""Whatever meets in one instant may come in either order.

Each scene stops in the instant in which a deadline is due, before the center is woken. Then any
two things happen that may happen there, in both orders, and the accounts must hold: after each
turn, when everybody falls silent, and when all are gone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId
from contactcenter_ari.core.vocabulary.request import (
    CancelCallback,
    ChangePriority,
    CloseQueue,
    DialCallback,
    EndWrapUp,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    LogOut,
    MoveWaiting,
    OpenQueue,
    RemoveAgent,
    SetDisposition,
    WithdrawWaiting,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    PhoneSilent,
    TimePassed,
)
from tests.property.center_world import World
from tests.property.made_site import AGENTS, CALLERS, DISPOSITIONS, EVERYBODY, QUEUES, SITES

Move = Callable[[World], None]
ANN, BEN, CAS, DOT, EVE = AGENTS


def callers(world: World) -> list[LegId]:
    """The legs of those who called in, the first to call first."""
    return [leg for leg in world.live if leg.startswith("in.")]


def rung(world: World) -> list[LegId]:
    """The phones that ring and are meant to."""
    return [leg for leg in world.ringing if leg not in world.ending]


def dialed(world: World) -> list[LegId]:
    """The legs we dialed, the first first, be they in a talk."""
    return [leg for leg in world.live if not leg.startswith("in.")]


# What may happen


def wakes(world: World) -> None:
    """The center is woken for what is due."""
    world.take(TimePassed())


def caller_leaves(world: World) -> None:
    """The first caller hangs up."""
    if callers(world):
        world.lose(callers(world)[0])


def last_caller_leaves(world: World) -> None:
    """The last caller hangs up."""
    if callers(world):
        world.lose(callers(world)[-1])


def answers(world: World) -> None:
    """The first phone is picked up."""
    if rung(world):
        world.answer(rung(world)[0])


def other_answers(world: World) -> None:
    """The last phone is picked up."""
    if world.ringing:
        world.answer(world.ringing[-1])


def refuses(world: World) -> None:
    """The first phone is busy."""
    if rung(world):
        world.lose(rung(world)[0], 17)


def dialed_leg_ends(world: World) -> None:
    """The other party hangs up, or its phone is gone."""
    if dialed(world):
        world.lose(dialed(world)[0])


def is_joined(world: World) -> None:
    """The parties hear each other."""
    if world.joining:
        world.join(world.joining[0])


def is_not_joined(world: World) -> None:
    """The legs could not be joined."""
    if world.joining:
        world.take(CommandFailed(world.joining.pop(0), 500, "test"))


def prompt_ends(world: World) -> None:
    """The prompt that began first is over."""
    if world.playing:
        world.finish(world.playing[0])


def prompt_fails(world: World) -> None:
    """The leg that was to hear something is gone."""
    if world.playing:
        world.take(CommandFailed(world.playing.pop(), 404, "test"))


def presses(digit: str) -> Move:
    """The last caller presses a key."""

    def press(world: World) -> None:
        if callers(world):
            world.take(DigitPressed(callers(world)[-1], digit))

    press.__name__ = f"presses_{digit}"
    return press


def calls_in(world: World) -> None:
    """Somebody else calls."""
    world.call_in("+320", CALLERS[1])


def calls_again(world: World) -> None:
    """The arrival of a caller is told twice."""
    for again in [input_ for input_ in world.inputs if isinstance(input_, CallArrived)][:1]:
        world.take(again)


def logs_out(world: World) -> None:
    """The agent leaves."""
    world.take(LogOut(ANN, "test"))


def pauses(world: World) -> None:
    """The agent takes a break."""
    world.take(GoNotReady(ANN, "lunch", "test"))


def goes_ready(world: World) -> None:
    """The agent takes calls again."""
    world.take(GoReady(ANN, "test"))


def ends_wrap_up(world: World) -> None:
    """The agent is done early."""
    world.take(EndWrapUp(ANN, "test"))


def extends(world: World) -> None:
    """The agent wants more time."""
    world.take(ExtendWrapUp(ANN, "test"))


def notes(world: World) -> None:
    """The agent says what came of the talk."""
    world.take(SetDisposition(ANN, DISPOSITIONS[0], "test"))


def is_unplugged(world: World) -> None:
    """The agent's phone cannot be reached any more."""
    world.unregister(ANN)


def says_nothing(world: World) -> None:
    """The first phone that rings is told to have said nothing."""
    if rung(world):
        world.take(PhoneSilent(rung(world)[0]))


def is_removed(world: World) -> None:
    """The agent is in the directory no more."""
    world.take(RemoveAgent(ANN, "test"))


def is_changed(world: World) -> None:
    """The agent serves other queues, with other skills."""
    world.put(ANN, 1)


def comes(agent: AgentId) -> Move:
    """Another agent comes to work."""

    def come(world: World) -> None:
        world.arrive(agent)

    come.__name__ = f"{agent}_comes"
    return come


def moves_over(world: World) -> None:
    """A supervisor lets the last who waits wait for everybody."""
    if world.waiting():
        world.take(MoveWaiting(world.waiting()[-1], EVERYBODY, "test"))


def withdraws(world: World) -> None:
    """A supervisor takes the first who waits out of the line."""
    if world.waiting():
        world.take(WithdrawWaiting(world.waiting()[0], "test"))


def moves_up(world: World) -> None:
    """A supervisor puts the last who waits first."""
    if world.waiting():
        world.take(ChangePriority(world.waiting()[-1], "test", priority=1))


def closes(world: World) -> None:
    """A supervisor closes all queues."""
    for queue in QUEUES:
        world.take(CloseQueue(queue.name, "test"))


def opens(world: World) -> None:
    """A supervisor opens all queues."""
    for queue in QUEUES:
        world.take(OpenQueue(queue.name, "test"))


def publishes(world: World) -> None:
    """All queues are run another way."""
    world.take(SitePublished(SITES[1]))


def reconciles(world: World) -> None:
    """The switch tells what lives in it."""
    world.take(world.inventory(world.now))


def finds(world: World) -> None:
    """The switch tells of a talk of which nothing is known, with the first agent in it."""
    world.find_talk(ANN, "+320", CALLERS[0])
    reconciles(world)


def forgets(world: World) -> None:
    """The switch has forgotten the first leg that was dialed."""
    if dialed(world):
        world.forget(dialed(world)[0])
        world.unheard = True
    reconciles(world)


def takes_back(world: World) -> None:
    """A person takes the callback back."""
    for callback in world.booked:
        world.take(CancelCallback(callback.callback, "test"))


def wants_kept(world: World) -> None:
    """A person wants the callback kept next."""
    for callback in world.booked:
        world.take(DialCallback(callback.callback, "test"))


# Where it happens


def rings(world: World) -> None:
    """One phone rings and another caller waits."""
    world.arrive(ANN)
    world.call_in("+311", CALLERS[1])
    world.call_in("+313", CALLERS[2])


def all_ring(world: World) -> None:
    """Three phones ring for one caller, and another waits."""
    for agent in (ANN, BEN, CAS):
        world.arrive(agent)
    world.call_in("+320", CALLERS[1])
    world.call_in("+321")


def joins(world: World) -> None:
    """An agent has picked up, and the switch has not said that both are joined."""
    rings(world)
    world.answer(world.ringing[0])


def plays_agent_prompt(world: World) -> None:
    """An agent hears who comes, and another caller waits."""
    world.arrive(ANN, 2)
    world.call_in("+317", CALLERS[1])
    world.call_in("+317")
    world.answer(world.ringing[0])


def talks(world: World) -> None:
    """An agent talks, and another caller has waited long."""
    rings(world)
    world.connect(world.ringing[0])


def wraps_up(world: World) -> None:
    """An agent writes up a talk, and another caller waits."""
    world.arrive(ANN, 1)
    world.call_in("+315")
    world.call_in("+316", CALLERS[1])
    world.connect(world.ringing[0])
    world.lose(callers(world)[0])
    world.wait(5)


def waits(world: World) -> None:
    """Two callers wait for an agent who is at lunch."""
    world.arrive(ANN)
    own = world.dial(ANN, "77")
    world.call_in("+311")
    world.call_in("+319", CALLERS[1])
    pauses(world)
    world.lose(own)


def relaxes(world: World) -> None:
    """A caller asks for less skill from now on, and for an agent who let this caller pass."""
    world.arrive(ANN, 1)
    world.arrive(EVE)
    world.call_in("+315")
    world.call_in("+316", CALLERS[1])
    for leg in list(world.ringing):
        world.lose(leg, 17)


def is_called_back(world: World) -> None:
    """A customer's phone rings, as booked, and a caller waits."""
    world.arrive(ANN)
    caller = world.call_in("+322", CALLERS[1])
    world.dial(ANN, "77")
    world.lose(caller)
    world.call_in("+311")
    world.wait(5)


def waits_for_customer(world: World) -> None:
    """An agent has picked up for a customer whose phone rings."""
    world.arrive(ANN)
    world.arrive(BEN)
    pauses(world)
    world.take(GoNotReady(BEN, "lunch", "test"))
    leg = world.call_in("+320", CALLERS[1])
    world.take(DigitPressed(leg, "2"))
    world.lose(leg)
    goes_ready(world)
    world.answer(world.ringing[0])
    world.wait(5)


@dataclass(frozen=True, slots=True)
class Scene:
    """Two things that meet, and their state. `shows` are the phones that ring, the callers who
    wait, the bridges awaited, and the state of the first agent.
    """

    set_up: Move
    shows: tuple[int, int, int, str]
    moves: tuple[Move, ...]

    @property
    def name(self) -> str:
        """The name of its set-up."""
        return self.set_up.__name__


PEOPLE: tuple[Move, ...] = (wakes, caller_leaves, last_caller_leaves, calls_in, presses("5"))
PHONES: tuple[Move, ...] = (
    answers,
    other_answers,
    refuses,
    dialed_leg_ends,
    is_unplugged,
    says_nothing,
)
AGENT: tuple[Move, ...] = (logs_out, pauses, goes_ready, is_removed, is_changed)
QUEUE_CONTROL: tuple[Move, ...] = (moves_over, withdraws, moves_up, closes, opens)
SWITCH: tuple[Move, ...] = (forgets, reconciles, finds, calls_again, publishes)
SCENES = (
    Scene(
        rings,
        (1, 2, 0, "offered"),
        (*PEOPLE, *PHONES, *AGENT, *QUEUE_CONTROL, *SWITCH, presses("2"), comes(BEN)),
    ),
    Scene(
        all_ring,
        (3, 2, 0, "offered"),
        (*PEOPLE, *PHONES, logs_out, pauses, is_removed, *QUEUE_CONTROL, comes(EVE)),
    ),
    Scene(
        joins,
        (0, 2, 1, "offered"),
        (*PEOPLE, *PHONES[2:], is_joined, is_not_joined, *AGENT, *QUEUE_CONTROL, *SWITCH),
    ),
    Scene(
        plays_agent_prompt,
        (0, 2, 0, "offered"),
        (*PEOPLE, dialed_leg_ends, prompt_ends, prompt_fails, *AGENT, *QUEUE_CONTROL, *SWITCH),
    ),
    Scene(
        talks,
        (0, 1, 0, "on_call"),
        (*PEOPLE, dialed_leg_ends, *AGENT, *QUEUE_CONTROL, *SWITCH),
    ),
    Scene(
        wraps_up,
        (0, 1, 0, "wrap_up"),
        (*PEOPLE, *AGENT, ends_wrap_up, extends, notes, *QUEUE_CONTROL, publishes),
    ),
    Scene(
        waits,
        (0, 2, 0, "not_ready"),
        (*PEOPLE, *AGENT, *QUEUE_CONTROL, *SWITCH, presses("1"), presses("2"), comes(BEN)),
    ),
    Scene(
        relaxes,
        (1, 2, 0, "offered"),
        (*PEOPLE, refuses, *AGENT, *QUEUE_CONTROL, publishes, comes(DOT), comes(BEN)),
    ),
    Scene(
        is_called_back,
        (1, 1, 0, "ready"),
        (*PEOPLE, *PHONES[:4], *AGENT, closes, takes_back, wants_kept, *SWITCH),
    ),
    Scene(
        waits_for_customer,
        (1, 0, 0, "on_call"),
        (*PEOPLE, *PHONES, *AGENT, closes, takes_back, prompt_ends, *SWITCH),
    ),
)
FIRST = [(scene, move) for scene in SCENES for move in scene.moves]


def played(scene: Scene, *moves: Move) -> World:
    """The world after the moves, all in the instant in which something is due."""
    world = World()
    scene.set_up(world)
    world.come_to()
    for move in moves:
        move(world)
    return world


@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_a_scene_is_as_told(scene: Scene) -> None:
    """Otherwise its moves would meet nothing."""
    world = played(scene)
    agent = world.center.agents(world.now)[0]
    shown = (len(world.ringing), len(world.waiting()), len(world.joining), agent.state)
    assert shown == scene.shows
    assert world.center.next_deadline() == world.now


@pytest.mark.parametrize(
    ("scene", "first"), FIRST, ids=[f"{scene.name}-{move.__name__}" for scene, move in FIRST]
)
def test_in_either_order(scene: Scene, first: Move) -> None:
    """Whatever comes second in the same instant, the accounts hold, and nothing is left."""
    for second in scene.moves:
        world = played(scene, first, second)
        world.fall_silent()
        world.end()
