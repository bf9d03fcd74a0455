"""The script of the fall-back, led through conversations by a fake Asterisk on its pipes.

tests/e2e/test_fall_back.py leads it through the same ones on a real one.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contactcenter_ari.fallback.plan import (
    APOLOGY,
    CONFIRM_NUMBER,
    DIGITS,
    GOODBYE,
    MESSAGE_KEPT,
    NAMES,
    NUMBER_IS,
    NUMBER_KEPT,
    OFFER_MESSAGE,
    OFFER_NUMBER,
    SPEAK,
    TYPE_NUMBER,
    Plan,
    write_plan,
)
from contactcenter_ari.fallback.spool import MOST_ENTRIES, MOST_MESSAGES, finished
from contactcenter_ari.machine.asterisk_config import FALL_BACK_SCRIPT

ID = "node1-1764447557.12"
OWN = "+31612345678"
HANG_UP = "hang up"
GONE = "511 Command Not Permitted on a dead channel or intercept routine\n"
KEY_COMMANDS = ("STREAM FILE", "WAIT FOR DIGIT")


@dataclass
class FakeAsterisk:
    """Answers the commands of one script: `keys` are what the caller presses while a prompt of a
    name plays, or "wait" while a key is waited for; the first of a name is used first.
    """

    folder: Path
    keys: list[tuple[str, str]] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = 3.0
    missing: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    gone: bool = False
    watch: Callable[[str], None] = lambda _: None

    @property
    def spool(self) -> Path:
        """The folder in which the script writes."""
        return self.folder / "the spool"

    @property
    def plan(self) -> Path:
        """The lines that the script reads."""
        return self.folder / "the plan.json"

    def write_plan(self) -> None:
        """Two languages, and a number that begins with the second."""
        sounds = {
            language: {name: [f"/sounds here/{language}/{name}"] for name in (*NAMES, *DIGITS)}
            for language in ("en", "nl")
        }
        numbers = {"31201234567": ["nl", "xx", "en"]}
        languages = ["en", "nl"]
        plan = Plan(str(self.spool), languages=languages, sounds=sounds, numbers=numbers)
        write_plan(plan, self.plan)

    def call(self, *, role: str = "caller", dialed: str = "+31200000000") -> int:
        """Let the script serve a call; gives its status."""
        command = [
            sys.executable,
            "-I",
            str(FALL_BACK_SCRIPT),
            str(self.plan),
            role,
            dialed,
            "7.5",
        ]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        ) as script:
            self._converse(script)
            return script.wait()

    def _converse(self, script: "subprocess.Popen[bytes]") -> None:
        assert script.stdin is not None
        assert script.stdout is not None
        env = {"agi_uniqueid": ID, "agi_callerid": OWN, "agi_callingpres": "0"} | self.env
        lines = "".join(f"{key}: {value}\n" for key, value in env.items())
        script.stdin.write(lines.encode("latin-1") + b"\n")
        script.stdin.flush()
        for line in script.stdout:
            command = line.decode().rstrip("\n")
            self.commands.append(command)
            self.watch(command)
            reply = self._reply(command)
            if self.gone and reply != GONE:
                os.kill(script.pid, signal.SIGHUP)
            script.stdin.write(reply.encode())
            script.stdin.flush()

    def _reply(self, command: str) -> str:
        if self.gone:
            return GONE
        if command.startswith("STREAM FILE"):
            name = command.split('"')[1].rpartition("/")[2]
            if name in self.missing:
                return "200 result=-1 endpos=0\n"
            language = command.split('"')[1].split("/")[-2]
            self.heard.append(f"{language}/{name}")
            return self._pressed(name, " endpos=800")
        if command.startswith("WAIT FOR DIGIT"):
            return self._pressed("wait", "")
        if command.startswith("RECORD FILE"):
            path = Path(command.split('"')[1]).with_suffix(".message.wav")
            path.write_bytes(bytes(44 + int(self.seconds * 16_000)))
            return self._pressed("record", " endpos=24000")
        if command.startswith("CHANNEL STATUS"):
            return "200 result=6\n"
        return "200 result=0\n"

    def _pressed(self, name: str, more: str) -> str:
        found = next((n for n, (where, _) in enumerate(self.keys) if where == name), None)
        key = "" if found is None else self.keys.pop(found)[1]
        if key == HANG_UP:
            self.gone = True
            return f"200 result=-1 (hangup){more}\n" if name == "record" else "200 result=-1\n"
        code = ord(key) if key else 0
        return f"200 result={code}{more}\n"

    def entry(self) -> dict[str, object]:
        """The one entry; its call is over."""
        (file,) = finished(self.spool)
        assert file.name == f"{ID}.json"
        assert file.stat().st_mode & 0o077 == 0
        entry: dict[str, object] = json.loads(file.read_text())
        return entry


@pytest.fixture
def asterisk(tmp_path: Path) -> FakeAsterisk:
    """A fake Asterisk with a plan of its own."""
    asterisk = FakeAsterisk(tmp_path)
    asterisk.write_plan()
    return asterisk


def names(asterisk: FakeAsterisk, language: str = "en") -> list[str]:
    """The prompts heard in a language."""
    return [h.partition("/")[2] for h in asterisk.heard if h.startswith(f"{language}/")]


def test_without_a_key_it_is_the_apology_alone(asterisk: FakeAsterisk) -> None:
    """In each language of the called number, in its order; then the offers, then nothing."""
    assert asterisk.call(dialed="0031201234567") == 0
    assert asterisk.heard == [
        *(f"{language}/{APOLOGY}" for language in ("nl", "en")),
        *(f"nl/{name}" for name in (OFFER_NUMBER, OFFER_MESSAGE)),
        *(f"en/{name}" for name in (OFFER_NUMBER, OFFER_MESSAGE)),
    ]
    entry = asterisk.entry()
    assert (entry["caller"], entry["called"], entry["role"]) == (OWN, "0031201234567", "caller")
    assert (entry["number"], entry["message_seconds"]) == ("", 0.0)
    assert entry["started_at"] == 7.5
    assert float(str(entry["ended_at"])) > 7.5


def test_leaves_the_own_number(asterisk: FakeAsterisk) -> None:
    """1 in the apology of a language goes on in that; the number is read back digit by digit."""
    asterisk.keys = [(APOLOGY, ""), (APOLOGY, "1"), (CONFIRM_NUMBER, "1")]
    assert asterisk.call() == 0
    digits = [*OWN.removeprefix("+")]
    assert names(asterisk, "nl") == [
        *(APOLOGY, NUMBER_IS, *digits, CONFIRM_NUMBER, NUMBER_KEPT, GOODBYE),
    ]
    entry = asterisk.entry()
    assert (entry["number"], entry["language"]) == (OWN, "nl")


def test_leaves_a_typed_number(asterisk: FakeAsterisk) -> None:
    """2 at the confirmation asks for another one, up to #."""
    typed = [(TYPE_NUMBER, "0"), *(("wait", key) for key in "6*11112222#")]
    asterisk.keys = [(OFFER_NUMBER, "1"), (CONFIRM_NUMBER, "2"), *typed, (CONFIRM_NUMBER, "1")]
    assert asterisk.call() == 0
    assert asterisk.entry()["number"] == "0611112222"
    assert names(asterisk)[-2:] == [NUMBER_KEPT, GOODBYE]


@pytest.mark.parametrize(
    "env",
    [
        {"agi_callerid": "unknown"},
        {"agi_callerid": ""},
        {"agi_callingpres": "35"},
        {"agi_callerid": "12"},
        {"agi_callerid": "*31#0612345678"},
    ],
)
def test_a_number_that_is_withheld_or_none_is_not_offered(
    asterisk: FakeAsterisk, env: dict[str, str]
) -> None:
    """The caller is asked to type one; a withheld number is not written down."""
    asterisk.env = env
    asterisk.keys = [(OFFER_NUMBER, "1")]
    assert asterisk.call() == 0
    assert NUMBER_IS not in names(asterisk)
    assert names(asterisk).count(TYPE_NUMBER) == 3
    entry = asterisk.entry()
    assert entry["number"] == ""
    assert entry["caller"] != OWN


def test_hanging_up_while_the_own_number_is_read_back_leaves_it(asterisk: FakeAsterisk) -> None:
    """They pressed 1: they want to be called."""
    asterisk.keys = [(OFFER_NUMBER, "1"), ("3", HANG_UP)]
    assert asterisk.call() == 0
    assert asterisk.entry()["number"] == OWN


def test_hanging_up_while_a_typed_number_is_read_back_leaves_none(asterisk: FakeAsterisk) -> None:
    """Nobody said that it was typed right."""
    typed = [("wait", key) for key in "0611112222#"]
    asterisk.env = {"agi_callerid": ""}
    asterisk.keys = [(OFFER_NUMBER, "1"), *typed, (CONFIRM_NUMBER, HANG_UP)]
    assert asterisk.call() == 0
    assert asterisk.entry()["number"] == ""


@pytest.mark.parametrize("end", ["#", "", HANG_UP])
def test_leaves_a_message(asterisk: FakeAsterisk, end: str) -> None:
    """Ended by #, by silence or by hanging up, it is there; the recording has its limits."""
    asterisk.keys = [(OFFER_MESSAGE, "2"), ("record", end)]
    assert asterisk.call() == 0
    assert asterisk.entry()["message_seconds"] == 3.0
    (record,) = [command for command in asterisk.commands if command.startswith("RECORD")]
    assert record == f'RECORD FILE "{asterisk.spool}/{ID}.message" wav "#" 120000 BEEP s=4'
    said = [] if end == HANG_UP else [MESSAGE_KEPT, GOODBYE]
    assert names(asterisk)[names(asterisk).index(SPEAK) + 1 :] == said


def test_a_message_of_nothing_is_none(asterisk: FakeAsterisk) -> None:
    """Its file is removed, and nobody is thanked for it."""
    asterisk.keys, asterisk.seconds = [(OFFER_MESSAGE, "2"), ("record", "#")], 1.2
    assert asterisk.call() == 0
    assert asterisk.entry()["message_seconds"] == 0.0
    assert not list(asterisk.spool.glob("*.wav"))
    assert names(asterisk)[-2:] == [SPEAK, GOODBYE]


def test_another_key_is_a_goodbye(asterisk: FakeAsterisk) -> None:
    """Whatever else is pressed."""
    asterisk.keys = [("wait", "7")]
    assert asterisk.call() == 0
    assert names(asterisk)[-1] == GOODBYE


def test_an_agents_phone_hears_the_apology_alone(asterisk: FakeAsterisk) -> None:
    """No key is listened to, nothing is offered, and it is written down."""
    asterisk.keys = [(APOLOGY, "")]
    assert asterisk.call(role="phone", dialed="*11") == 0
    assert asterisk.heard == [f"en/{APOLOGY}", f"nl/{APOLOGY}"]
    assert all('""' in command for command in asterisk.commands)
    entry = asterisk.entry()
    assert (entry["role"], entry["called"]) == ("phone", "*11")


def test_while_the_call_lasts_its_file_is_open_and_whole(asterisk: FakeAsterisk) -> None:
    """A reader sees no half file, and does not take a call that goes on."""
    seen = []

    def look(command: str) -> None:
        if command.startswith(KEY_COMMANDS):
            (file,) = asterisk.spool.glob("*.open")
            seen.append(json.loads(file.read_text())["id"])
            assert not list(finished(asterisk.spool))

    asterisk.watch = look
    asterisk.keys = [(OFFER_NUMBER, "1"), (CONFIRM_NUMBER, "1")]
    assert asterisk.call() == 0
    assert set(seen) == {ID}


def test_what_a_killed_script_left_is_taken_as_it_is(asterisk: FakeAsterisk) -> None:
    """The lock went with the process; the number was confirmed before."""

    def die(command: str) -> None:
        if GOODBYE in command:
            raise KeyboardInterrupt

    asterisk.watch = die
    asterisk.keys = [(OFFER_NUMBER, "1"), (CONFIRM_NUMBER, "1")]
    with pytest.raises(KeyboardInterrupt):
        asterisk.call()
    (file,) = finished(asterisk.spool)
    assert json.loads(file.read_text())["number"] == OWN


def test_nothing_that_a_caller_sends_becomes_a_command_or_a_path(asterisk: FakeAsterisk) -> None:
    """Names, numbers and ids are filtered; what is dialed is no key of the plan."""
    asterisk.env = {
        "agi_uniqueid": "../../etc/x y;$(reboot)",
        "agi_callerid": '"; SYSTEM "reboot"\x80',
        "agi_calleridname": "\xff\xfe: `reboot`",
    }
    asterisk.keys = [(OFFER_MESSAGE, "2"), ("record", "#")]
    assert asterisk.call(dialed="$(reboot)../12") == 0
    (file,) = finished(asterisk.spool)
    entry = json.loads(file.read_text())
    assert (entry["caller"], entry["called"]) == ("", "12")
    assert file.parent == asterisk.spool
    assert file.name == "-..-etc-x-y---reboot-.json"
    assert not [command for command in asterisk.commands if "SYSTEM" in command or "$" in command]


def test_an_apology_that_cannot_be_played_is_the_dialplans(asterisk: FakeAsterisk) -> None:
    """Status 1 makes the dialplan play its own."""
    asterisk.missing = (APOLOGY,)
    assert asterisk.call() == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"spool": 1'])
def test_a_broken_plan_is_the_dialplans_as_well(asterisk: FakeAsterisk, text: str) -> None:
    """Nothing is heard yet, so somebody else must speak."""
    asterisk.plan.write_text(text)
    assert asterisk.call() == 1


def test_a_full_spool_still_apologizes(asterisk: FakeAsterisk) -> None:
    """It offers nothing it could not keep, and says so in the log."""
    for number in range(MOST_ENTRIES):
        (asterisk.spool / f"{number}.json").touch()
    assert asterisk.call() == 0
    assert asterisk.heard == [f"en/{APOLOGY}", f"nl/{APOLOGY}"]
    assert 'EXEC Log "WARNING,the spool of the fall-back is full"' in asterisk.commands


def test_without_a_spool_it_still_apologizes(asterisk: FakeAsterisk) -> None:
    """The folder is gone, or the disk is full."""
    asterisk.spool.rmdir()
    assert asterisk.call() == 0
    assert asterisk.heard == [f"en/{APOLOGY}", f"nl/{APOLOGY}"]


def test_too_many_messages_leave_the_number(asterisk: FakeAsterisk) -> None:
    """No message is offered when there is no room for it."""
    for number in range(MOST_MESSAGES):
        (asterisk.spool / f"{number}.message.wav").touch()
    assert asterisk.call() == 0
    assert OFFER_NUMBER in names(asterisk)
    assert OFFER_MESSAGE not in names(asterisk)


def test_hanging_up_in_the_apology_is_written_down(asterisk: FakeAsterisk) -> None:
    """They were apologized to, at least in part."""
    asterisk.keys = [(APOLOGY, HANG_UP)]
    assert asterisk.call() == 0
    assert asterisk.entry()["caller"] == OWN
