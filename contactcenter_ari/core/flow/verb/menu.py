"""The verb `menu`."""

from contactcenter_ari.core.flow.language.destination import Destination, Exit, Lead
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb import input_rules
from contactcenter_ari.core.flow.verb.exit import each
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


def _made(**fields: object) -> "Menu":
    return with_rules(Menu, fields)


class Menu(FlowVerb, frozen=True, tag="menu"):
    """Offer choices by key; a choice may be several keys long."""

    specs = (
        VerbSpec(
            value=Option(
                "menu",
                Kind.PROMPTS,
                "what is asked; of a list the nth try says the nth, then the last",
                fields=("prompts",),
            ),
            options=(
                Option(
                    "choices",
                    Kind.CHOICES,
                    "where the keys lead",
                    missing='a menu needs "choices", like {"1": sales}',
                ),
                *input_rules.OPTIONS,
            ),
            outcomes=input_rules.OUTCOMES,
            help="Asks the caller to choose by a key. The keys of `global_keys` are choices of"
            " every menu that has none of its own for them.",
            example='- menu: main_menu\n  choices: {"1": claims, "2": [play: hours, goto: start]}'
            "\n  no_input: no_input\n  tries: 3\n  failed: service",
            make=_made,
            also=("ivr", "prompt_menu"),
        ),
    )

    rules: InputRules
    choices: dict[str, Destination]

    @property
    def question(self) -> Question:
        """An ordinary question: the choice is no secret."""
        return Question.ORDINARY

    @staticmethod
    def enter(_run: FlowRun, _speaker: Speaker, _turn: Turn) -> Stay:
        """Ask."""
        return Stay.ASK

    def exits(self) -> tuple[Exit, ...]:
        """The choices, and the ways after wasted tries."""
        return *each(self.choices, pressed=True), *super().exits()

    def after(self, outcome: str) -> Destination:
        """The destination of a wasted last try."""
        return self.rules.after(outcome)

    def leads(self) -> tuple[Lead, ...]:
        """The choices, and the ways after wasted tries."""
        return *self.choices.items(), *self.rules.leads()

    def subject(self) -> str:
        """The first prompt."""
        return self.rules.first_prompt

    def words(self) -> str:
        """The verb and its prompts."""
        return f"menu {', '.join(self.rules.prompts)}"

    def told_first(self) -> tuple[str, ...]:
        """The prompts."""
        return self.rules.prompts
