"""How an input is kept: without what no replay needs, and with what is secret sealed."""

import msgspec

from contactcenter_ari.core.calls.secret import opened
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.command import Command, DialOutside, LookUp, PlayPrompt
from contactcenter_ari.core.vocabulary.signal import CommandFailed, DigitPressed, LookUpFinished
from contactcenter_ari.runtime.input_log import Entry
from contactcenter_ari.runtime.vault import Vault


class Kept(msgspec.Struct, frozen=True):
    """An input as it is logged, and what was sealed of it, if anything."""

    input: Input
    call: str = ""
    sealed: str = ""


def plain(input_: Input) -> Input:
    """The input without what the core does not look at and nobody should find in a log: what was
    asked or said by a command that failed.
    """
    if isinstance(input_, CommandFailed):
        return msgspec.structs.replace(input_, command=_plain_command(input_.command))
    return input_


def sealed(input_: Input, center: Center, vault: Vault | None) -> Kept:
    """The input as it may be kept."""
    if vault is None or not isinstance(input_, DigitPressed | LookUpFinished):
        return Kept(input_)
    if isinstance(input_, DigitPressed):
        typed = center.secrets.typed(input_)
    else:
        typed = center.secrets.answered(input_)
    if typed is None:
        return Kept(input_)
    return Kept(typed.harmless, typed.call, vault.seal(typed.call, typed.secret.encode()))


def unsealed(entry: Entry, vault: Vault | None) -> Input | None:
    """The input as it was, or with its stand-in when the key is gone."""
    if not entry.sealed or not isinstance(entry.input, DigitPressed | LookUpFinished):
        return entry.input
    secret = vault.open(entry.call, entry.sealed) if vault is not None else None
    return entry.input if secret is None else opened(entry.input, secret.decode())


def _plain_command(command: Command) -> Command:
    match command:
        case LookUp(inputs=inputs):
            return msgspec.structs.replace(command, inputs=dict.fromkeys(inputs, ""))
        case PlayPrompt():
            return msgspec.structs.replace(command, parts=())
        case DialOutside():
            return msgspec.structs.replace(command, number="", written="", caller_number="")
        case _:
            return command
