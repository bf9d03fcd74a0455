"""The inputs that hold what a caller typed in a sensitive gather, and the calls they belong to."""

import msgspec

from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.flow.stand_in import SHORTEST_SECRET, stand_in, stands_in
from contactcenter_ari.core.vocabulary.ids import CallId, owner_of
from contactcenter_ari.core.vocabulary.signal import DigitPressed, LookUpFinished


class Typed(msgspec.Struct, frozen=True):
    """An input with a secret of a call: the input as it is, and as it may be stored."""

    call: CallId
    secret: str
    harmless: DigitPressed | LookUpFinished


class Secrets:
    """Looks for secrets in the calls in progress."""

    def __init__(self, registry: CallRegistry) -> None:
        self._registry = registry

    def __repr__(self) -> str:
        return f"<Secrets of {len(self.calls())} calls>"

    def calls(self) -> list[Call]:
        """The calls in which a secret was asked for."""
        return [call for call in self._registry.by_id.values() if call.run.holds_secret]

    def has(self, call: CallId) -> bool:
        """Whether the call is in progress."""
        return call in self._registry.by_id

    def typed(self, signal: DigitPressed) -> Typed | None:
        """A key of a secret; None for any other key."""
        call = self._registry.at_leg(signal.leg)
        if call is None or stands_in(signal.digit):
            return None
        fits = call.interpreter.typed_secret(call.run, signal.digit)
        if fits is None:
            return None
        harmless = DigitPressed(signal.leg, stand_in(fits=fits))
        return Typed(call.run.call, signal.digit, harmless)

    def answered(self, signal: LookUpFinished) -> Typed | None:
        """An answer of a look-up that repeats what the caller typed; None for any other answer."""
        call = self._registry.by_id.get(owner_of(signal.look_up))
        if call is None or not call.run.holds_secret or signal.row is None:
            return None
        secrets = [text for text in call.run.variables.values() if len(text) >= SHORTEST_SECRET]
        row = {name: _without(text, secrets) for name, text in signal.row.items()}
        if row == signal.row:
            return None
        secret = msgspec.json.encode(signal.row).decode()
        return Typed(call.run.call, secret, LookUpFinished(signal.look_up, row))


def opened(harmless: DigitPressed | LookUpFinished, secret: str) -> DigitPressed | LookUpFinished:
    """The input as it was before the secret was taken out."""
    if isinstance(harmless, DigitPressed):
        return DigitPressed(harmless.leg, secret)
    return LookUpFinished(
        harmless.look_up, msgspec.json.decode(secret, type=dict[str, str | None])
    )


def _without(text: str | None, secrets: list[str]) -> str | None:
    for secret in secrets:
        text = None if text is None else text.replace(secret, stand_in(fits=True) * len(secret))
    return text
