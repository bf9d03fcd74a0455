"""From prompt parts to files that Asterisk can play: recorded ones found, texts spoken once.

Promises: a text in a language by a voice is rendered once, also when two calls want it in the same
instant and across restarts; a file is whole or absent, and for its owner alone; and the folder is
bounded (the longest unused goes first). Knows nothing of calls.

Texts that are the same for everybody are spoken ahead and kept in the user's cache. Any other text
may hold a name, a balance, a number: `CallPrompts` keeps those apart, and for a day only.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import assert_never
from weakref import WeakValueDictionary

import numpy as np

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SoundFile, SpokenText
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.regular_file import is_regular, real_path
from contactcenter_ari.speech.sound_file import write_wav
from contactcenter_ari.speech.tone import Samples, silence
from contactcenter_ari.speech.voice import SpeechFailed, Voice

FORMAT_VERSION = "2"
"""Part of each key: change it when the same text should sound different."""
DISK_LIMIT = 500_000_000
"""Bytes of spoken prompts kept; 16 kB is a second."""

VALUE_AGE_LIMIT = timedelta(days=1)
"""How long what was said to one caller is kept."""
SWEEP_EVERY = timedelta(minutes=10)

TAIL = timedelta(milliseconds=200)
"""Silence after each text: a phone drops what it still buffers when the call is hung up."""

OWNER_ONLY = 0o700
_ENDINGS = (".wav", ".ulaw", ".alaw", ".sln", ".gsm", ".g722")
_WARM_AT_ONCE = 4


class PromptMissing(ContactCenterError):
    """A recorded prompt has no file; the message names it."""


class PromptCache:
    """Files for prompts: `sounds_dir` holds the recorded ones, `folder` the spoken ones; with an
    `age_limit` a text that is older is spoken again, and `sweep` removes it.
    """

    def __init__(
        self,
        folder: Path,
        voice: Voice,
        sounds_dir: Path,
        *,
        disk_limit: int = DISK_LIMIT,
        age_limit: timedelta | None = None,
    ) -> None:
        self._folder = _playable(folder)
        self._sounds = _playable(sounds_dir)
        self._voice = voice
        self._disk_limit = disk_limit
        self._age_limit = age_limit
        self._rendering: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._writing = asyncio.Lock()
        self._bytes_kept: int | None = None

    async def media(self, parts: Sequence[PromptPart]) -> list[str]:
        """The parts as media URIs of ARI, in order; raises PromptMissing and SpeechFailed."""
        files = [await self._file(part) for part in parts]
        return [f"sound:{file.with_suffix('')}" for file in files]

    async def warm(self, texts: Iterable[SpokenText]) -> AsyncIterator[int]:
        """Render texts ahead of the first call; gives how many are done, after each few."""
        pending = list(dict.fromkeys(texts))
        for done in range(0, len(pending), _WARM_AT_ONCE):
            few = pending[done : done + _WARM_AT_ONCE]
            await self._render_all(few)
            yield done + len(few)

    def has(self, text: SpokenText) -> bool:
        """Whether a text is spoken already."""
        return self._is_ready(self._folder / f"{self._key(text)}.wav")

    def apart(self, folder: Path, age_limit: timedelta) -> "PromptCache":
        """Another cache of the same voice and recorded prompts."""
        return PromptCache(folder, self._voice, self._sounds, age_limit=age_limit)

    def sweep(self) -> None:
        """Remove what is too old; what a call needs was spoken less than half of that ago."""
        if self._age_limit is not None:
            oldest = _now() - self._age_limit.total_seconds()
            for file, about in self._files():
                if about.st_mtime < oldest:
                    file.unlink(missing_ok=True)

    async def _render_all(self, texts: Sequence[SpokenText]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for text in texts:
                    tasks.create_task(self._spoken(text))
        except BaseExceptionGroup as group:  # raised within `except*` it would be in a group again
            failures, others = group.split(SpeechFailed)
            if others is not None or failures is None:
                raise
            reason = "; ".join(str(failure) for failure in failures.exceptions)
            raise SpeechFailed(reason) from failures

    async def _file(self, part: PromptPart) -> Path:
        match part:
            case SoundFile():
                return self._recorded(part)
            case SpokenText():
                return await self._spoken(part)
            case _:
                assert_never(part)

    def _recorded(self, part: SoundFile) -> Path:
        """The recorded file of a part; only below the prompts folder, whatever the path says."""
        stem = self._sounds / part.path
        if ".." not in stem.parts and "," not in part.path:
            for ending in _ENDINGS:
                file = stem.with_name(stem.name + ending)
                if is_regular(file) and real_path(file).is_relative_to(self._sounds):
                    return file
        raise PromptMissing(f"recorded prompt {part.path!r}: there is no {stem}.wav")

    async def _spoken(self, part: SpokenText) -> Path:
        key = self._key(part)
        file = self._folder / f"{key}.wav"
        if self._is_ready(file):
            return file
        lock = self._rendering.setdefault(key, asyncio.Lock())
        async with lock:
            if not self._is_ready(file):  # else the earlier holder of the lock rendered it
                samples = await self._voice.speak(part.text, part.language)
                async with self._writing:
                    await asyncio.to_thread(self._keep, file, samples)
        return file

    def _is_ready(self, file: Path) -> bool:
        """Whether the file can be played, and will be there for long enough."""
        if self._age_limit is None:
            return _touched(file)
        try:
            age = _now() - file.stat().st_mtime
        except OSError:
            return False
        return age < self._age_limit.total_seconds() / 2

    def _key(self, part: SpokenText) -> str:
        said = (part.text, part.language, self._voice.name, FORMAT_VERSION)
        return sha256("\0".join(said).encode(errors="replace")).hexdigest()

    def _keep(self, file: Path, samples: Samples) -> None:
        try:
            self._folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
            self._folder.chmod(OWNER_ONLY)
            write_wav(file, np.concatenate([samples, silence(TAIL)]))
            self._make_room(file)
        except OSError as error:
            raise SpeechFailed(f"{file}: cannot be written: {error.strerror}") from error

    def _make_room(self, newest: Path) -> None:
        """Drop the longest unused files, to nine tenths of the limit, once it is passed."""
        if self._bytes_kept is not None:
            self._bytes_kept += newest.stat().st_size
            if self._bytes_kept <= self._disk_limit:
                return
        kept = [(stat.st_mtime_ns, stat.st_size, file) for file, stat in self._files()]
        size = sum(entry[1] for entry in kept)
        if size > self._disk_limit:
            for _, freed, file in sorted(kept):
                if size <= self._disk_limit * 9 // 10 or file == newest:
                    break
                file.unlink(missing_ok=True)
                size -= freed
        self._bytes_kept = size

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for file in self._folder.glob("*.wav"):
            with suppress(FileNotFoundError):  # another process makes room, too
                found.append((file, file.stat()))
        return found


class CallPrompts:
    """Prompts as calls need them: what was spoken ahead, and the rest for a day in `folder`."""

    def __init__(
        self, ahead: PromptCache, folder: Path, *, age_limit: timedelta = VALUE_AGE_LIMIT
    ) -> None:
        self._ahead = ahead
        self._values = ahead.apart(folder, age_limit)

    async def media(self, parts: Sequence[PromptPart]) -> list[str]:
        """The parts as media URIs of ARI, in order; raises PromptMissing and SpeechFailed."""
        return [uri for part in parts for uri in await self._home(part).media((part,))]

    async def run(self) -> None:
        """Remove what is too old, now and then, until cancelled."""
        while True:
            await asyncio.to_thread(self._values.sweep)
            await asyncio.sleep(SWEEP_EVERY.total_seconds())

    def _home(self, part: PromptPart) -> PromptCache:
        if isinstance(part, SpokenText) and not self._ahead.has(part):
            return self._values
        return self._ahead


def _now() -> float:
    """As the times of files are counted."""
    return Clock().now().timestamp()


def _touched(file: Path) -> bool:
    """Whether the file is there; marks it as used now."""
    try:
        os.utime(file)
    except OSError:
        return file.exists()
    return True


def _playable(folder: Path) -> Path:
    """The folder's absolute path, which a media list must be able to hold."""
    absolute = folder.resolve()
    if "," in str(absolute):
        raise ValueError(f"{absolute}: Asterisk cannot play from a folder with a comma")
    return absolute
