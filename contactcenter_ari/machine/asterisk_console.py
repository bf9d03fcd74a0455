"""The console of an Asterisk that runs: commands and their answers, over its control socket.

Must not: start or stop an Asterisk.
"""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.machine.errors import MachineTrouble
from contactcenter_ari.machine.tool import Tools

COMMAND_LIMIT = timedelta(seconds=10)


class AsteriskCommandFailed(MachineTrouble):
    """A console command could not be given to Asterisk, or was not answered in time."""


class AsteriskConsole:
    """The Asterisk whose `asterisk.conf` is given; its logs lie in the folder `log` beside it."""

    def __init__(self, tools: Tools, configuration: Path) -> None:
        self._tools = tools
        self._configuration = configuration

    def __repr__(self) -> str:
        return f"<AsteriskConsole of {self._configuration}>"

    @classmethod
    def of(cls, tools: Tools, data: Path) -> "AsteriskConsole":
        """The Asterisk of an installation; raises AsteriskCommandFailed when none has run."""
        configuration = data / "asterisk" / "etc" / "asterisk.conf"
        if not configuration.exists():
            raise AsteriskCommandFailed(
                f"No Asterisk of ours has run with {data}.",
                "Start it by `contactcenter up`, or set CC_DATA_DIR to its data folder.",
            )
        return cls(tools, configuration)

    @property
    def log_folder(self) -> Path:
        """The folder of what it writes for us."""
        return self._configuration.parent.parent / "log"

    async def rx(self, command: str) -> str:
        """The answer to a command; raises `AsteriskCommandFailed`."""
        log = self.log_folder / "asterisk.log"
        asked = await asyncio.create_subprocess_exec(
            *self.command_line("-r", "-x", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.environment,
        )
        try:
            async with asyncio.timeout(COMMAND_LIMIT.total_seconds()):
                said, _ = await asked.communicate()
        except TimeoutError as error:
            raise AsteriskCommandFailed(
                f"Asterisk did not answer '{command}' in time.", f"See {log}."
            ) from error
        finally:
            if asked.returncode is None:
                asked.kill()
                await asked.wait()
        text = said.decode("utf-8", "replace")
        if asked.returncode != 0:
            raise AsteriskCommandFailed(
                f"Asterisk does not take '{command}': {text.strip()}.", f"See {log}."
            )
        return text

    def command_line(self, *arguments: str) -> tuple[str, ...]:
        """The words that start Asterisk's program for this configuration."""
        return (*self._tools.asterisk, "-C", str(self._configuration), *arguments)

    @property
    def environment(self) -> dict[str, str]:
        """The environment for these words."""
        return {**os.environ, **self._tools.environment}
