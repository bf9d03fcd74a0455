"""What the benchmark does: how much it measures, and the site it is done on."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from contactcenter_ari.bootstrap.environment import Variation
from contactcenter_ari.config.settings import CHECKOUT
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import (
    Answer,
    Destination,
    HangUp,
    Queue,
    Section,
    Step,
    Verb,
    Way,
)
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import QueueName

CENTER_NUMBER = "7001"
"""Leads straight into the center's queue, where talks are recorded."""
UNRECORDED_NUMBER = "7003"
"""Leads straight into a queue of the same agents where talks are not recorded."""
APP_QUEUE_NUMBER = "7002"
"""Leads straight into `Queue()`, see `dialplan/bench/queue.conf`."""
MENU_NUMBER = "+31201234567"
MENU_KEYS = ",11"
"""A claim, in English: through two menus into the queue below."""
MENU_QUEUE = QueueName("claims")
QUEUE = QueueName("bench")
"""The name of both queues that are compared."""
UNRECORDED_QUEUE = QueueName("unrecorded")

VARIATION = Variation(
    fsync=False,
    rtp_ports=400,
    extra_dialplan=CHECKOUT / "dialplan" / "bench" / "queue.conf",
    extra_modules=("app_queue.so",),
    extra_templates=(CHECKOUT / "asterisk-conf" / "bench" / "queues.conf",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured. Each of the two queues has `agents` and, all the time, about
    `waiting` callers; a talk lasts from `shortest_talk` to `longest_talk`, drawn evenly. Of
    each simulated line there are `days`.
    """

    samples: int
    agents: int
    waiting: int
    full_calls: int
    decisions: int
    days: int
    shortest_talk: timedelta = timedelta(seconds=1)
    longest_talk: timedelta = timedelta(seconds=3)
    seed: int = 1


def bench_site(site: Site) -> Site:
    """The site with the benchmark's queue, open around the clock, and no wrap-up anywhere."""
    queues = {
        name: msgspec.structs.replace(queue, wrap_up=timedelta())
        for name, queue in site.queues.items()
    }
    for queue, recording in ((QUEUE, True), (UNRECORDED_QUEUE, False)):
        queues[queue] = QueueSettings(
            name=queue, wrap_up=timedelta(), join_empty=True, recording=recording
        )
    flows = tuple(
        msgspec.structs.replace(flow, flags={**flow.flags, "always_open": "on"})
        for flow in site.flows
    )
    straight = (
        _straight_to(CENTER_NUMBER, QUEUE),
        _straight_to(UNRECORDED_NUMBER, UNRECORDED_QUEUE),
    )
    return msgspec.structs.replace(site, queues=queues, flows=(*flows, *straight))


def _straight_to(number: str, queue: QueueName) -> Flow:
    answered = {"answered": Destination(Way.HANG_UP)}
    verbs: tuple[Verb, ...] = (Answer(), Queue(queue, next=answered), HangUp())
    steps = tuple(Step(verb, line=line) for line, verb in enumerate(verbs, start=1))
    return Flow(
        name=f"bench_{queue}",
        version="bench",
        numbers=(number,),
        timezone="UTC",
        languages=("en",),
        sections={"start": Section(steps)},
        prompts={},
    )
