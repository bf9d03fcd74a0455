"""The verb `gather`."""

import msgspec

from contactcenter_ari.core.flow.language.destination import ON, Destination, Exit, Lead
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb import input_rules
from contactcenter_ari.core.flow.verb.exit import by_key, each
from contactcenter_ari.core.flow.verb.input_rules import InputRules, with_rules
from contactcenter_ari.core.flow.verb.spec import (
    FlowVerb,
    Kind,
    Option,
    Question,
    Stay,
    VerbSpec,
)
from contactcenter_ari.core.turn import Turn


def _made(**fields: object) -> "Gather":
    return with_rules(Gather, fields)


class Gather(FlowVerb, frozen=True, tag="gather"):
    """Ask for digits and store them in a variable. `matches` is a regular expression (RE2) for
    the whole input; `terminator` ends it early and is not stored. The keys of `keys`, and the
    flow's own, lead out of it; see `input.py`.
    """

    specs = (
        VerbSpec(
            value=Option(
                "gather",
                Kind.VARIABLE,
                "takes what is typed: digits, a phone number, an integer or a text",
                fields=("variable",),
            ),
            options=(
                Option(
                    "prompt",
                    Kind.PROMPTS,
                    "what is asked",
                    fields=("prompts",),
                    missing='gather needs a "prompt"',
                ),
                Option(
                    "digits",
                    Kind.DIGITS,
                    "how many digits there are; without it up to 32",
                    fields=("least_digits", "most_digits"),
                ),
                Option("terminator", Kind.KEY, "ends the input early, and is not stored"),
                Option("matches", Kind.PATTERN, "what is typed must look so"),
                Option(
                    "confirm",
                    Kind.PROMPT,
                    "asks whether it was understood right: 1 is yes, 2 is once more",
                ),
                Option(
                    "sensitive",
                    Kind.YES_NO,
                    "the value is never logged, traced or recorded, and only look-ups may have it",
                ),
                Option("keys", Kind.KEYS, "keys that lead out, as far as they are no input"),
                *input_rules.OPTIONS,
            ),
            outcomes=input_rules.OUTCOMES,
            help="Asks for digits and keeps them in a variable. It ends at the most digits, at"
            " the terminator, or when the next key takes too long; then the flow goes on.",
            example="- gather: policy_number\n  prompt: ask_policy_number\n  digits: 8"
            '\n  keys: {"*": main_menu}\n  tries: 3\n  failed: service',
            make=_made,
            also=("collect", "input", "get_input", "get_digits", "ask", "read_digits"),
        ),
    )

    variable: str
    rules: InputRules
    least_digits: int
    most_digits: int
    terminator: str = "#"
    matches: str = ""
    sensitive: bool = False
    confirm: str = ""
    keys: dict[str, Destination] = msgspec.field(default_factory=dict)

    @property
    def question(self) -> Question:
        """Whether the typed input is a secret."""
        return Question.SECRET if self.sensitive else Question.ORDINARY

    @staticmethod
    def enter(_run: FlowRun, _speaker: Speaker, _turn: Turn) -> Stay:
        """Ask."""
        return Stay.ASK

    def exits(self) -> tuple[Exit, ...]:
        """On with the value, the keys, and the ways after wasted tries."""
        own = each(self.keys, pressed=True)
        return Exit("", ON, pressed=True), *own, *super().exits()

    def after(self, outcome: str) -> Destination:
        """The destination of a wasted last try."""
        return self.rules.after(outcome)

    def leads(self) -> tuple[Lead, ...]:
        """The keys, and the ways after wasted tries."""
        return *by_key(self.keys), *self.rules.leads()

    def subject(self) -> str:
        """The variable."""
        return self.variable

    def told_first(self) -> tuple[str, ...]:
        """The prompts."""
        return self.rules.prompts
