"""Recordings of Asterisk's MixMonitor: paused and stopped over AMI, its files over the kernel.

The dialplan starts a recording, see `[agent-leg]` there. When Asterisk closes the file, or dies,
the kernel reports it; the file is then finished, and kept in the format of this installation.
Pausing fails when AMI is away; the core decides what follows. Pauses of one leg are carried out in
order.
"""

import asyncio
from pathlib import Path
from typing import Final, Protocol, assert_never

import msgspec
import structlog
from asyncinotify import Inotify, Mask
from structlog.contextvars import bound_contextvars

from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.lane import SignalInbox
from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.ari.recording_file import RAW, discard, finish
from contactcenter_ari.core.vocabulary.command import (
    DiscardRecording,
    FinishRecording,
    PauseRecording,
    ResumeRecording,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.ids import LegId, RecordingId
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    RecordingClosed,
    RecordingFinished,
)

FOLDER_MODE: Final = 0o700

RecorderCommand = (
    PauseRecording | ResumeRecording | StopRecording | FinishRecording | DiscardRecording
)

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class Manager(Protocol):
    """Asterisk's manager interface; both raise SwitchError."""

    async def mute(self, leg: str, *, muted: bool) -> None:
        """Record silence of a leg, or its audio again."""
        ...

    async def stop(self, leg: str) -> None:
        """End the recording of a leg."""
        ...


class Recorder:
    """The recordings in one folder."""

    def __init__(
        self, *, manager: Manager, folder: Path, inbox: SignalInbox, encoder: Encoder
    ) -> None:
        self._manager = manager
        self._folder = folder
        self._inbox = inbox
        self._encoder = encoder
        self._last: dict[LegId, asyncio.Task[None]] = {}
        self._finishing: set[RecordingId] = set()

    def __repr__(self) -> str:
        return f"<Recorder {self._folder}>"

    async def run(self) -> None:
        """Signal the files that are closed, until cancelled."""
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with Inotify() as kernel:
            kernel.add_watch(self._folder, Mask.CLOSE_WRITE | Mask.ONLYDIR)
            async for event in kernel:
                if event.mask & Mask.Q_OVERFLOW:
                    log.warning("recording.closings_missed")
                elif event.name is not None and (name := event.name.name).endswith(RAW):
                    self._inbox.put(RecordingClosed(RecordingId(name.removesuffix(RAW))))

    def carry_out(self, command: RecorderCommand, group: asyncio.TaskGroup) -> None:
        """Begin to carry out a command."""
        match command:
            case FinishRecording():
                group.create_task(self._finish(command))
            case DiscardRecording(recording=recording):
                group.create_task(asyncio.to_thread(discard, self._folder, recording))
            case PauseRecording(leg=leg) | ResumeRecording(leg=leg) | StopRecording(leg=leg):
                task = group.create_task(self._tell(command, self._last.get(leg)))
                self._last[leg] = task
                task.add_done_callback(lambda done: self._forget(leg, done))
            case _:
                assert_never(command)

    def _forget(self, leg: LegId, done: asyncio.Task[None]) -> None:
        if self._last.get(leg) is done:
            del self._last[leg]

    async def _finish(self, command: FinishRecording) -> None:
        if command.recording in self._finishing:
            return
        self._finishing.add(command.recording)
        try:
            with bound_contextvars(interaction=command.call):
                finished = await asyncio.to_thread(finish, self._folder, command)
                self._inbox.put(await self._kept(finished, command))
        finally:
            self._finishing.discard(command.recording)

    async def _kept(
        self, finished: RecordingFinished, command: FinishRecording
    ) -> RecordingFinished:
        """A file in its final form, in the format that recordings are kept in."""
        if finished.failed:
            return finished
        path, first = Path(finished.path), command.measures_speech
        try:
            kept = await self._encoder.keep(path, command.channels, first=first)
        except OSError as error:
            log.warning("recording.unusable", recording=command.recording, reason=str(error))
            return RecordingFinished(command.recording, "", 0, failed=True)
        return msgspec.structs.replace(finished, path=str(kept.path), facts=kept.facts)

    async def _tell(
        self,
        command: PauseRecording | ResumeRecording | StopRecording,
        before: asyncio.Task[None] | None,
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            match command:
                case PauseRecording(leg=leg):
                    await self._manager.mute(leg, muted=True)
                case ResumeRecording(leg=leg):
                    await self._manager.mute(leg, muted=False)
                case StopRecording(leg=leg):
                    await self._manager.stop(leg)
        except SwitchError as error:
            if not isinstance(command, StopRecording):
                self._inbox.put(CommandFailed(command, 0, str(error)))
