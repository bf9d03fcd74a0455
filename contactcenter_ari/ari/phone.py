"""Agents' phones, pushed to Asterisk while it runs: no file is edited, nothing is reloaded.

Asterisk keeps them in memory and their registrations on disk: after its restart they are
pushed again, and are reachable at once. A phone has a device name that is not the agent's
extension, a generated secret and no way out.
"""

from datetime import timedelta
from typing import Final, Protocol

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.errors import SwitchUnsuitable
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.runtime.phone_digest import REALM

PUSH_LIMIT: Final = timedelta(seconds=10)


class Sending(Protocol):
    """Sends an operation over HTTP; raises SwitchError."""

    async def send(self, wanted: Operation, *, limit: timedelta) -> Reply:
        """The reply, whatever its status."""
        ...


async def push_phone(
    http: Sending, phone: str, digest: str, *, known: bool = False, interface: str | None = None
) -> None:
    """Let a phone register with `phone` as its user name and the secret of this digest; raises
    SwitchError.

    `known` when Asterisk has it already: its access list is left unchanged then, because a second
    one would be added to it, and refused. Audio is bound to `interface`, if there is one.
    """
    access = {} if known else {"acl": "phones"}
    media = {"media_address": interface, "bind_rtp_to_media_address": "yes"} if interface else {}
    objects = (
        (
            "aor",
            {
                "max_contacts": "1",
                "remove_existing": "yes",
                "maximum_expiration": "300",
                "qualify_frequency": "20",  # seconds; finds a phone that lost its power
            },
        ),
        (
            "auth",
            {
                "auth_type": "digest",
                "username": phone,
                "realm": REALM,
                "password": "",  # the password of an earlier version would stay valid
                "password_digest": f"MD5:{digest}",
            },
        ),
        (
            "endpoint",
            {
                "aors": phone,
                "auth": phone,
                "context": "from-phone",
                "identify_by": "username",
                **access,
                "disallow": "all",
                "allow": "ulaw,alaw",
                "dtmf_mode": "auto",
                "direct_media": "no",
                **media,
                "rtp_symmetric": "yes",
                "force_rport": "yes",
                "rewrite_contact": "yes",
                "allow_transfer": "no",
                "allow_subscribe": "no",
                "message_context": "none",  # the context for a text outside a call
            },
        ),
    )
    for kind, attributes in objects:
        reply = await http.send(operation.put_object(kind, phone, attributes), limit=PUSH_LIMIT)
        if not reply.succeeded:
            raise SwitchUnsuitable(f"Asterisk refused a phone's {kind}: {reply.status}")


async def remove_phone(http: Sending, phone: str) -> None:
    """Forget a phone; an unknown phone is ignored. Raises SwitchError."""
    for kind in ("endpoint", "auth", "aor"):
        reply = await http.send(operation.delete_object(kind, phone), limit=PUSH_LIMIT)
        if not reply.succeeded and not reply.gone:
            raise SwitchUnsuitable(f"Asterisk kept a phone's {kind}: {reply.status}")
