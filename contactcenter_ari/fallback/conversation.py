"""The conversation with a caller while the application is away.

The apology comes first, in each language of the called number. Then 1 leaves a number to call
back, 2 a message. What is left is written down at once: a caller may hang up at any time. An
agent's phone hears the apology alone.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from asterisk.agi import AGIAppError, AGIError, AGIException

from contactcenter_ari.fallback.plan import (
    APOLOGY,
    CONFIRM_NUMBER,
    DIGITS,
    GOODBYE,
    MESSAGE_KEPT,
    NUMBER_IS,
    NUMBER_KEPT,
    OFFER_MESSAGE,
    OFFER_NUMBER,
    SPEAK,
    TYPE_NUMBER,
    Plan,
)
from contactcenter_ari.fallback.spool import (
    AUDIO,
    CALLER,
    SpoolFile,
    takes_messages,
)

NUMBER_KEY, MESSAGE_KEY = "1", "2"
YES, OTHER = "1", "2"
EVERY_KEY = "0123456789*#"
KEY_WAIT = 5_000
"""Milliseconds in which a key is waited for."""
TRIES = 3
SHORTEST_NUMBER, LONGEST_NUMBER = 5, 20
"""Digits."""
MESSAGE_LIMIT = 120_000
"""Milliseconds."""
SILENCE = 4
"""Seconds of silence that end a message."""
SHORTEST_MESSAGE = 1.5
"""Seconds; Asterisk leaves one of the silence that ended it."""
WAV_HEADER, WAV_RATE = 44, 16_000
"""Bytes, and bytes a second."""


class Agi(Protocol):
    """As much of `asterisk.agi.AGI` as is used here."""

    def execute(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """The result of a command; raises AGIException."""
        ...


class Conversation:
    """One call: `now` gives seconds since 1970."""

    def __init__(
        self, agi: Agi, plan: Plan, file: SpoolFile, now: Callable[[], float], *, written: bool
    ) -> None:
        self._agi = agi
        self._plan = plan
        self._file = file
        self._now = now
        self._written = written
        self._languages = plan.languages_of(file.entry.called)
        self.apologized = False

    def __repr__(self) -> str:
        return f"<Conversation of {self._file!r}>"

    def run(self) -> None:
        """Lead it to its end; raises AGIException when the caller hangs up or a file fails."""
        key = self._apologize()
        if self._file.entry.role != CALLER or not self._written:
            return
        language, key = self._offered(key)
        if not key:
            return
        self._file.entry.language = language
        if key == NUMBER_KEY:
            self._take_number(language)
        elif key == MESSAGE_KEY and self._takes_messages():
            self._take_message(language)
        self._say(language, GOODBYE)

    def _apologize(self) -> str:
        """The apology in each language; a key cuts it short, and is its language's choice."""
        keys = NUMBER_KEY + MESSAGE_KEY if self._file.entry.role == CALLER else ""
        for language in self._languages:
            self._file.entry.language = self._file.entry.language or language
            key = self._say(language, APOLOGY, keys=keys)
            self.apologized = True
            if key:
                self._languages = [language]
                return key
        return ""

    def _offered(self, key: str) -> tuple[str, str]:
        """The language and the key that were chosen; no key when there was none."""
        if key:
            return self._languages[0], key
        for language in self._languages:
            names = (OFFER_NUMBER, OFFER_MESSAGE) if self._takes_messages() else (OFFER_NUMBER,)
            for name in names:
                if key := self._say(language, name, keys=EVERY_KEY):
                    return language, key
        return self._languages[0], self._key()

    def _takes_messages(self) -> bool:
        return takes_messages(self._file.message.parent)

    # A number

    def _take_number(self, language: str) -> None:
        """The caller's own number, or one that is typed; each is read back and confirmed. Who
        hangs up while the own one is read back has asked for it.
        """
        number, own = self._file.entry.caller, True
        for _ in range(TRIES):
            if not is_dialable(number):
                number, own = self._typed(language), False
                if not is_dialable(number):
                    continue
            try:
                key = self._confirmed(language, number)
            except AGIException:
                if own:
                    self._keep_number(number)
                raise
            if key == YES:
                self._keep_number(number)
                self._say(language, NUMBER_KEPT)
                return
            if key == OTHER:
                number = ""

    def _keep_number(self, number: str) -> None:
        self._file.entry.number = number
        self._keep()

    def _confirmed(self, language: str, number: str) -> str:
        keys = YES + OTHER
        for name in (NUMBER_IS, *(digit for digit in number if digit in DIGITS), CONFIRM_NUMBER):
            if key := self._say(language, name, keys=keys):
                return key
        return self._key()

    def _typed(self, language: str) -> str:
        """Digits up to #, or to a pause."""
        typed = ""
        key = self._say(language, TYPE_NUMBER, keys=EVERY_KEY) or self._key()
        while key and key != "#" and len(typed) < LONGEST_NUMBER:
            typed += key if key in DIGITS else ""
            key = self._key()
        return typed

    # A message

    def _take_message(self, language: str) -> None:
        """Record until #, silence, the limit or the end of the call."""
        self._say(language, SPEAK)
        path = self._file.message
        try:
            self._agi.execute(
                "RECORD FILE",
                quoted(str(path)),
                AUDIO,
                '"#"',
                MESSAGE_LIMIT,
                "BEEP",
                f"s={SILENCE}",
            )
        finally:
            taken = self._keep_message(path.with_name(f"{path.name}.{AUDIO}"))
        if taken:
            self._say(language, MESSAGE_KEPT)

    def _keep_message(self, audio: Path) -> bool:
        seconds = 0.0
        with suppress(OSError):
            seconds = max(0.0, (audio.stat().st_size - WAV_HEADER) / WAV_RATE)
        if seconds < SHORTEST_MESSAGE:
            audio.unlink(missing_ok=True)
            return False
        self._file.entry.message_seconds = seconds
        self._keep()
        return True

    # Within

    def _keep(self) -> None:
        self._file.entry.ended_at = self._now()
        self._file.keep()

    def _say(self, language: str, name: str, *, keys: str = "") -> str:
        """Play a prompt; gives the key that cut it short."""
        for sound in self._plan.sounds[language].get(name, []):
            played = self._agi.execute("STREAM FILE", quoted(sound), f'"{keys}"', 0)
            if key := key_of(played):
                return key
        return ""

    def _key(self) -> str:
        return key_of(self._agi.execute("WAIT FOR DIGIT", KEY_WAIT))


def key_of(result: dict[str, tuple[str, str]]) -> str:
    """The key in the result of a command; raises AGIException for what is none."""
    code = result["result"][0]
    if not code.isdecimal():
        raise AGIError("a result that is no key")
    return chr(int(code)) if int(code) else ""


def quoted(text: str) -> str:
    """One argument of a command."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_dialable(number: str) -> bool:
    """Whether a number can be called back, as far as its form tells."""
    return re.fullmatch(rf"\+?[0-9]{{{SHORTEST_NUMBER},{LONGEST_NUMBER}}}", number) is not None


def is_up(agi: Agi) -> bool:
    """Whether the caller is still there."""
    try:
        return agi.execute("CHANNEL STATUS")["result"][0] == "6"
    except (AGIAppError, AGIException, OSError):
        return False
