"""Prompts as a caller hears them: recorded files and spoken text, in order."""

import msgspec


class SoundFile(msgspec.Struct, frozen=True, tag=True):
    """A recorded prompt: `path` below the prompts folder, without its ending (`nl/welcome`)."""

    path: str


class SpokenText(msgspec.Struct, frozen=True, tag=True):
    """A text to be spoken; `language` is a BCP 47 tag such as `en` or `nl`."""

    text: str
    language: str


PromptPart = SoundFile | SpokenText
