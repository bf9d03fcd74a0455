"""All verbs there are. A new verb is a file beside this one and a line in `Verb`."""

from collections.abc import Mapping
from typing import get_args

from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.language import Language
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.recording import Record
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.spec import VerbSpec
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.flow.verb.wait import Wait

Verb = (
    Answer
    | HangUp
    | Wait
    | Play
    | Menu
    | Gather
    | LookUpStep
    | SetVariables
    | Tag
    | Language
    | If
    | Switch
    | Split
    | Goto
    | Queue
    | RingAgent
    | BookCallback
    | DialOut
    | TransferOut
    | Voicemail
    | Record
)
VERBS: Mapping[str, type[Verb]] = {
    spec.name: verb for verb in get_args(Verb) for spec in verb.specs
}
"""The verbs by their words in YAML."""
SPECS: Mapping[str, VerbSpec] = {spec.name: spec for verb in get_args(Verb) for spec in verb.specs}
"""The meaning of each word in YAML."""
