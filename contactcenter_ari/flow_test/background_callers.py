"""The people other than the caller: agents, and the callers ahead in a queue.

The background callers come in through flows of their own that wait in a queue and nothing else, so
the position in line is counted by the core itself.
"""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.expression import Expression, Literal
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.table import SPECS
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.spoken.value import DURATION, INTEGER, ValueType
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile
from contactcenter_ari.flow_test.story import Given, GivenQueue, LineOutcome, Staffing

PATIENCE = timedelta(days=2)
BEST = 9
AWAY = Destination(Way.HANG_UP)


def phone_of(who: str) -> PhoneId:
    """The phone of a queue's agent, or of the agent with that id."""
    return PhoneId(f"phone of {who}")


def agent_of_queue(queue: QueueName) -> AgentId:
    """The agent who stands for all of a queue."""
    return AgentId(f"{queue}-agent")


def background_number(queue: QueueName) -> str:
    """The number that a caller ahead dials."""
    return f"background.{queue}"


def profiles(site: Site, given: Given) -> list[AgentProfile]:
    """An agent for each queue that is staffed, who can do all that flows ask for, and the agents
    given by name.
    """
    verbs = (verb for flow in site.flows for verb in flow.verbs())
    steps = [step for verb in verbs if isinstance(verb, Queue) for step in verb.skills]
    skills = {name: BEST for step in steps for name in step.skills}
    staffed = [
        queue
        for queue in site.queues
        if queue not in given.queues or given.queues[queue].staffing is not Staffing.NO_AGENTS
    ]
    ours = [
        AgentProfile(
            agent=agent_of_queue(queue),
            name=queue,
            phone=phone_of(queue),
            queues=(queue,),
            skills=skills,
        )
        for queue in staffed
    ]
    named = [
        AgentProfile(agent=AgentId(agent), name=agent, phone=phone_of(agent))
        for agent, outcome in given.agents.items()
        if outcome is not LineOutcome.NOT_AVAILABLE
    ]
    return [*ours, *named]


def with_background_callers(site: Site, flow: Flow, given: Given) -> Site:
    """The site as the story finds it: flags, splits, full queues, the flows of
    background callers.
    """
    sections = {name: _decided(section, given) for name, section in flow.sections.items()}
    flags = {**flow.flags, **given.flags}
    played = msgspec.structs.replace(flow, flags=flags, sections=sections)
    others = [f for f in site.flows if f.name != flow.name]
    flows_of_callers = [
        _background_flow(queue) for queue, found in given.queues.items() if found.position > 1
    ]
    queues = {
        name: _refusing(settings, given.queues.get(name, GivenQueue()).staffing)
        for name, settings in site.queues.items()
    }
    return msgspec.structs.replace(site, flows=(played, *others, *flows_of_callers), queues=queues)


def _refusing(settings: QueueSettings, staffing: Staffing) -> QueueSettings:
    """Settings by which nobody is let in, if that is how the queue is."""
    match staffing:
        case Staffing.FULL:
            return msgspec.structs.replace(settings, max_waiting=0)
        case Staffing.DIVERTED:
            return msgspec.structs.replace(settings, divert_ratio=0)
        case _:  # a queue is closed by a person
            return settings


def _decided(section: Section, given: Given) -> Section:
    """The section with its splits as the story wants them."""
    steps = tuple(
        msgspec.structs.replace(step, verb=_taken(step.verb, given))
        if isinstance(step.verb, Split)
        else step
        for step in section.steps
    )
    return msgspec.structs.replace(section, steps=steps)


def _taken(split: Split, given: Given) -> Split:
    wanted = [(way, 100) for way, _ in split.shares if way.section in given.splits]
    return Split(tuple(wanted[:1])) if wanted else split


def _background_flow(queue: QueueName) -> Flow:
    wait = Queue(
        queue,
        dict.fromkeys(SPECS["queue"].outcome_names, AWAY),
        priority=_literal("1", INTEGER),
        head_start=_literal("24h", DURATION),
        max_wait=PATIENCE,
    )
    return Flow(
        name=background_number(queue),
        version="",
        numbers=(background_number(queue),),
        timezone="UTC",
        languages=("en",),
        sections={"start": Section((Step(wait, line=0),))},
        prompts={},
    )


def _literal(text: str, value_type: ValueType) -> Expression:
    return Expression(text, Literal(text=text, value_type=value_type, offset=0, length=len(text)))
