"""The facts about the site that the fall-back script needs, rendered ahead into one file.

The application writes the file at each start and each publication; the script reads it at each
call, so a change needs no reload of Asterisk.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

APOLOGY = "apology"
GOODBYE = "goodbye"
OFFER_NUMBER = "fall_back_offer_number"
OFFER_MESSAGE = "fall_back_offer_message"
TYPE_NUMBER = "fall_back_type_number"
NUMBER_IS = "fall_back_number_is"
CONFIRM_NUMBER = "fall_back_confirm_number"
NUMBER_KEPT = "fall_back_number_kept"
SPEAK = "fall_back_speak"
MESSAGE_KEPT = "fall_back_message_kept"
DIGITS = "0123456789"
NAMES = (
    *(APOLOGY, GOODBYE, OFFER_NUMBER, OFFER_MESSAGE, TYPE_NUMBER, NUMBER_IS, CONFIRM_NUMBER),
    *(NUMBER_KEPT, SPEAK, MESSAGE_KEPT),
)
"""The prompts of the fall-back; each digit is one, too."""

Sounds = dict[str, list[str]]
"""The files of a prompt, without their ending, by its name."""


@dataclass(frozen=True)
class Plan:
    """`languages` are those of the site, `numbers` those of each flow by the digits that carriers
    send for its numbers; `sounds` has the prompts by language. `spool` is where to write into.
    """

    spool: str
    languages: list[str]
    sounds: dict[str, Sounds]
    numbers: dict[str, list[str]] = field(default_factory=dict)

    def languages_of(self, called: str) -> list[str]:
        """The languages in which the caller of a number is spoken to, in order."""
        digits = called.removeprefix("+").removeprefix("00")
        wanted = self.numbers.get(digits) or self.languages
        return [language for language in wanted if language in self.sounds]


def read_plan(file: Path) -> Plan:
    """The plan in a file; raises OSError, ValueError and TypeError."""
    return Plan(**json.loads(file.read_text("utf-8")))


def write_plan(plan: Plan, file: Path) -> None:
    """Write a plan for the owner alone: the file is whole or as it was. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(plan.spool).mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as text:
        json.dump(asdict(plan), text, ensure_ascii=False)
    Path(aside).replace(file)
