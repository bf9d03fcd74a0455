"""The prompts of a story: each says its own name."""

from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.voicemail import Voicemail


def says(*pieces: str | Blank) -> Prompt:
    """A prompt that says these words in English, and what the blanks stand for."""
    filled = tuple(Words(piece) if isinstance(piece, str) else piece for piece in pieces)
    return Prompt({"en": (Text(filled),)})


def prompts_of(verb: Verb) -> tuple[str, ...]:
    """The prompts that a step names."""
    match verb:
        case Play(prompt=prompt) | Voicemail(prompt=prompt):
            return (prompt,)
        case Menu(rules=rules):
            return (*rules.prompts, *rules.no_input, *rules.no_match)
        case Gather(rules=rules, confirm=confirm):
            said = (*rules.prompts, *rules.no_input, *rules.no_match)
            return (*said, confirm) if confirm else said
        case DialOut(screen=screen) if screen:
            return (screen,)
        case Queue(greeting=greeting, announce=announce):
            said = (greeting, *(name for a in announce for name in (a.prompt, a.longer)))
            return tuple(filter(None, said))
        case _:
            return ()
