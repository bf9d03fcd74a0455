"""The declarations of a call flow beside its sections: prompts, look-ups, hours, variables."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.outside_policy import OutsidePolicy
from contactcenter_ari.core.hours.calendar import Calendar
from contactcenter_ari.core.spoken.value import ValueType
from contactcenter_ari.core.vocabulary.prompt import SoundFile


class Blank(msgspec.Struct, frozen=True, tag="blank"):
    """A value to be filled in; `kind` is one of the kinds of `phrase.render`."""

    expression: Expression
    kind: str


class Words(msgspec.Struct, frozen=True, tag="words"):
    """A fixed stretch of text."""

    text: str


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A text for the voice, with blanks."""

    pieces: tuple[Words | Blank, ...]


class Prompt(msgspec.Struct, frozen=True):
    """A prompt by language: recorded files and texts, in order."""

    parts: dict[str, tuple[SoundFile | Text, ...]]


class SqlLookUp(msgspec.Struct, frozen=True, tag="sql"):
    """A query with `:name` parameters that returns one row or none."""

    sql: str
    inputs: dict[str, ValueType]
    returns: dict[str, ValueType]
    limit: timedelta = timedelta(seconds=2)


class HttpLookUp(msgspec.Struct, frozen=True, tag="http"):
    """A GET request; `{name}` in the address stands for an input. A JSON object is a row, 404 is
    none. Only a `private` one may go to this machine or its network.
    """

    url: str
    inputs: dict[str, ValueType]
    returns: dict[str, ValueType]
    limit: timedelta = timedelta(seconds=2)
    private: bool = False


class Declarations(msgspec.Struct, frozen=True, kw_only=True):
    """All of one flow file but its sections. `version` is the hash of its content; `languages[0]`
    is the default. `on_error` is the destination of the caller after a fault of the center; None
    plays the apology and then goes to the first queue of the flow. `on_hangup` is a section of
    set, tag and lookup only, run when the call is over. Outside numbers must begin with one of
    `dial_allow`; those of `dial_named` name numbers that are not ordinary. Numbers without a
    calling code are read as numbers of `country_code` (ISO 3166, `NL`; a calling code in older
    logs).
    """

    name: str
    version: str
    numbers: tuple[str, ...]
    timezone: str
    languages: tuple[str, ...]
    prompts: dict[str, Prompt]
    look_ups: dict[str, SqlLookUp | HttpLookUp] = {}
    hours: dict[str, Calendar] = {}
    variables: dict[str, ValueType] = {}
    flags: dict[str, str] = {}
    global_keys: dict[str, Destination] = {}
    on_error: Destination | None = None
    on_hangup: str = ""
    dial_allow: tuple[str, ...] = ()
    dial_named: tuple[str, ...] = ()
    country_code: str = ""

    @property
    def outside(self) -> OutsidePolicy:
        """The policy for the outside numbers that the flow may dial."""
        return OutsidePolicy(self.dial_allow, self.dial_named)
