"""Secrets that callers typed, in and out of the state of a core."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.stand_in import stand_in
from contactcenter_ari.runtime.vault import Vault


class Hidden(msgspec.Struct):
    """All of a run in which a typed secret may be."""

    typed_ahead: str
    digits: str
    variables: dict[str, str]
    look_ups: dict[str, dict[str, str] | None]


def seal_secrets(center: Center, vault: Vault | None) -> dict[str, str]:
    """The secrets typed, by call, each sealed under the key of the call."""
    if vault is None:
        return {}
    return {
        call.run.call: vault.seal(call.run.call, msgspec.json.encode(_hidden(call.run)))
        for call in center.secrets.calls()
    }


@contextmanager
def without_secrets(center: Center) -> Iterator[None]:
    """Meanwhile stand-ins are in the state instead of secrets."""
    kept = [(call.run, _hidden(call.run)) for call in center.secrets.calls()]
    for run, hidden in kept:
        _put(run, _stood_in(hidden))
    try:
        yield
    finally:
        for run, hidden in kept:
            _put(run, hidden)


def put_back(center: Center, sealed: dict[str, str], vault: Vault | None) -> None:
    """Put secrets back whose key is still there; others stay stood in for."""
    for call in center.secrets.calls():
        text = sealed.get(call.run.call)
        secret = vault.open(call.run.call, text) if vault is not None and text else None
        if secret is not None:
            _put(call.run, msgspec.json.decode(secret, type=Hidden))


def _hidden(run: FlowRun) -> Hidden:
    digits = run.listening.digits if run.listening is not None else ""
    return Hidden(run.typed_ahead, digits, dict(run.variables), dict(run.look_ups))


def _stood_in(hidden: Hidden) -> Hidden:
    return Hidden(
        _other(hidden.typed_ahead),
        _other(hidden.digits),
        {name: _other(text) for name, text in hidden.variables.items()},
        {
            name: None if row is None else {field: _other(text) for field, text in row.items()}
            for name, row in hidden.look_ups.items()
        },
    )


def _other(text: str) -> str:
    """The text with other digits."""
    return "".join(stand_in(fits=True) if each.isdigit() else each for each in text)


def _put(run: FlowRun, hidden: Hidden) -> None:
    run.typed_ahead = hidden.typed_ahead
    if run.listening is not None:
        run.listening.digits = hidden.digits
    run.variables, run.look_ups = hidden.variables, hidden.look_ups
