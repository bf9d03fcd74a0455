"""The plan of the fall-back script: its prompts spoken ahead, in the languages of the site."""

from pathlib import Path

import structlog
from rich.console import Console

from contactcenter_ari.core.site.called_number import CalledNumbers
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SpokenText
from contactcenter_ari.fallback.plan import APOLOGY, DIGITS, NAMES, Plan, Sounds, write_plan
from contactcenter_ari.service.fall_back_text import TEXTS
from contactcenter_ari.service.prompts import fixed_parts, speak_ahead
from contactcenter_ari.speech.prompt_cache import PromptCache

log = structlog.get_logger(__name__)

FOLDER = "fall-back"
"""Below the data of the installation."""


def plan_file(data: Path) -> Path:
    """The file in which the script looks for its plan."""
    return data / FOLDER / "plan.json"


def spool_folder(data: Path) -> Path:
    """The folder in which the script writes its records."""
    return data / FOLDER / "spool"


async def plan_ahead(cache: PromptCache, site: Site, data: Path) -> None:
    """Speak what the fall-back says and write its plan; where that cannot be written the one
    before stays. Raises PromptMissing, SpeechFailed.
    """
    spoken = list(site.prompts[APOLOGY].parts)
    sounds = {language: await _sounds(cache, site, language) for language in spoken}
    languages = {number: list(flow.languages) for flow in site.flows for number in flow.numbers}
    spelled = CalledNumbers(site).spelled
    numbers = {spelling: languages[number] for spelling, number in spelled.items()}
    spool = str(spool_folder(data))
    try:
        write_plan(Plan(spool, languages=spoken, sounds=sounds, numbers=numbers), plan_file(data))
    except OSError as error:
        log.error("fall_back.plan_not_written", reason=error.strerror)


class SpokenAhead:
    """Speaks the prompts of a site that is about to be published, those of the fall-back too."""

    def __init__(self, cache: PromptCache, data: Path) -> None:
        self._cache = cache
        self._data = data

    def __repr__(self) -> str:
        return f"<SpokenAhead into {self._cache!r}>"

    async def speak(self, site: Site) -> None:
        """Render every prompt without blanks; raises SpeechFailed."""
        await speak_ahead(self._cache, site, Console(quiet=True))
        await plan_ahead(self._cache, site, self._data)


async def _sounds(cache: PromptCache, site: Site, language: str) -> Sounds:
    """The files of each prompt in a language; one that nobody wrote in it has none."""
    sounds: Sounds = {}
    for name in (*NAMES, *DIGITS):
        media = await cache.media(_parts(site, name, language))
        sounds[name] = [file.removeprefix("sound:") for file in media]
    return sounds


def _parts(site: Site, name: str, language: str) -> list[PromptPart]:
    if name in DIGITS:
        return [SpokenText(name, language)]
    prompt = site.prompts.get(name)
    if prompt is not None and language in prompt.parts:
        return fixed_parts(prompt, language)
    text = TEXTS.get(name, {}).get(language)
    return [] if text is None else [SpokenText(text, language)]
