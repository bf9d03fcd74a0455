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
"""Leads straight into the center's queue."""
APP_QUEUE_NUMBER = "7002"
"""Leads straight into `Queue()`, see `dialplan/bench/queue.conf`."""
MENU_NUMBER = "+31201234567"
MENU_KEYS = ",11"
"""A claim, in English: through two menus into the queue below."""
MENU_QUEUE = QueueName("claims")
QUEUE = QueueName("bench")
"""The name of both queues that are compared."""

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
    queues[QUEUE] = QueueSettings(name=QUEUE, wrap_up=timedelta(), join_empty=True)
    flows = tuple(
        msgspec.structs.replace(flow, flags={**flow.flags, "always_open": "on"})
        for flow in site.flows
    )
    return msgspec.structs.replace(site, queues=queues, flows=(*flows, _straight_to_queue()))


def _straight_to_queue() -> Flow:
    answered = {"answered": Destination(Way.HANG_UP)}
    verbs: tuple[Verb, ...] = (Answer(), Queue(QUEUE, next=answered), HangUp())
    steps = tuple(Step(verb, line=number) for number, verb in enumerate(verbs, start=1))
    return Flow(
        name="bench",
        version="bench",
        numbers=(CENTER_NUMBER,),
        timezone="UTC",
        languages=("en",),
        sections={"start": Section(steps)},
        prompts={},
    )
