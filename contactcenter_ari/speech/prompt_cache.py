"""From prompt parts to files that Asterisk can play: recorded ones found, texts spoken once.

Promises that a text in a language by a voice is rendered once, also when two calls want it
in the same instant and across restarts; that a file is whole or absent; and a bounded
folder (the longest unused goes first). Knows nothing of calls.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import assert_never
from weakref import WeakValueDictionary

import numpy as np

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SoundFile, SpokenText
from contactcenter_ari.speech.sound_file import write_wav
from contactcenter_ari.speech.tone import Samples, silence
from contactcenter_ari.speech.voice import SpeechFailed, Voice

FORMAT_VERSION = "2"
"""Part of each key: change it when the same text should sound different."""
DISK_LIMIT = 500_000_000
"""Bytes of spoken prompts kept; 16 kB is a second."""

TAIL = timedelta(milliseconds=200)
"""Silence after each text: a phone drops what it still buffers when the call is hung up."""

_ENDINGS = (".wav", ".ulaw", ".alaw", ".sln", ".gsm", ".g722")
_WARM_AT_ONCE = 4


class PromptMissing(ContactCenterError):
    """A recorded prompt has no file; the message names it."""


class PromptCache:
    """Files for prompts: `sounds_dir` holds the recorded ones, `folder` the spoken ones."""

    def __init__(
        self, folder: Path, voice: Voice, sounds_dir: Path, *, disk_limit: int = DISK_LIMIT
    ) -> None:
        self._folder = _playable(folder)
        self._sounds = _playable(sounds_dir)
        self._voice = voice
        self._disk_limit = disk_limit
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
        stem = (self._sounds / part.path).resolve()
        if stem.is_relative_to(self._sounds) and "," not in part.path:
            for ending in _ENDINGS:
                file = stem.with_name(stem.name + ending)
                if file.is_file():
                    return file
        raise PromptMissing(f"recorded prompt {part.path!r}: there is no {stem}.wav")

    async def _spoken(self, part: SpokenText) -> Path:
        key = self._key(part)
        file = self._folder / f"{key}.wav"
        if _touched(file):
            return file
        lock = self._rendering.setdefault(key, asyncio.Lock())
        async with lock:
            if not _touched(file):  # else whoever held the lock rendered it
                samples = await self._voice.speak(part.text, part.language)
                async with self._writing:
                    await asyncio.to_thread(self._keep, file, samples)
        return file

    def _key(self, part: SpokenText) -> str:
        said = (part.text, part.language, self._voice.name, FORMAT_VERSION)
        return sha256("\0".join(said).encode(errors="replace")).hexdigest()

    def _keep(self, file: Path, samples: Samples) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
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
        return [(file, file.stat()) for file in self._folder.glob("*.wav")]


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
