"""The prompts of a site made audible: the cache, what can be spoken ahead, music on hold."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from contactcenter_ari.config.site import prompts_folder
from contactcenter_ari.core.flow.language.declaration import Prompt, Text, Words
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SpokenText
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.machine.tool_root import cache_folder
from contactcenter_ari.speech.prompt_cache import PromptCache
from contactcenter_ari.speech.voice import EspeakVoice

OUT_OF_SERVICE = "apology"
"""The system prompt that callers hear first when the application is away."""


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


async def dialplan_sound(cache: PromptCache, site: Site) -> str:
    """The files, without their ending, that say in the first language that we are away."""
    apology = site.prompts[OUT_OF_SERVICE]
    media = await cache.media(fixed_parts(apology, next(iter(apology.parts))))
    return "&".join(file.removeprefix("sound:") for file in media)


def fixed_parts(prompt: Prompt, language: str) -> list[PromptPart]:
    """A prompt in a language without its blanks: what can be said to anybody."""
    return [
        SpokenText(_words(part), language) if isinstance(part, Text) else part
        for part in prompt.parts[language]
    ]


def fixed_texts(site: Site) -> Iterator[SpokenText]:
    """The texts that are the same for every caller."""
    for _, part in fixed_prompts(site):
        if isinstance(part, SpokenText):
            yield part


def fixed_prompts(site: Site) -> Iterator[tuple[str, PromptPart]]:
    """All that is the same for every caller, by the name of its prompt."""
    flows = [(flow.name, flow.prompts) for flow in site.flows]
    for owner, prompts in ((site.name, site.prompts), *flows):
        for name, prompt in prompts.items():
            for language, parts in prompt.parts.items():
                for part in parts:
                    if not isinstance(part, Text):
                        yield f"{owner}: {name} ({language})", part
                    elif all(isinstance(piece, Words) for piece in part.pieces):
                        told = SpokenText(_words(part), language)
                        yield f"{owner}: {name} ({language})", told


def _words(text: Text) -> str:
    return "".join(piece.text for piece in text.pieces if isinstance(piece, Words))
