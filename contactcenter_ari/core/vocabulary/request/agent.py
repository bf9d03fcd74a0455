"""Requests about agents: the directory, where they are, and the work after a talk."""

import msgspec

from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.skill import Skills


class AgentProfile(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as the directory has them: the phone to ring, queues and skills."""

    agent: AgentId
    name: str
    phone: PhoneId
    language: str = "en"
    queues: tuple[QueueName, ...] = ()
    skills: Skills = {}


class PutAgent(msgspec.Struct, frozen=True, tag=True):
    """The directory has a new or changed agent."""

    profile: AgentProfile


class RemoveAgent(msgspec.Struct, frozen=True, tag=True):
    """An agent left the directory; a talk in progress is finished first."""

    agent: AgentId
    by: str


class LogIn(msgspec.Struct, frozen=True, tag=True):
    """Log in and become READY, or straight NOT_READY for the reason `not_ready`; to some of the
    agent's `queues` only, until the log-out. An agent who is logged in already goes ready, or not
    ready, and serves the queues that are named.
    """

    agent: AgentId
    by: str
    queues: tuple[QueueName, ...] | None = None
    not_ready: str | None = None


class LogOut(msgspec.Struct, frozen=True, tag=True):
    """Log out; during a call, once it and its wrap-up are over."""

    agent: AgentId
    by: str


class GoReady(msgspec.Struct, frozen=True, tag=True):
    """Take calls again; clears the count of missed offers."""

    agent: AgentId
    by: str


class GoNotReady(msgspec.Struct, frozen=True, tag=True):
    """Take no calls, for a reason out of the site's list, or empty where the site wants none;
    during a call, once it is over. An agent who is logged out logs in so.
    """

    agent: AgentId
    reason: str
    by: str


class EndWrapUp(msgspec.Struct, frozen=True, tag=True):
    """The work after the talk is done early."""

    agent: AgentId
    by: str


class ExtendWrapUp(msgspec.Struct, frozen=True, tag=True):
    """More time for the work after the talk: the queue's wrap-up once more, up to its limit."""

    agent: AgentId
    by: str


class SetDisposition(msgspec.Struct, frozen=True, tag=True):
    """Note what came of the talk, out of the queue's list; ends a wrap-up that waits for it."""

    agent: AgentId
    disposition: str
    by: str


AgentRequest = (
    PutAgent
    | RemoveAgent
    | LogIn
    | LogOut
    | GoReady
    | GoNotReady
    | EndWrapUp
    | ExtendWrapUp
    | SetDisposition
)
