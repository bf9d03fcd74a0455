"""Prompts become files that Asterisk can play: each text spoken once, each file found."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from contactcenter_ari.core.vocabulary.prompt import SoundFile, SpokenText
from contactcenter_ari.speech.prompt_cache import TAIL, CallPrompts, PromptCache, PromptMissing
from contactcenter_ari.speech.sound_file import write_ulaw, write_wav
from contactcenter_ari.speech.tone import Samples, sample_count
from contactcenter_ari.speech.voice import EspeakVoice, SpeechFailed
from tests.hearing import find
from tests.recorded import mono_of

HELLO = SpokenText("Hello", "en")


class SlowVoice:
    """Speaks any text as its length in samples, when it is let."""

    def __init__(self, name: str = "slow/1") -> None:
        self.name = name
        self.spoken: list[tuple[str, str]] = []
        self.started = asyncio.Event()
        self.let = asyncio.Event()
        self.let.set()

    async def speak(self, text: str, language: str) -> Samples:
        """Samples as many as the text has characters, a hundredfold."""
        self.spoken.append((text, language))
        self.started.set()
        await self.let.wait()
        if "mute" in text:
            raise SpeechFailed(f"cannot say {text}")
        return np.full(100 * len(text), 1000, dtype=np.int16)


@pytest.fixture
def voice() -> SlowVoice:
    """A fake voice."""
    return SlowVoice()


@pytest.fixture
def cache(tmp_path: Path, voice: SlowVoice) -> PromptCache:
    """A cache of the fake voice; recorded prompts in `prompts`."""
    (tmp_path / "prompts" / "nl").mkdir(parents=True)
    return PromptCache(tmp_path / "spoken", voice, tmp_path / "prompts")


def file_of(uri: str) -> Path:
    """The file Asterisk would play."""
    assert uri.startswith("sound:/")
    return Path(uri.removeprefix("sound:") + ".wav")


async def test_parts_become_media_in_order(
    tmp_path: Path, cache: PromptCache, voice: SlowVoice
) -> None:
    """Recorded and spoken parts become URIs without endings, in the order given."""
    write_wav(tmp_path / "prompts/nl/welkom.wav", np.zeros(80, dtype=np.int16))
    write_ulaw(tmp_path / "prompts/nl/tot.ziens.ulaw", np.zeros(80, dtype=np.int16))
    recorded, spoken, other = await cache.media(
        [SoundFile("nl/welkom"), HELLO, SoundFile("nl/tot.ziens")]
    )
    assert recorded == f"sound:{tmp_path}/prompts/nl/welkom"
    assert other == f"sound:{tmp_path}/prompts/nl/tot.ziens"
    assert len(mono_of(file_of(spoken))) == 500 + sample_count(TAIL)
    assert voice.spoken == [("Hello", "en")]


async def test_a_text_is_spoken_once_also_after_a_restart(
    tmp_path: Path, cache: PromptCache, voice: SlowVoice
) -> None:
    """Later calls, and later processes, find the file."""
    first = await cache.media([HELLO])
    restarted = PromptCache(tmp_path / "spoken", voice, tmp_path / "prompts")
    assert first == await cache.media([HELLO]) == await restarted.media([HELLO])
    assert voice.spoken == [("Hello", "en")]


async def test_language_and_voice_tell_texts_apart(tmp_path: Path, cache: PromptCache) -> None:
    """The same words in another language or voice are another file."""
    other = PromptCache(tmp_path / "spoken", SlowVoice("slow/2"), tmp_path / "prompts")
    media = await cache.media([HELLO, SpokenText("Hello", "nl")]) + await other.media([HELLO])
    assert len(set(media)) == 3


async def test_two_calls_at_once_have_a_text_spoken_once(
    cache: PromptCache, voice: SlowVoice
) -> None:
    """Calls that want the same text while it is being spoken wait for it."""
    voice.let.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        calls = [group.create_task(cache.media([HELLO])) for _ in range(20)]
        await voice.started.wait()
        voice.let.set()
    assert len({call.result()[0] for call in calls}) == 1
    assert voice.spoken == [("Hello", "en")]


async def test_a_call_that_leaves_does_not_take_the_text_from_others(
    cache: PromptCache, voice: SlowVoice
) -> None:
    """When the first caller hangs up while the text is spoken, the second still hears it."""
    voice.let.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        first = group.create_task(cache.media([HELLO]))
        second = group.create_task(cache.media([HELLO]))
        await voice.started.wait()
        first.cancel()
        voice.let.set()
    assert file_of(second.result()[0]).exists()


async def test_a_text_that_failed_is_tried_again(cache: PromptCache, voice: SlowVoice) -> None:
    """A failure is an error of that call alone and leaves no file."""
    for _ in range(2):
        with pytest.raises(SpeechFailed, match="cannot say mute"):
            await cache.media([SpokenText("mute", "en")])
    assert len(voice.spoken) == 2


@pytest.mark.parametrize("path", ["nl/none", "../secret", "/etc/passwd", "", "nl"])
async def test_a_missing_recorded_prompt_is_named(
    tmp_path: Path, cache: PromptCache, path: str
) -> None:
    """A file that is missing, or outside the prompts folder, is an error naming it."""
    write_wav(tmp_path / "secret.wav", np.zeros(80, dtype=np.int16))
    with pytest.raises(PromptMissing, match=f"recorded prompt '{path}'"):
        await cache.media([SoundFile(path)])


def test_a_folder_asterisk_cannot_play_from_is_refused(tmp_path: Path, voice: SlowVoice) -> None:
    """A comma would split the list of media."""
    with pytest.raises(ValueError, match="comma"):
        PromptCache(tmp_path / "a,b", voice, tmp_path)


async def test_texts_are_rendered_ahead(cache: PromptCache, voice: SlowVoice) -> None:
    """Warming speaks each text once and tells how many are done."""
    texts = [SpokenText(f"Text {number}", "en") for number in range(9)]
    done = [count async for count in cache.warm([*texts, texts[0]])]
    assert done == sorted(done)
    assert done[-1] == 9
    assert len(voice.spoken) == 9


async def test_warming_names_what_cannot_be_spoken(cache: PromptCache) -> None:
    """A text that cannot be spoken ahead is one clear error."""
    with pytest.raises(SpeechFailed, match="cannot say mute"):
        async for _ in cache.warm([HELLO, SpokenText("mute", "en")]):
            pass


async def test_the_longest_unused_texts_make_room(tmp_path: Path, voice: SlowVoice) -> None:
    """The folder stays below its limit; what is in use stays."""
    cache = PromptCache(tmp_path / "spoken", voice, tmp_path, disk_limit=21_000)
    in_use = [SpokenText("Welcome", "en")]
    for number in range(20):
        await cache.media([SpokenText(f"Text {number}", "en")])
        await cache.media(in_use)
    size = sum(file.stat().st_size for file in (tmp_path / "spoken").iterdir())
    assert 8_000 < size <= 21_000
    assert voice.spoken.count(("Welcome", "en")) == 1


async def test_a_full_disk_is_an_error_of_speech(tmp_path: Path, voice: SlowVoice) -> None:
    """A folder that cannot be made is an error naming it."""
    (tmp_path / "file").write_text("")
    cache = PromptCache(tmp_path / "file" / "spoken", voice, tmp_path)
    with pytest.raises(SpeechFailed, match=r"file/spoken/.*cannot be written"):
        await cache.media([HELLO])


async def test_real_speech_is_kept_and_found(tmp_path: Path, espeak: EspeakVoice) -> None:
    """The file of a really spoken text holds exactly that speech."""
    cache = PromptCache(tmp_path, espeak, tmp_path)
    (uri,) = await cache.media([SpokenText("Welcome. This call is recorded.", "en")])
    speech = await espeak.speak("Welcome. This call is recorded.", "en")
    assert find(speech, mono_of(file_of(uri))).score > 0.999


VALUE = SpokenText("Your balance is twelve", "en")


def age(file: Path, by: timedelta) -> None:
    """Make a file older than it is."""
    then = file.stat().st_mtime - by.total_seconds()
    os.utime(file, (then, then))


async def test_what_one_caller_is_told_is_kept_apart(
    tmp_path: Path, cache: PromptCache, voice: SlowVoice
) -> None:
    """A text that was spoken ahead is everybody's; any other may hold a name or a balance."""
    prompts = CallPrompts(cache, tmp_path / "data" / "spoken")
    write_wav(tmp_path / "prompts/nl/welkom.wav", np.zeros(80, dtype=np.int16))
    assert [done async for done in cache.warm([HELLO])] == [1]
    hello, value, recorded = await prompts.media([HELLO, VALUE, SoundFile("nl/welkom")])
    assert file_of(hello).parent == tmp_path / "spoken"
    assert file_of(value).parent == tmp_path / "data" / "spoken"
    assert recorded == f"sound:{tmp_path}/prompts/nl/welkom"
    assert await prompts.media([VALUE]) == [value]
    assert voice.spoken == [("Hello", "en"), (VALUE.text, "en")]


async def test_what_one_caller_is_told_is_kept_for_a_day(
    tmp_path: Path, cache: PromptCache, voice: SlowVoice
) -> None:
    """Then it is removed; a text that a call is about to play is spoken again in time."""
    prompts = CallPrompts(cache, tmp_path / "values")
    (value,) = await prompts.media([VALUE])
    age(file_of(value), timedelta(hours=13))
    assert await prompts.media([VALUE]) == [value]
    assert voice.spoken == [(VALUE.text, "en")] * 2
    prompts._values.sweep()
    assert file_of(value).exists()
    age(file_of(value), timedelta(hours=25))
    await cache.media([HELLO])
    age(file_of((await cache.media([HELLO]))[0]), timedelta(days=100))
    prompts._values.sweep()
    cache.sweep()
    assert not file_of(value).exists()
    assert len(list((tmp_path / "spoken").glob("*.wav"))) == 1


async def test_prompts_are_for_their_owner_alone(tmp_path: Path, cache: PromptCache) -> None:
    """Whatever the umask is, and whatever an earlier version left open."""
    (tmp_path / "spoken").mkdir(mode=0o755)
    prompts = CallPrompts(cache, tmp_path / "values")
    await cache.media([HELLO])
    (value,) = await prompts.media([VALUE])
    for folder in (tmp_path / "spoken", file_of(value).parent):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
