"""The input rules of a menu or a gather, and their options."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

import msgspec

from contactcenter_ari.core.flow.language.destination import ON, Destination, Lead
from contactcenter_ari.core.flow.verb.spec import Kind, Option, OutcomeSpec

Made = TypeVar("Made")
NO_INPUT, NO_MATCH = "no_input", "no_match"
WASTED = (NO_INPUT, NO_MATCH)
"""The ways in which a caller may waste a try."""
MOST_TRIES = 10


class InputRules(msgspec.Struct, frozen=True):
    """The input rules of a menu or gather. Of a list of prompts the nth try takes the nth, then
    the last. `timeout` is for the first digit, from the end of the prompt; `inter_digit_timeout`
    for each further one.

    A try is wasted by `no_input` or `no_match`. Both count toward `tries`, unless `own_tries` has
    the number of each. After the last one `next` gives the destination of its kind, else `failed`.
    """

    prompts: tuple[str, ...]
    no_input: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    tries: int = 3
    timeout: timedelta = timedelta(seconds=5)
    inter_digit_timeout: timedelta = timedelta(seconds=3)
    barge_in: bool = True
    failed: Destination = ON
    own_tries: dict[str, int] = {}
    next: dict[str, Destination] = {}

    @property
    def first_prompt(self) -> str:
        """The prompt of the first try; empty without any."""
        return self.prompts[0] if self.prompts else ""

    def after(self, verdict: str) -> Destination:
        """The destination after the last try."""
        return self.next.get(verdict, self.failed)

    def leads(self) -> tuple[Lead, ...]:
        """The ways that the flow gives for wasted tries."""
        return (*self.next.items(), ("failed", self.failed))


def with_rules(verb: Callable[..., Made], fields: Mapping[str, object]) -> Made:
    """A verb from its fields and those of its rules, as far as they are given."""
    make: Callable[..., InputRules] = InputRules
    of_rules = fields.keys() & set(InputRules.__struct_fields__)
    rules = make(**{name: fields[name] for name in of_rules})
    return verb(rules=rules, **{name: fields[name] for name in fields.keys() - of_rules})


OPTIONS = (
    Option("no_input", Kind.PROMPTS, "said first after a try without a key"),
    Option("no_match", Kind.PROMPTS, "said first after a try with keys that are no answer"),
    Option(
        "tries",
        Kind.TRIES,
        "how many tries there are: for all that goes wrong, or for each kind of it",
        fields=("tries", "own_tries"),
        most=MOST_TRIES,
    ),
    Option("timeout", Kind.DURATION, "how long the first key may take after the prompt"),
    Option("inter_digit_timeout", Kind.DURATION, "how long each further key may take"),
    Option(
        "barge_in",
        Kind.YES_NO,
        "a key cuts the prompt short; otherwise keys typed early are kept until its end",
    ),
    Option("failed", Kind.DESTINATION, "where it leads when the last try is wasted"),
    Option(
        "next", Kind.WASTED, "where no_input and no_match lead after the last try, before failed"
    ),
)
"""The options that both verbs have."""
OUTCOMES = (
    OutcomeSpec(NO_INPUT, "no key was pressed in the last try"),
    OutcomeSpec(NO_MATCH, "what was typed in the last try is no answer", pressed=True),
)
