"""The plan of the benchmark: how much it measures, and the site it is done on."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.bootstrap.environment import Variation
from contactcenter_ari.config.settings import CHECKOUT
from contactcenter_ari.core.vocabulary.ids import QueueName

SITE = Path(__file__).parent / "site"
"""The site of the benchmark. These of its numbers lead to the center:"""
CENTER_NUMBER = "7001"
"""Straight into a queue where talks are recorded."""
UNRECORDED_NUMBER = "7003"
"""Straight into a queue of the same agents where talks are not recorded."""
MENU_NUMBER = "7004"
MENU_KEYS = ",11"
"""Through two menus into the queue where talks are recorded."""
HELD_NUMBER = "7005"
"""Straight to agents whose talks last long."""
APP_QUEUE_NUMBER = "7002"
"""Straight into `Queue()`, see `dialplan/bench/queue.conf`."""
APP_QUEUE_MONO_NUMBER = "7012"
"""The same, behind a MixMonitor that mixes both sides."""
APP_QUEUE_STEREO_NUMBER = "7022"
"""The same, behind a MixMonitor that keeps the sides apart."""
QUEUE = QueueName("bench")
"""The name of both queues that are compared."""
QUEUES = (QUEUE, QueueName("unrecorded"))
"""The queues that each agent of the center serves, except for those whose talks last long."""
HELD_QUEUE = QueueName("held")

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
