"""Names for the things a contact center counts.

The core mints every id but two: a caller's leg is named by the switch that received it,
and an agent and a phone by the directory. A minted id is `NODE-BOOT-NUMBER`, for example
`n1-6741e2c0-42`: unique over nodes and restarts, and readable in a log.
"""

from typing import NewType

InteractionId = NewType("InteractionId", str)
"""One contact of a caller, from arrival to end."""

CallId = NewType("CallId", str)
"""The owner of a command: an interaction, or a call to a feature code. Commands of one call keep
their order in the switch.
"""

LegId = NewType("LegId", str)
"""One channel in the switch: the caller's, or an agent's."""

BridgeId = NewType("BridgeId", str)
PlaybackId = NewType("PlaybackId", str)
RecordingId = NewType("RecordingId", str)
LookUpId = NewType("LookUpId", str)
OfferId = NewType("OfferId", str)
SegmentId = NewType("SegmentId", str)

CallbackId = NewType("CallbackId", str)
"""One callback to a customer, over all its attempts."""

AgentId = NewType("AgentId", str)
"""An agent in the directory; shown to people, so it is short: the extension."""

PhoneId = NewType("PhoneId", str)
"""A SIP device as the switch knows it; never the extension, so that it cannot be guessed."""

QueueName = NewType("QueueName", str)
"""A queue of the site, or `@101`: the line before one agent, see `own_line`."""


def own_line(agent: AgentId) -> QueueName:
    """The line in which callers wait for one agent and nobody else."""
    return QueueName(f"@{agent}")


def agent_of(queue: QueueName) -> AgentId | None:
    """The agent of an agent's own line; None for a queue of the site."""
    return AgentId(queue[1:]) if queue.startswith("@") else None


def owner_of(part: PlaybackId | LookUpId | RecordingId) -> CallId:
    """The call for which a playback, a look-up or a message was minted: `CALL.NUMBER`."""
    return CallId(part.rpartition(".")[0])
