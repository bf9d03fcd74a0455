"""The verb `agent`."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow.language.destination import HANG_UP, Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import Kind, Option, OutcomeSpec, OutcomeVerb, VerbSpec
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import AgentId


class RingOneAgent(msgspec.Struct, frozen=True):
    """The flow wants one agent and no other, for this long."""

    agent: AgentId
    ring: timedelta


class RingAgent(OutcomeVerb, frozen=True, tag="agent"):
    """Ring one agent, without a queue. Outcomes answered, busy, no_answer, not_available."""

    specs = (
        VerbSpec(
            value=Option("agent", Kind.EXTENSION, "which agent is rung"),
            options=(
                Option("ring", Kind.DURATION, "how long the phone rings"),
                Option(
                    "next",
                    Kind.OUTCOMES,
                    "where the outcomes lead; answered ends the call, any other goes on",
                ),
            ),
            outcomes=(
                OutcomeSpec("answered", "the agent has left after the talk", otherwise=HANG_UP),
                OutcomeSpec("busy", "the agent is in a call, or asked for another one"),
                OutcomeSpec("no_answer", "the agent did not pick up"),
                OutcomeSpec("not_available", "the agent is not known, or takes no calls"),
            ),
            help="Rings one agent straight, without a queue.",
            example="- agent: 101\n  ring: 20s\n  next: {busy: sales, no_answer: sales}",
            person=True,
            busy=True,
        ),
    )

    agent: Expression
    next: dict[str, Destination]
    ring: timedelta = timedelta(seconds=20)

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> RingOneAgent:
        """Ask for the agent."""
        run.wanted_agent = speaker.text(run, self.agent, turn)
        speaker.answer(run, turn)
        return RingOneAgent(AgentId(run.wanted_agent), self.ring)

    def after(self, outcome: str) -> Destination:
        """The destination of the outcome; any other end of the wait is like not_available."""
        known = outcome in self.spec.outcome_names
        return super().after(outcome if known else "not_available")

    def words(self) -> str:
        """The verb and the agent."""
        return f"agent {self.agent.text}"
