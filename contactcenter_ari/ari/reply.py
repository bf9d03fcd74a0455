"""Asterisk's answer to an operation."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

import msgspec

from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.operation import Operation

Model = TypeVar("Model")

GONE: Final = 404
REASON_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and the JSON text that came with it, often none."""

    status: int
    body: bytes | str = ""

    @property
    def succeeded(self) -> bool:
        """Whether Asterisk did it."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx of RFC 9110, section 15.3

    @property
    def gone(self) -> bool:
        """Whether the object is gone, which is a success when the aim was to end it."""
        return self.status == GONE

    @property
    def reason(self) -> str:
        """Asterisk's own words for a refusal, shortened; empty when it gave none."""
        try:
            refusal = msgspec.json.decode(self.body, type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        return (refusal.message or refusal.error)[:REASON_LIMIT]

    def read(self, model: type[Model]) -> Model:
        """The body as a model; raises SwitchError when it is not one, or was a refusal."""
        if not self.succeeded:
            raise SwitchError(f"Asterisk answered {self.status} {self.reason}")
        try:
            return msgspec.json.decode(self.body, type=model)
        except UnicodeDecodeError:
            text = self.body.decode(errors="replace") if isinstance(self.body, bytes) else ""
            return Reply(self.status, text).read(model)
        except msgspec.DecodeError as error:
            raise SwitchError(f"Asterisk's answer is not understood: {error}") from error


class Asking(Protocol):
    """Sends an operation; the awaitable raises SwitchError."""

    def send(self, wanted: Operation, *, limit: timedelta) -> Awaitable[Reply]:
        """The reply, whatever its status."""
        ...


class _Refusal(msgspec.Struct, frozen=True):
    message: str = ""
    error: str = ""
