"""Prompts: recorded files (`sound:nl/welcome`) and texts with blanks (`{balance | money}`)."""

import re
import wave
from collections.abc import Collection
from pathlib import Path

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, shown
from contactcenter_ari.config.problem import suggest
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.value_type import read_expression, refuse_sensitive
from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.type_check import Types, faults
from contactcenter_ari.core.flow.language.type_check import check as type_of
from contactcenter_ari.core.spoken.value import Kind
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.runtime.regular_file import is_regular

SOUND = "sound:"
LINE = (8000, 1, 16)
"""The format that a telephone line carries: samples a second, channels, bits."""
ENDINGS = (".wav", ".ulaw", ".alaw", ".sln")
FILE = re.compile(r"[\w/.-]+\.(wav|mp3|gsm|ulaw|alaw|sln|ogg)", re.IGNORECASE)
"""A text that is the name of a recorded file."""
PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(/[A-Za-z0-9_][A-Za-z0-9_-]*)*")
TEXTS = frozenset({Kind.TEXT, Kind.DIGITS, Kind.PHONE, Kind.CHOICE})
NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})
SPOKEN_AS: dict[str, frozenset[Kind]] = {
    "text": frozenset(Kind),
    "number": NUMBERS | {Kind.DIGITS},
    "digits": TEXTS | {Kind.INTEGER},
    "phone": TEXTS,
    "money": frozenset({Kind.MONEY}),
    "date": frozenset({Kind.DATE, Kind.DATETIME}),
    "time": frozenset({Kind.TIME, Kind.DATETIME}),
    "datetime": frozenset({Kind.DATETIME}),
    "duration": frozenset({Kind.DURATION}),
}
"""Which types of value each format can speak."""
USUAL_FORMAT = {
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.TEXT: "text",
    Kind.CHOICE: "text",
    Kind.BOOL: "text",
}
"""How a blank without a format is spoken; other types by the format of their name."""


class PromptReader:
    """Reads the prompts of one file; `folder` is where recorded files lie."""

    def __init__(
        self,
        reading: Reading,
        *,
        languages: tuple[str, ...],
        folder: Path,
        types: Types,
        sensitive: Collection[str] = (),
        told: set[str] | None = None,
    ) -> None:
        self.reading = reading
        self.languages = languages
        self.folder = folder
        self.types = types
        self.sensitive = sensitive
        self.told = set() if told is None else told
        """Unknown languages that were told; a flow that lacks one in its list lacks it once."""

    def prompts(self, node: Node) -> dict[str, Prompt]:
        """All prompts under the key `prompts`."""
        entries = self.reading.mapping(node, "prompts").entries
        return {
            self.reading.name(name, "a prompt"): self.prompt(name, value)
            for name, value in entries
        }

    def prompt(self, name: Scalar, node: Node) -> Prompt:
        """One prompt: a map of languages, or one value when there is but one language."""
        if not isinstance(node, Map) and not self.languages:  # which is told
            return Prompt({})
        if not isinstance(node, Map) and len(self.languages) == 1:
            return Prompt({self.languages[0]: self.parts(node)})
        if not isinstance(node, Map):
            message = f'prompt "{name.text}" must be a map of languages, like {{en: "Hello."}}'
            self.reading.blame("E105", message, node)
            return Prompt({})
        known = all(key.text in self.languages for key, _ in node.entries)
        for language in self.languages if known else ():  # else one may be written otherwise
            if node.get(language) is None:
                message = f'prompt "{name.text}" is missing in "{language}"'
                self.reading.blame("E401", message, name)
        return Prompt({key.text: self.in_language(key, value) for key, value in node.entries})

    def in_language(self, language: Scalar, node: Node) -> tuple[SoundFile | Text, ...]:
        """The parts of a prompt in one language."""
        if self.languages and language.text not in {*self.languages, *self.told}:
            self.told.add(language.text)
            message = f'language "{language.text[:60]}" is none of the languages of this file'
            suggestion = suggest(language.text, self.languages)
            self.reading.blame("E206", message, language, suggestion=suggestion)
        return self.parts(node)

    def parts(self, node: Node) -> tuple[SoundFile | Text, ...]:
        """A text, a sound, or a list of them."""
        items = self.reading.items(node, "a prompt")
        if not items:
            self.reading.blame("E105", "a prompt must be a text or sound:FILE", node)
        scalars = [self.reading.scalar(item, "a prompt") for item in items]
        return tuple(self.part(scalar) for scalar in scalars if scalar)

    def part(self, scalar: Scalar) -> SoundFile | Text:
        """One text or sound."""
        if scalar.text.startswith(SOUND):
            return self.sound(scalar)
        if FILE.fullmatch(scalar.text):
            message = (
                f'"{scalar.text[:60]}" would be spoken; a recorded file is written sound:FILE'
            )
            path = scalar.text.rpartition(".")[0]
            self.reading.blame("E402", message, scalar, suggestion=f'write "{SOUND}{path}"')
        return Text(tuple(self.pieces(scalar)))

    def sound(self, scalar: Scalar) -> SoundFile:
        """A recorded file, which must exist."""
        path = scalar.text.removeprefix(SOUND).strip()
        if PATH.fullmatch(path) is None:
            message = f'"{path[:60]}" is no sound; an example: sound:nl/welcome'
            self.reading.blame("E402", message, scalar)
        elif not any(is_regular(self.folder / f"{path}{ending}") for ending in ENDINGS):
            places = ", ".join((f"{shown(self.folder / path)}{ENDINGS[0]}", *ENDINGS[1:]))
            message = f'sound "{path}" is missing: looked for {places}'
            self.reading.blame("E402", message, scalar)
        elif problem := _unplayable(self.folder / f"{path}.wav"):
            self.reading.blame("E404", f'sound "{path}" {problem}', scalar)
        return SoundFile(path)

    def pieces(self, scalar: Scalar) -> list[Words | Blank]:
        """Words and blanks in turn."""
        pieces: list[Words | Blank] = []
        done, before = 0, len(self.reading.problems)
        for found in re.finditer(r"\{([^{}]*)\}", scalar.text):
            if words := scalar.text[done : found.start()]:
                pieces.append(self.words(scalar, done, words, before))
            pieces.append(self.blank(scalar, found.start(1), found[1]))
            done = found.end()
        if words := scalar.text[done:]:
            pieces.append(self.words(scalar, done, words, before))
        return pieces

    def words(self, scalar: Scalar, offset: int, words: str, before: int) -> Words:
        """Words that hold no stray brace; told unless there are more problems than `before`."""
        stray = re.search(r"[{}]", words)
        if stray and len(self.reading.problems) == before:
            message = f'"{stray[0]}" has no partner; a blank is written {{name | digits}}'
            self.reading.blame("E403", message, scalar, offset=offset + stray.start(), length=1)
        return Words(words)

    def blank(self, scalar: Scalar, offset: int, inside: str) -> Blank:
        """A value and how to speak it."""
        text, _, kind = inside.rpartition("|") if "|" in inside else (inside, "", "")
        lead = len(text) - len(text.lstrip())
        expression = self.expression(scalar, offset + lead, text.strip())
        kind_offset = offset + len(text) + 1 + len(kind) - len(kind.lstrip())
        return self.spoken(scalar, expression, kind.strip(), kind_offset)

    def expression(self, scalar: Scalar, offset: int, text: str) -> Expression:
        """The expression of a blank; mistakes are blamed on its own words."""
        inner = _stretch(scalar, offset, text)
        refuse_sensitive(self.reading, inner, self.sensitive)
        return read_expression(self.reading, inner, "a blank", self.types)

    def spoken(self, scalar: Scalar, expression: Expression, kind: str, offset: int) -> Blank:
        """A blank whose format can speak its value."""
        if not expression.text or faults(expression, self.types):
            return Blank(expression, kind)
        type_ = type_of(expression, self.types)
        if type_ is None:
            return Blank(expression, kind)
        if not kind:
            return Blank(expression, USUAL_FORMAT.get(type_.kind, type_.kind.value))
        problem = ""
        if kind not in SPOKEN_AS:
            problem = f'format "{kind[:60]}" does not exist'
        elif type_.kind not in SPOKEN_AS[kind]:
            problem = f"{type_} cannot be spoken as {kind}"
        if problem:
            suggestion = suggest(kind, SPOKEN_AS) if kind not in SPOKEN_AS else ""
            length = max(len(kind), 1)
            self.reading.blame(
                "E403", problem, scalar, offset=offset, length=length, suggestion=suggestion
            )
        return Blank(expression, kind)


def _unplayable(file: Path) -> str:
    """Why a telephone line cannot carry a WAV file; nothing when it can, or is not there."""
    if not is_regular(file):
        return ""
    try:
        with wave.open(str(file), "rb") as sound:
            form = (sound.getframerate(), sound.getnchannels(), 8 * sound.getsampwidth())
    except (OSError, EOFError, wave.Error):
        return "is no WAV file"
    if form == LINE:
        return ""
    wanted, given = (
        f"{rate} Hz, {channels} channel(s), {bits} bits" for rate, channels, bits in (LINE, form)
    )
    return f"must be {wanted}, not {given}"


def _stretch(scalar: Scalar, offset: int, text: str) -> Scalar:
    """A part of a scalar as one of its own, for the places of problems in it."""
    if scalar.line != scalar.end_line or scalar.style in {"|", ">"}:
        return Scalar(
            text, scalar.line, scalar.column, scalar.end_line, scalar.end_column, scalar.style
        )
    column = scalar.column + offset + (1 if scalar.style else 0)
    return Scalar(text, scalar.line, column, scalar.line, column + len(text))
