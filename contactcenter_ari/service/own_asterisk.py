"""The Asterisk of this installation, kept running with a watch beside it.

See `fallback/watch.py` for what the watch does.
"""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog

from contactcenter_ari import fallback
from contactcenter_ari.machine.asterisk_config import AsteriskSite
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.child import bound_command
from contactcenter_ari.machine.log_rotation import kept_small

WATCH = Path(fallback.__file__).parent / "watch.py"
RESTART_AFTER = timedelta(milliseconds=500)
AGAIN_AFTER = timedelta(seconds=1)

log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_running(asterisk: AsteriskProcess) -> AsyncIterator[None]:
    """Run Asterisk meanwhile, and start it again whenever it ends by itself.

    Raises AsteriskStartFailed, also in the body, when it does not start.
    """
    await asterisk.start()
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_restart_for_ever(asterisk)),
                group.create_task(_keep_watch(asterisk.site)),
            ]
            try:
                async with kept_small(asterisk.rotate_logs):
                    yield
            finally:
                for task in tasks:
                    task.cancel()
    finally:
        await asterisk.stop()


async def _restart_for_ever(asterisk: AsteriskProcess) -> None:
    while True:
        await asterisk.wait()
        log.error("asterisk.ended", log=str(asterisk.log_file))
        await asyncio.sleep(RESTART_AFTER.total_seconds())
        await asterisk.start()


async def _keep_watch(site: AsteriskSite) -> None:
    """Run the watch until cancelled, and again whenever it ends by itself. It is a process of its
    own: this one may be what hangs.
    """
    while True:
        process = await _started(site)
        try:
            await process.wait()
            log.error("watch.ended", status=process.returncode)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        await asyncio.sleep(AGAIN_AFTER.total_seconds())


async def _started(site: AsteriskSite) -> Process:
    """The secret goes over a pipe, for a command line is seen by all."""
    process = await asyncio.create_subprocess_exec(
        *bound_command((sys.executable, "-I", str(WATCH)), "KILL"),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,  # Ctrl-C is for us: callers are watched while we drain
    )
    assert process.stdin is not None, "it was asked for"
    watched = {
        "host": site.http.host,
        "port": site.http.port,
        "user": site.ari.user,
        "secret": site.ari.secret,
        "application": site.application,
    }
    process.stdin.write(json.dumps(watched).encode() + b"\n")
    return process
