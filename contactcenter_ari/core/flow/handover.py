"""The requests by which a flow hands a call over; the center does them and reports the outcome."""

import msgspec

from contactcenter_ari.core.flow.verb.agent import RingOneAgent
from contactcenter_ari.core.flow.verb.callback import RequestCallback
from contactcenter_ari.core.flow.verb.dial import Dial
from contactcenter_ari.core.flow.verb.queue import EnterQueue
from contactcenter_ari.core.flow.verb.recording import ControlRecording
from contactcenter_ari.core.flow.verb.voicemail import TakeMessage


class Leave(msgspec.Struct, frozen=True):
    """The flow is over; `failed` when a fault of the center ended it."""

    failed: bool = False


Handover = (
    EnterQueue | RingOneAgent | Dial | RequestCallback | ControlRecording | TakeMessage | Leave
)
