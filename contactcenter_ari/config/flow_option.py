"""The options of steps that lead nowhere: prompts, durations, expressions, typed digits."""

import re
from collections.abc import Mapping
from datetime import timedelta

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_names import Names
from contactcenter_ari.config.pattern import can_match
from contactcenter_ari.config.reading import DAY, Reading
from contactcenter_ari.config.value_type import read_expression, refuse_sensitive
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.pattern import pattern_fault
from contactcenter_ari.core.flow.verb.queue import Announcement
from contactcenter_ari.core.spoken.value import Kind, ValueType

Fields = Mapping[str, Node]
GATHERABLE = frozenset({Kind.DIGITS, Kind.INTEGER, Kind.PHONE, Kind.TEXT})
MOST_DIGITS = 32
SECRET = re.compile(
    r"(?:^|_)(?:pin|pincode|cvc|cvv|cc|card|credit|passcode|password|secret|ssn|bsn)(?:_|$)",
    re.IGNORECASE,
)
"""Names of variables that take what nobody else should hear."""
SECOND = timedelta(seconds=1)


class Options:
    """Reads options of the steps of one flow."""

    def __init__(self, reading: Reading, names: Names) -> None:
        self.reading = reading
        self.names = names

    def expression(
        self, node: Node, what: str, wanted: ValueType | None = None, *, secret: bool = False
    ) -> Expression:
        """An expression over the names of the flow; sensitive ones only where it stays secret."""
        expression = read_expression(
            self.reading, node, what, self.names.types, wanted, country=self.names.country
        )
        if not secret and isinstance(node, Scalar):
            refuse_sensitive(self.reading, node, self.names.sensitive)
        return expression

    def prompt(self, node: Node) -> str:
        """The name of a prompt there is."""
        scalar = self.reading.scalar(node, "a prompt's name")
        if scalar is not None and self.names.lacks("prompts", scalar.text):
            self.reading.unknown("E202", "prompt", scalar, self.names.prompts)
        return scalar.text if scalar else ""

    def prompts(self, node: Node, what: str) -> tuple[str, ...]:
        """The names of prompts, one for each try."""
        return tuple(self.prompt(item) for item in self.reading.items(node, what))

    def optional_prompt(self, fields: Fields, option: str) -> str:
        """The name of a prompt there is, or nothing when the option is not given."""
        return self.prompt(fields[option]) if option in fields else ""

    def duration(self, fields: Fields, option: str) -> timedelta | None:
        """A duration of a second or more, if it is given."""
        if option not in fields:
            return None
        return self.reading.duration(fields[option], option, least=SECOND, most=DAY)

    def gathered(self, node: Node) -> str:
        """The variable that takes what is typed."""
        scalar = self.reading.scalar(node, "gather")
        if scalar is None:
            return ""
        type_ = self.names.variables.get(scalar.text)
        if self.names.lacks("variables", scalar.text):
            self.reading.unknown("E205", "variable", scalar, self.names.variables)
        elif type_ is not None and type_.kind not in GATHERABLE:
            message = f'digits cannot be typed into "{scalar.text}", which is {type_}'
            self.reading.blame("E303", message, scalar)
        if SECRET.search(scalar.text) and scalar.text not in self.names.sensitive:
            message = f'"{scalar.text}" looks secret; say "sensitive: true" to keep it so'
            self.reading.blame("E802", message, scalar)
        return scalar.text

    def digits(self, node: Node) -> tuple[int, int]:
        """The least and the most digits: `8` or `4-8`."""
        text = self.reading.text(node, "digits")
        found = re.fullmatch(r"([0-9]{1,3})(?:\s*-\s*([0-9]{1,3}))?", text)
        least = int(found[1]) if found else 0
        most = int(found[2] or found[1]) if found else 0
        if not 1 <= least <= most <= MOST_DIGITS:
            wanted = f"a number of digits up to {MOST_DIGITS}, for example 8 or 4-8"
            message = f'digits must be {wanted}, not "{text[:60]}"'
            self.reading.blame("E503", message, node)
            return 1, MOST_DIGITS
        return least, most

    def terminator(self, node: Node) -> str:
        """The key that ends the input; `none` for no such key."""
        if isinstance(node, Scalar) and node.text == "none":
            return ""
        return self.reading.key(node, "terminator")

    def matches(self, node: Node, least: int, most: int) -> str:
        """A regular expression (RE2) for the whole input of so many digits."""
        text = self.reading.text(node, "matches")
        if fault := pattern_fault(text):
            message = f"matches is no regular expression of RE2: {fault}"
            self.reading.blame("E502", message, node)
            return text
        if not can_match(text, least, most):
            digits = str(least) if least == most else f"{least}-{most}"
            message = f"this pattern can never match {digits} digits"
            self.reading.blame("E504", message, node)
        return text

    def announcements(self, node: Node) -> tuple[Announcement, ...]:
        """The announcements while a caller waits."""
        items = self.reading.items(node, "announce")
        if isinstance(node, Map):
            return ()
        return tuple(self.announcement(item) for item in items)

    def announcement(self, node: Node) -> Announcement:
        """One thing said while a caller waits."""
        mapping = self.reading.mapping(node, "an announcement")
        known = ("prompt", "after", "every", "longer")
        fields = self.reading.fields(mapping, "an announcement", known, needed=("prompt",))
        every = self.duration(fields, "every")
        after = self.duration(fields, "after")
        prompt = self.optional_prompt(fields, "prompt")
        longer = self.optional_prompt(fields, "longer")
        if longer in self.names.waits:
            message = f'"{longer}" tells the wait, and one that was told is never raised'
            self.reading.blame("E405", message, fields["longer"])
        elif longer and prompt in self.names.prompts and prompt not in self.names.waits:
            message = f'"longer" stands in for a wait, and "{prompt}" tells none'
            self.reading.blame("E405", message, fields["longer"])
        if after is None:
            after = every or timedelta(seconds=10)
        return Announcement(prompt, after, every, longer)

    def greeting(self, node: Node) -> str:
        """The first prompt of a queue; nobody knows the wait by then."""
        greeting = self.prompt(node)
        if greeting in self.names.waits:
            message = "the wait is not known yet when the greeting is said: tell it by announce"
            self.reading.blame("E405", message, node)
        return greeting
