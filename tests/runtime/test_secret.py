"""A caller's secret input: in no file in clear, and gone for good when the call is over."""

import stat
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.spoken.value import TEXT
from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegHungUp,
    LookUpFinished,
    PlaybackFinished,
    TimePassed,
)
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.keeper import KEYS_EVERY
from contactcenter_ari.runtime.recovery import Beginning, begin
from contactcenter_ari.runtime.replay import replay_onward
from contactcenter_ari.runtime.vault import Vault
from contactcenter_ari.simulation.sample import DIRECT
from tests.runtime.test_keeper import KEY, driven, state_of, written
from tests.runtime.world import MORNING, SITE, SetClock, Switch, quiet, running

SECRET = "73914680"  # noqa: S105  # what a caller types
LEG = LegId("leg-1")


def _site(gather: Gather, *before: Verb) -> object:
    flow, *others = SITE.flows
    verbs: tuple[Verb, ...] = (
        *before,
        gather,
        LookUpStep("account", {"number": parse(gather.variable)}, "found", {}),
        Tag((("account", parse("found.number")),)),
        Play("welcome"),
        Wait(timedelta(minutes=9)),
    )
    steps = tuple(Step(verb, line=line) for line, verb in enumerate(verbs, start=1))
    flow = msgspec.structs.replace(
        flow,
        sections={"start": Section(steps)},
        prompts=others[0].prompts,
        look_ups={"account": SqlLookUp("SELECT 1", {}, {"number": TEXT})},
    )
    return msgspec.structs.replace(SITE, flows=(flow, *others))


GATHERS = {
    "until enough": Gather("pin", InputRules(("menu",)), 8, 8, sensitive=True),
    "until a key": Gather("pin", InputRules(("menu",)), 4, 12, terminator="#", sensitive=True),
    "by a pattern": Gather(
        "pin", InputRules(("menu",)), 8, 8, matches="7[0-9]{6}0", sensitive=True
    ),
    "wrong at first": Gather("pin", InputRules(("menu",)), 8, 8, matches="7.*", sensitive=True),
    "spoiled at first": Gather("pin", InputRules(("menu",)), 8, 8, sensitive=True),
    "left by a key at first": Gather(
        "pin",
        InputRules(("menu",)),
        8,
        8,
        sensitive=True,
        keys={"*": Destination(Way.REPEAT), "0": Destination(Way.HANG_UP)},
    ),
}
WRONG = {
    "wrong at first": "1" * 8,
    "spoiled at first": "73*146#",
    "left by a key at first": "0739*",
}
"""The keys typed before the secret."""


class Place:
    """A center whose flow asks for a secret; its files are in `folder`."""

    def __init__(self, folder: Path, gather: Gather, *before: Verb) -> None:
        self.folder = folder
        self.site = _site(gather, *before)
        self.clock = SetClock()
        self.switch = Switch()

    @property
    def vault(self) -> Vault:
        """The keys as they are on disk."""
        return Vault(self.folder / "secrets" / "call_keys")

    def begin(self) -> Beginning:
        """Begin empty, or as it was left."""
        with capture_logs():
            return begin(
                self.folder / "input",
                node="n1",
                site=self.site,  # type: ignore[arg-type]  # a site
                now=MORNING,
                key=KEY,
                keep_all=True,
                vault=self.vault,
            )

    def driver(self, begun: Beginning) -> Driver:
        """A driver that knows the keys the keeper knows."""
        driver = driven(begun, self.clock)
        driver._vault = begun.keeper._vault
        driver.hold_timers()
        return driver

    def found(self, secret: str = SECRET) -> list[str]:
        """The files in which the secret stands, in clear or digit by digit in lines."""
        holding = []
        for path in (self.folder).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                digits = "".join(
                    chr(line[line.index(b'"digit":"') + 9])
                    for line in content.splitlines()
                    if b'"digit":"' in line
                )
                if secret.encode() in content or secret in digits:
                    holding.append(path.name)
        return holding


async def types(driver: Driver, digits: str) -> None:
    """Press keys, one after the other."""
    for digit in digits:
        driver.put(DigitPressed(LEG, digit))
        await quiet(driver)


async def saves(driver: Driver, begun: Beginning) -> None:
    """Take a snapshot now."""
    begun.keeper._wanted = True
    driver._tend()
    await written(driver)


async def is_told_it(driver: Driver) -> FlowRun:
    """A caller types the secret, and the answer of the look-up repeats it."""
    driver.put(CallArrived(LEG, DIRECT, "+31612345678", ""))
    await quiet(driver)
    await types(driver, SECRET)
    (call,) = driver.center.secrets.calls()
    assert call.run.look_up is not None
    driver.put(LookUpFinished(call.run.look_up, {"number": f"NL{SECRET}"}))
    await quiet(driver)
    return call.run


def first_log(folder: Path) -> Path:
    """The input log with which the first life began."""
    return min((folder / "input").glob("*.jsonl"), key=lambda path: len(path.name))


@pytest.mark.parametrize("name", GATHERS)
async def test_in_no_file(tmp_path: Path, name: str) -> None:
    """Neither in the log nor in a snapshot, with the program up; a kill loses no digit, and once
    the call is over the secret cannot be opened, but its replay goes the same way.
    """
    place = Place(tmp_path, GATHERS[name])
    first = place.begin()
    driver = place.driver(first)
    async with running(driver, place.switch):
        driver.put(CallArrived(LEG, DIRECT, "+31612345678", ""))
        await quiet(driver)
        await types(driver, WRONG.get(name, ""))
        await types(driver, SECRET[:5])
        await saves(driver, first)
        await types(driver, SECRET[5:] + ("#" if name == "until a key" else ""))
        run = driver.center.secrets.calls()[0].run
        assert run.variables == {"pin": SECRET}
        assert run.look_up is not None
        driver.put(
            CommandFailed(
                LookUp(
                    call=run.call,
                    look_up=run.look_up,
                    name="account",
                    sql="",
                    inputs={"number": SECRET},
                    returns=(),
                    limit=timedelta(seconds=1),
                ),
                500,
                "no",
            )
        )
        await quiet(driver)
        await saves(driver, first)
        assert first.keeper.taken == 2
    assert place.found() == []
    assert stat.S_IMODE((tmp_path / "secrets" / "call_keys").stat().st_mode) == 0o600

    again = place.begin()
    assert again.resumed
    assert again.digest.text == driver.digest.text
    assert again.center.secrets.calls()[0].run.variables == {"pin": SECRET}
    assert state_of(again.center) == state_of(driver.center)

    driver = place.driver(again)
    async with running(driver, place.switch):
        driver.put(LegHungUp(LEG, 16))
        await quiet(driver)
        driver._tend()
        await written(driver)
    assert place.vault.calls() == []
    assert place.found() == []
    done = replay_onward(first_log(tmp_path))
    assert done.digest.text == driver.digest.text
    assert done.center.calls_in_progress() == 0


async def test_calls_that_end_together_share_a_snapshot(tmp_path: Path) -> None:
    """However many calls end, a snapshot is taken for their keys every two seconds at most."""
    place = Place(tmp_path, GATHERS["until enough"])
    begun = place.begin()
    driver, keeper = place.driver(begun), begun.keeper
    async with running(driver, place.switch):
        for leg in (LegId("leg1"), LegId("leg2"), LegId("leg3")):
            driver.put(CallArrived(leg, DIRECT, "+31612345678", ""))
            driver.put(DigitPressed(leg, "7"))
            driver.put(LegHungUp(leg, 16))
            await quiet(driver)
            driver._tend()
            await written(driver)
        assert (keeper.taken, len(place.vault.calls())) == (1, 2)
        place.clock.instant += KEYS_EVERY
        driver._tend()
        await written(driver)
    assert (keeper.taken, place.vault.calls()) == (2, [])


async def test_an_answer_that_repeats_it(tmp_path: Path) -> None:
    """The answer of the look-up repeats the typed digits: it is sealed, too."""
    place = Place(tmp_path, GATHERS["until enough"])
    first = place.begin()
    driver = place.driver(first)
    async with running(driver, place.switch):
        await is_told_it(driver)
    log = next((tmp_path / "input").glob("*.jsonl")).read_text()
    assert "LookUpFinished" in log
    again = place.begin()
    assert again.digest.text == driver.digest.text
    assert state_of(again.center) == state_of(driver.center)
    assert place.found() == []


EARLY: dict[str, tuple[str, tuple[Verb, ...]]] = {
    "in a prompt": ("", (Play("welcome", barge_in=False),)),
    "in a pause": ("", (Wait(timedelta(minutes=1)),)),
    "in a look-up": ("", (LookUpStep("account", {"number": parse("pin")}, "before", {}),)),
    "after a late terminator": (
        "12#",
        (
            Gather("number", InputRules(("menu",)), 2, 2, terminator="#"),
            Play("welcome", barge_in=False),
        ),
    ),
}


@pytest.mark.parametrize("where", EARLY)
async def test_what_is_typed_before_it_is_asked_for(tmp_path: Path, where: str) -> None:
    """It is dropped, and in no file; a kill loses nothing, and the replay of the ended call goes
    the same way.
    """
    typed, before = EARLY[where]
    place = Place(tmp_path, GATHERS["until enough"], *before)
    first = place.begin()
    driver = place.driver(first)
    async with running(driver, place.switch):
        driver.put(CallArrived(LEG, DIRECT, "+31612345678", ""))
        await quiet(driver)
        await types(driver, typed)
        assert driver.center.secrets.calls() == []
        await types(driver, SECRET)
        (call,) = driver.center.secrets.calls()
        assert call.run.listening is None
        await saves(driver, first)
    assert place.found() == []
    again = place.begin()
    assert again.digest.text == driver.digest.text
    assert state_of(again.center) == state_of(driver.center)
    driver = place.driver(again)
    async with running(driver, place.switch):
        await goes_on(driver, place.clock)
        await types(driver, SECRET)
        (call,) = driver.center.secrets.calls()
        assert call.run.variables["pin"] == SECRET
        driver.put(LegHungUp(LEG, 16))
        await quiet(driver)
        place.clock.instant += KEYS_EVERY
        driver._tend()
        await written(driver)
    assert (place.vault.calls(), place.found()) == ([], [])
    assert replay_onward(first_log(tmp_path)).digest.text == driver.digest.text


async def goes_on(driver: Driver, clock: SetClock) -> None:
    """The call gets the event that it awaits before it asks for the secret."""
    run = driver.center.secrets.calls()[0].run
    if run.playback is not None:
        driver.put(PlaybackFinished(run.playback))
    elif run.look_up is not None:
        driver.put(LookUpFinished(run.look_up, {"number": "1"}))
    else:
        clock.instant += timedelta(minutes=1)
        driver.put(TimePassed())
    await quiet(driver)
    assert run.listening is not None


async def test_a_tag_that_repeats_it(tmp_path: Path) -> None:
    """The flow tags the call with an answer that contains it: the tag is reported without it."""
    place = Place(tmp_path, GATHERS["until enough"])
    first = place.begin()
    driver = place.driver(first)
    async with running(driver, place.switch):
        run = await is_told_it(driver)
        assert run.tags == {"account": "NL########"}
        await saves(driver, first)
    assert place.found() == []
    again = place.begin()
    assert state_of(again.center) == state_of(driver.center)
    driver = place.driver(again)
    async with running(driver, place.switch):
        driver.put(LegHungUp(LEG, 16))
        await quiet(driver)
    place.vault.forget(place.vault.calls())
    assert replay_onward(first_log(tmp_path)).digest.text == driver.digest.text


async def test_other_keys_are_kept_as_they_are(tmp_path: Path) -> None:
    """Only what is sensitive costs a seal: a menu's keys are in clear, and no key is made."""
    place = Place(tmp_path, GATHERS["until enough"])
    plain = msgspec.structs.replace(GATHERS["until enough"], sensitive=False)
    place.site = _site(plain)
    first = place.begin()
    driver = place.driver(first)
    async with running(driver, place.switch):
        driver.put(CallArrived(LEG, DIRECT, "+31612345678", ""))
        await quiet(driver)
        await types(driver, SECRET)
    assert place.found() != []
    assert place.vault.calls() == []


def test_what_a_vault_cannot_open(tmp_path: Path) -> None:
    """Another call's, a broken one, one whose key is gone: nothing, and no fault."""
    vault = Vault(tmp_path / "keys")
    sealed = vault.seal("a", b"secret")
    assert vault.open("a", sealed) == Vault(tmp_path / "keys").open("a", sealed) == b"secret"
    vault.seal("b", b"other")
    assert vault.open("b", sealed) is vault.open("a", sealed[:-8]) is vault.open("a", "?") is None
    vault.forget(["a"])
    assert vault.open("a", sealed) is Vault(tmp_path / "keys").open("a", sealed) is None
    assert Vault(tmp_path / "keys").calls() == ["b"]
