"""The prompts of a site made audible: the cache, what can be spoken ahead, music on hold."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from contactcenter_ari.config.site import prompts_folder
from contactcenter_ari.core.center.site import Site
from contactcenter_ari.core.flow.flow import Prompt, Text, Words
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.machine.tool_root import cache_folder
from contactcenter_ari.speech.prompt_cache import PromptCache
from contactcenter_ari.speech.voice import EspeakVoice

OUT_OF_SERVICE = "apology"
"""The system prompt the dialplan plays when the application is away."""


def prompt_cache(tools: Tools, site_folder: Path, environ: Mapping[str, str]) -> PromptCache:
    """Prompts spoken by espeak-ng, kept in the user's cache, and the site's recorded ones."""
    voice = EspeakVoice(tools.espeak, tools.environment)
    folder = cache_folder(environ) / "prompts"
    return PromptCache(folder, voice, prompts_folder(site_folder))


async def speak_ahead(cache: PromptCache, site: Site, console: Console) -> None:
    """Render every prompt without blanks, so that no caller waits for it; raises
    SpeechFailed.
    """
    texts = list(dict.fromkeys(fixed_texts(site)))
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("Speaking prompts", total=len(texts))
        async for done in cache.warm(texts):
            progress.update(bar, completed=done)


class SpokenAhead:
    """Speaks the prompts of a site that is about to be published."""

    def __init__(self, cache: PromptCache) -> None:
        self._cache = cache

    def __repr__(self) -> str:
        """Tell where they go."""
        return f"<SpokenAhead into {self._cache!r}>"

    async def speak(self, site: Site) -> None:
        """Render every prompt without blanks; raises SpeechFailed."""
        await speak_ahead(self._cache, site, Console(quiet=True))


async def dialplan_sound(cache: PromptCache, site: Site) -> str:
    """The file, without its ending, that says in the first language that we are away."""
    language, text = next(
        (language, parts) for language, parts in site.prompts[OUT_OF_SERVICE].parts.items()
    )
    words = "".join(_words(part) for part in text if isinstance(part, Text))
    media = await cache.media((SpokenText(words, language),))
    return media[0].removeprefix("sound:")


def fixed_texts(site: Site) -> Iterator[SpokenText]:
    """The texts that are the same for every caller."""
    prompts: list[Prompt] = [*site.prompts.values()]
    for flow in site.flows:
        prompts.extend(flow.prompts.values())
    for prompt in prompts:
        for language, parts in prompt.parts.items():
            for part in parts:
                if isinstance(part, Text) and all(isinstance(p, Words) for p in part.pieces):
                    yield SpokenText(_words(part), language)


def _words(text: Text) -> str:
    return "".join(piece.text for piece in text.pieces if isinstance(piece, Words))
