"""Everything the engineers configure, as one piece of plain data.

It goes into the core as an input (`SitePublished`), so it stands in the input log and a
replay needs no files. Calls in flight keep the flow they began with.
"""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import Prompt
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import Request
from contactcenter_ari.core.vocabulary.signal import Signal

OCCUPANCY_WINDOW = timedelta(minutes=45)


class FeatureCodes(msgspec.Struct, frozen=True, kw_only=True):
    """The codes that agents dial on their phones; a reason's digit follows the pause code."""

    log_in: str = "*11"
    log_out: str = "*12"
    not_ready: str = "*13"
    ready: str = "*14"


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Flows, queues, pause reasons by their digit (`{"1": "lunch"}`) and whether a pause needs
    one, feature codes, and the system's own prompts by name (`agent_logged_in`, `apology` ...).
    `occupancy_window` is over how long the occupancy of agents is weighed; `lookup_tables` are
    the tables that look-ups may read. `country` (ISO 3166, `NL`) is the site's, if it was said.
    `trunks` lead to its carriers (none named: the one of the settings), and calls go out over
    those named in `via`, the first choice first.
    """

    name: str
    flows: tuple[Flow, ...]
    queues: dict[QueueName, QueueSettings]
    pause_reasons: dict[str, str]
    prompts: dict[str, Prompt]
    feature_codes: FeatureCodes = FeatureCodes()
    pause_reason_required: bool = True
    occupancy_window: timedelta = OCCUPANCY_WINDOW
    lookup_tables: tuple[str, ...] = ()
    country: str = ""
    trunks: tuple[Trunk, ...] = ()
    via: tuple[str, ...] = ()

    @property
    def pauses_need_a_reason(self) -> bool:
        """Whether a pause without a reason is refused: never where there is none to choose."""
        return self.pause_reason_required and bool(self.pause_reasons)


class CenterStarted(msgspec.Struct, frozen=True, tag=True):
    """The first input of all: ids begin with `NODE-BOOT-`."""

    node: str
    boot: str


class CenterResumed(msgspec.Struct, frozen=True, tag=True):
    """This core was rebuilt from its input log and is connected again: whatever a caller was
    hearing or being asked is begun once more, for nobody knows how far it came.
    """


class CenterStopping(msgspec.Struct, frozen=True, tag=True):
    """The program ends, and will not wait for the calls that are left: they are ended."""


class SitePublished(msgspec.Struct, frozen=True, tag=True):
    """New configuration takes effect for new calls."""

    site: Site


Input = CenterStarted | CenterResumed | CenterStopping | SitePublished | Signal | Request
