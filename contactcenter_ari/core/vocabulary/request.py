"""Requests: what people and programs ask of the core. A refused one changes nothing.

`by` names who asked, for the record: an agent's id, `phone`, or an API token's name.
"""

import msgspec

from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName


class AgentProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What the directory says of an agent: whom to ring, and for which queues."""

    agent: AgentId
    name: str
    phone: PhoneId
    language: str = "en"
    queues: tuple[QueueName, ...] = ()


class PutAgent(msgspec.Struct, frozen=True, tag=True):
    """The directory has a new or changed agent."""

    profile: AgentProfile


class RemoveAgent(msgspec.Struct, frozen=True, tag=True):
    """An agent left the directory; a talk in progress is finished first."""

    agent: AgentId
    by: str


class LogIn(msgspec.Struct, frozen=True, tag=True):
    """Sign in and become READY."""

    agent: AgentId
    by: str


class LogOut(msgspec.Struct, frozen=True, tag=True):
    """Sign out; during a call, once it and its wrap-up are over."""

    agent: AgentId
    by: str


class GoReady(msgspec.Struct, frozen=True, tag=True):
    """Take calls again; clears the count of missed offers."""

    agent: AgentId
    by: str


class GoNotReady(msgspec.Struct, frozen=True, tag=True):
    """Take no calls, for a reason out of the site's list; during a call, once it is over."""

    agent: AgentId
    reason: str
    by: str


class EndWrapUp(msgspec.Struct, frozen=True, tag=True):
    """The work after the talk is done early."""

    agent: AgentId
    by: str


class SetFlag(msgspec.Struct, frozen=True, tag=True):
    """Switch a flag of a flow `on` or `off`, for calls in progress, too."""

    flow: str
    flag: str
    value: str
    by: str


Request = PutAgent | RemoveAgent | LogIn | LogOut | GoReady | GoNotReady | EndWrapUp | SetFlag
