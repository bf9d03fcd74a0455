"""The verb `queue`."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow.language.destination import HANG_UP, Destination, Exit, Lead
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.exit import by_key, each
from contactcenter_ari.core.flow.verb.spec import (
    Kind,
    Option,
    OutcomeSpec,
    OutcomeVerb,
    Question,
    VerbSpec,
)
from contactcenter_ari.core.spoken.value import DURATION, INTEGER
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep

DEFAULT_PRIORITY = 5


class Announcement(msgspec.Struct, frozen=True):
    """A prompt played while waiting: first `after` this long, then `every` so often (once when
    None). A prompt with the wait or the position is left out while these are not known, and
    `longer` is played in its place once the wait grew beyond the announced one.
    """

    prompt: str
    after: timedelta
    every: timedelta | None = None
    longer: str = ""


class Queue(OutcomeVerb, frozen=True, tag="queue"):
    """Wait for an agent. None stands for the setting of the queue in `queues.yaml`. `priority` is
    a class, 1 first; `head_start` counts as time already waited. `skills` are the least levels
    asked for, step by step; `prefer` is an agent to wait for alone during `prefer_for`. Outcomes
    answered, timeout, no_agents, full, closed, diverted, lead to `next`; `answered` after the
    agent has left, `closed` like `no_agents` unless it has a way of its own.
    """

    specs = (
        VerbSpec(
            value=Option("queue", Kind.QUEUE, "which queue"),
            options=(
                Option(
                    "priority",
                    Kind.EXPRESSION,
                    "class of the caller, 1 is served first; without it 5",
                    wanted=INTEGER,
                ),
                Option(
                    "head_start",
                    Kind.EXPRESSION,
                    "a duration that counts as time waited already",
                    wanted=DURATION,
                ),
                Option("skills", Kind.SKILLS, "what an agent must be able to do, 1 to 9 (best)"),
                Option("prefer", Kind.EXTENSION, "the agent to wait for first"),
                Option(
                    "prefer_for",
                    Kind.DURATION,
                    "how long the caller waits for that agent alone",
                    most=timedelta(hours=1),
                ),
                Option("greeting", Kind.GREETING, "what the caller hears first"),
                Option("music", Kind.TEXT, "music class; without it that of the queue"),
                Option("announce", Kind.ANNOUNCEMENTS, "what the caller hears now and then"),
                Option(
                    "keys",
                    Kind.KEYS,
                    "keys the caller may press; the position is kept, and `return` waits on",
                ),
                Option(
                    "max_wait", Kind.DURATION, "the longest wait; without it that of the queue"
                ),
                Option(
                    "next",
                    Kind.OUTCOMES,
                    "where the outcomes lead; answered ends the call",
                ),
            ),
            outcomes=(
                OutcomeSpec("answered", "the agent has left after the talk", otherwise=HANG_UP),
                OutcomeSpec("timeout", "nobody answered within max_wait", needed=True),
                OutcomeSpec("no_agents", "no agent takes calls", needed=True),
                OutcomeSpec("full", "as many callers wait as the queue takes", like="no_agents"),
                OutcomeSpec("closed", "a supervisor closed the queue", like="no_agents"),
                OutcomeSpec(
                    "diverted",
                    "the estimated wait is too long by the queue's settings",
                    like="no_agents",
                ),
            ),
            help="Lets the caller wait for an agent, with music, announcements and keys.",
            example="- queue: claims\n  priority: 1 if customer.found else 5"
            "\n  announce: [{prompt: position, after: 10s, every: 45s}]"
            '\n  keys: {"1": call_back}\n  max_wait: 15m'
            "\n  next: {timeout: too_long, no_agents: nobody, closed: shut}",
            person=True,
            busy=True,
            also=("enqueue", "acd", "transfer_to_queue"),
        ),
    )

    queue: QueueName
    next: dict[str, Destination]
    priority: Expression | None = None
    head_start: Expression | None = None
    skills: tuple[SkillStep, ...] = ()
    prefer: Expression | None = None
    prefer_for: timedelta = timedelta(seconds=30)
    greeting: str = ""
    music: str | None = None
    announce: tuple[Announcement, ...] = ()
    keys: dict[str, Destination] = msgspec.field(default_factory=dict)
    max_wait: timedelta | None = None

    @property
    def question(self) -> Question:
        """A key in the queue is no answer to a later question."""
        return Question.LINE

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> "EnterQueue":
        """Hand the caller to distribution."""
        speaker.answer(run, turn)
        run.music = self.music or ""
        priority = speaker.evaluate(run, self.priority, turn)
        head_start = speaker.evaluate(run, self.head_start, turn)
        return EnterQueue(
            self,
            priority if isinstance(priority, int) else DEFAULT_PRIORITY,
            head_start if isinstance(head_start, timedelta) else timedelta(),
            AgentId(speaker.text(run, self.prefer, turn)),
        )

    def exits(self) -> tuple[Exit, ...]:
        """The outcomes, and the keys, whose steps lead back."""
        return *super().exits(), *each(self.keys, pressed=True, detour=True)

    def leads(self) -> tuple[Lead, ...]:
        """The outcomes that lead somewhere, and the keys."""
        return *super().leads(), *by_key(self.keys)

    def subject(self) -> str:
        """The queue."""
        return self.queue


class EnterQueue(msgspec.Struct, frozen=True):
    """The flow hands the caller to distribution; `resume` reports the outcome."""

    step: Queue
    priority: int
    head_start: timedelta
    prefer: AgentId = AgentId("")
