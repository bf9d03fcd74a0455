"""The AGI script that Asterisk starts itself when the application is away.

    python -I script.py PLAN ROLE DIALED ARRIVED_AT

Promises: nothing that a caller sends is executed or becomes a path; whatever goes wrong before
the apology was heard ends with status 1, and the dialplan plays it then. It runs in the main
thread on stdin and stdout; stderr is closed to it, for the library talks there.
"""

import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path

from asterisk.agi import AGI, AGIException

from contactcenter_ari.fallback.conversation import Conversation, is_up
from contactcenter_ari.fallback.plan import Plan, read_plan
from contactcenter_ari.fallback.spool import CALLER, PHONE, Entry, SpoolFile, SpoolFull

NUMBER_LIMIT = 32
WITHHELD = 0x60
"""The bits of the presentation that say that the number may not be shown."""


def main(arguments: list[str]) -> int:
    """Serve one call; gives the status for the dialplan."""
    plan_file, role, dialed, arrived_at, *country = arguments
    with (
        open(0, encoding="utf-8", errors="replace", closefd=False) as stdin,
        open(1, "w", encoding="utf-8", closefd=False) as stdout,
        open(os.devnull, "w", encoding="utf-8") as nothing,  # noqa: PTH123
    ):
        agi = AGI(stdin, stdout, nothing)
        plan = read_plan(Path(plan_file))
        entry = entry_of(agi.env, role=role, dialed=dialed, arrived_at=arrived_at)
        entry.country = re.sub(r"[^A-Z]", "", "".join(country))[:2]
        return serve(agi, plan, SpoolFile(Path(plan.spool), entry))


def serve(agi: AGI, plan: Plan, file: SpoolFile) -> int:
    """Apologize, and write down that and what the caller leaves."""
    written = begun(agi, file)
    conversation = Conversation(agi, plan, file, now, written=written)
    try:
        conversation.run()
    except AGIException:
        if not conversation.apologized and is_up(agi):
            return 1
    except OSError:
        warn(agi, "the spool of the fall-back cannot be written")
    finally:
        file.entry.ended_at = now()
        if written:
            with suppress(OSError):
                file.end()
    return 0


def begun(agi: AGI, file: SpoolFile) -> bool:
    """Whether the call is written down."""
    try:
        file.begin()
    except SpoolFull:
        warn(agi, "the spool of the fall-back is full")
    except OSError:
        warn(agi, "the spool of the fall-back cannot be written")
    else:
        return True
    return False


def warn(agi: AGI, what: str) -> None:
    """A line in Asterisk's log."""
    with suppress(AGIException, OSError):
        agi.execute("EXEC", "Log", f'"WARNING,{what}"')


def entry_of(env: dict[str, str], *, role: str, dialed: str, arrived_at: str) -> Entry:
    """The facts known when the call begins; all of them are filtered."""
    shown = not int("0" + re.sub(r"[^0-9]", "", env.get("agi_callingpres", ""))) & WITHHELD
    return Entry(
        id=re.sub(r"[^A-Za-z0-9._-]", "-", env["agi_uniqueid"]).lstrip(".")[:100],
        role=CALLER if role == CALLER else PHONE,
        called=digits_of(dialed),
        caller=digits_of(env.get("agi_callerid", "")) if shown else "",
        started_at=min(float("0" + re.sub(r"[^0-9.]", "", arrived_at)) or now(), now()),
        ended_at=now(),
    )


def digits_of(number: str) -> str:
    """A number without anything that is no digit, `+`, `*` or `#`."""
    return re.sub(r"[^0-9+*#]", "", number)[:NUMBER_LIMIT]


def now() -> float:
    """Seconds since 1970: this process has no other clock."""
    return time.time()  # noqa: TID251


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
