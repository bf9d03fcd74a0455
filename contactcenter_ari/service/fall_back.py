"""Takes up what the script of the fall-back wrote while the application was away.

Promises: a call is entered once, whenever we are killed (its id is its key, and its file goes
last); what is broken or was not written by the script is put aside with a line in the log, and
holds up nothing. Files are data: nothing in them is executed, followed or used as a path.
"""

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import structlog

from contactcenter_ari.ari.recording_encoder import Encoder, encoded
from contactcenter_ari.ari.recording_file import length_of, mend
from contactcenter_ari.core.vocabulary.ids import InteractionId, RecordingId
from contactcenter_ari.core.vocabulary.request import LeftMessage, RecordApology
from contactcenter_ari.fallback.conversation import SHORTEST_MESSAGE, WAV_HEADER, WAV_RATE
from contactcenter_ari.fallback.spool import (
    AUDIO,
    LONGEST_ENTRY,
    MESSAGE,
    OPEN,
    OVER,
    PHONE,
    finished,
    is_id,
)

LOOK_EVERY = timedelta(seconds=1)
ASIDE = "aside"
MOST_ASIDE = 200
"""More broken files than this are removed."""
ANCIENT = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""An entry whose times lie outside was not written by the script."""
VOICE = f"{MESSAGE}.{AUDIO}"
MONO = 1
NEW = ".new"

Dialed = Annotated[str, msgspec.Meta(pattern=r"^[0-9+*#]{0,32}\Z")]

log = structlog.get_logger(__name__)


class SpoolBroken(Exception):
    """A file of the spool was not written by the script; the message says why."""


class Spooled(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a call, in the form that the script writes."""

    id: str
    role: Annotated[str, msgspec.Meta(pattern=r"^(caller|phone)\Z")]
    called: Dialed
    caller: Dialed
    started_at: float
    ended_at: float
    language: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{0,20}\Z")]
    number: Annotated[str, msgspec.Meta(pattern=r"^(\+?[0-9]{5,20})?\Z")]
    message_seconds: float
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?\Z")] = ""


class FallBackIntake:
    """Looks at the spool every second; `submit` enters a call, and returns when it is safe."""

    def __init__(
        self,
        spool: Path,
        recordings: Path,
        encoder: Encoder,
        submit: Callable[[RecordApology], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._spool = spool
        self._recordings = recordings
        self._encoder = encoder
        self._submit = submit
        self._now = now
        self._suspects: set[str] = set()
        self._stuck: set[str] = set()

    def __repr__(self) -> str:
        return f"<FallBackIntake of {self._spool}>"

    async def run(self) -> None:
        """Take up what is there and what comes, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def look(self) -> None:
        """Take up all calls that are over."""
        try:
            files = await asyncio.to_thread(lambda: list(finished(self._spool)))
            for file in files:
                if file.name not in self._stuck:
                    await self._take(file)
            await asyncio.to_thread(self._put_strangers_aside)
        except OSError as error:
            log.warning("fall_back.spool_unreadable", reason=error.strerror)

    async def _take(self, file: Path) -> None:
        try:
            request = await asyncio.to_thread(self._read, file)
            await self._submit(await self._kept(request))
        except SpoolBroken as broken:
            await asyncio.to_thread(self._put_aside, file, str(broken))
        except OSError as error:
            log.warning("fall_back.entry_unreadable", reason=error.strerror)  # next time, perhaps
        except Exception:
            log.exception("fall_back.entry_refused")
            await asyncio.to_thread(self._put_aside, file, "the center does not take it")
        else:
            await asyncio.to_thread(file.unlink, missing_ok=True)

    async def _kept(self, request: RecordApology) -> RecordApology:
        """The same, its message in the format that recordings are kept in."""
        if request.message is None:
            return request
        kept = await self._encoder.keep(Path(request.message.path), MONO)
        message = msgspec.structs.replace(request.message, path=str(kept.path), facts=kept.facts)
        return msgspec.structs.replace(request, message=message)

    def _read(self, file: Path) -> RecordApology:
        """The call of a file; its message is moved to the recordings. Raises SpoolBroken."""
        try:
            call = msgspec.json.decode(content_of(file), type=Spooled)
        except msgspec.MsgspecError as error:
            raise SpoolBroken(f"it is not as the script writes it: {error}") from error
        if call.id != file.name.removesuffix(file.suffix) or not is_id(call.id):
            raise SpoolBroken("it has the id of another call")
        started_at, ended_at = instant(call.started_at), instant(call.ended_at)
        if not ANCIENT <= started_at <= ended_at <= self._now() + AHEAD:
            raise SpoolBroken("its times cannot be")
        return RecordApology(
            interaction=InteractionId(call.id),
            called_number=call.called,
            caller_number=call.caller,
            language=call.language,
            started_at=started_at,
            ended_at=ended_at,
            number=call.number,
            message=self._message_of(call.id),
            internal=call.role == PHONE,
            country=call.country,
        )

    def _message_of(self, call: str) -> LeftMessage | None:
        """The message of a call, if there is one; also when the script was killed during it."""
        audio, kept = self._spool / f"{call}{VOICE}", self._recordings / f"{call}{VOICE}"
        if _is_file(audio):
            if seconds_of(audio) < SHORTEST_MESSAGE:
                audio.unlink(missing_ok=True)
                return None
            self._recordings.mkdir(mode=0o700, parents=True, exist_ok=True)
            audio.replace(kept)
        path = encoded(kept)
        if path is None and _is_file(kept):
            mend(kept, MONO)
            path = kept
        if path is None:
            return None
        seconds = length_of(path, MONO).total_seconds()
        return LeftMessage(
            recording=RecordingId(f"{call}{MESSAGE}"),
            path=str(path),
            duration=timedelta(seconds=round(seconds, 3)),
        )

    # What nobody knows

    def _put_strangers_aside(self) -> None:
        """Whatever does not belong to a call; what a killed script left goes at a second look."""
        if not self._spool.is_dir():
            return
        names = {file.name for file in self._spool.iterdir()}
        leftovers = {name for name in names if _is_strange(name, names)} - self._stuck
        for name in sorted(leftovers & self._suspects):
            if name.endswith(NEW):
                (self._spool / name).unlink(missing_ok=True)
            else:
                self._put_aside(self._spool / name, "it belongs to no call")
        self._suspects = leftovers

    def _put_aside(self, file: Path, why: str) -> None:
        """Move the file out of the way; it is kept to be looked at, up to a number of files."""
        log.warning("fall_back.file_put_aside", kind=file.suffix, why=why)
        aside = self._spool.parent / ASIDE
        aside.mkdir(mode=0o700, exist_ok=True)
        try:
            if sum(1 for _ in aside.iterdir()) < MOST_ASIDE:
                file.replace(aside / file.name)
            else:
                file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("fall_back.file_left", reason=error.strerror)
            self._stuck.add(file.name)


def content_of(file: Path) -> bytes:
    """The content of a plain file of a fair size; raises SpoolBroken, OSError."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise SpoolBroken(f"it cannot be opened: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise SpoolBroken("it is no plain file")
        content = os.read(handle, LONGEST_ENTRY + 1)
    finally:
        os.close(handle)
    if len(content) > LONGEST_ENTRY:
        raise SpoolBroken(f"it is longer than {LONGEST_ENTRY} bytes")
    return content


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as an instant; raises SpoolBroken."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SpoolBroken("its times cannot be") from error


def seconds_of(audio: Path) -> float:
    """How long a message is."""
    return (audio.lstat().st_size - WAV_HEADER) / WAV_RATE


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_strange(name: str, names: set[str]) -> bool:
    """Whether a file is neither of a call nor the message of one."""
    if name.endswith((OPEN, OVER)):
        return False
    call = name.removesuffix(VOICE)
    return call == name or not {f"{call}{OPEN}", f"{call}{OVER}"} & names
