"""Publishing: good files are served, bad ones change nothing and say why, and back again."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.service.archive import Archive, site_version
from contactcenter_ari.service.publishing import first_site
from contactcenter_ari.web.port import Condition, FlowProblem, FlowsRefused, PartHealth
from tests.service.conftest import BROKEN, FLOW, SECOND, THIRD

if TYPE_CHECKING:
    from tests.service.conftest import Engineer

FAILURE = FlowProblem(
    file="desk.test.yaml", line=4, column=7, code="test", message='expected "Second hello."'
)


def served(engineer: "Engineer") -> list[str]:
    """The versions the driver was given, by what their first prompt says; the first included."""
    sites = [
        entry.input.site
        for entry in read_input_log(engineer.world.log.path)
        if isinstance(entry.input, SitePublished)
    ]
    return [str(site.flows[0].prompts["hello"]).split("text='")[1].split()[0] for site in sites]


# Files that change


async def test_nothing_changed(engineer: "Engineer") -> None:
    """The site that was loaded at the start is served, and nothing published again."""
    await engineer.notice()
    engineer.edit(FLOW)  # the same again: only the time of the file is another
    await engineer.notice()
    assert served(engineer) == ["First"]
    assert engineer.publishing.health() == PartHealth()


async def test_a_good_edit_is_served(engineer: "Engineer") -> None:
    """Within two looks, after its prompts were spoken."""
    before = engineer.publishing.state()
    engineer.edit(SECOND)
    await engineer.publishing.look()
    assert served(engineer) == ["First"]
    await engineer.notice()
    assert served(engineer) == ["First", "Second"]
    state = engineer.publishing.state()
    assert state.version != before.version
    assert state.flows["desk"] != before.flows["desk"]
    assert [site.flows[0].version for site in engineer.desk.spoken] == [state.flows["desk"]]


async def test_a_bad_edit_changes_nothing_and_says_why(engineer: "Engineer") -> None:
    """Once, however often it is looked at; the next good edit makes everything well."""
    before = engineer.publishing.state()
    engineer.edit(BROKEN)
    await engineer.notice()
    await engineer.notice()
    state = engineer.publishing.state()
    assert served(engineer) == ["First"]
    assert (state.version, state.flows, state.failures) == (before.version, before.flows, 1)
    (problem,) = state.problems
    assert (Path(problem.file).name, problem.line, problem.column) == ("desk.yaml", 14, 22)
    assert (problem.code, "nowhere" in problem.message) == ("E201", True)
    assert engineer.publishing.health() == PartHealth(
        Condition.DEGRADED, f"desk.yaml:14:22: E201; version {before.version} is still served"
    )
    engineer.edit(SECOND)
    await engineer.notice()
    assert served(engineer) == ["First", "Second"]
    assert engineer.publishing.health() == PartHealth()
    assert engineer.publishing.state().failures == 1


async def test_health_holds_nothing_of_the_content(engineer: "Engineer") -> None:
    """Places and codes only: a file may hold numbers of people."""
    engineer.edit(FLOW.replace('"+31201111110"', '"0612345678x"').replace("failed: sales", "x: y"))
    await engineer.notice()
    why = engineer.publishing.health().why
    assert "more; version" in why
    assert "0612345678" not in why


async def test_a_file_still_being_written_is_waited_for(engineer: "Engineer") -> None:
    """Half a file may be a valid one."""
    engineer.edit(SECOND)
    await engineer.publishing.look()
    engineer.edit(THIRD)
    await engineer.publishing.look()
    assert served(engineer) == ["First"]
    await engineer.notice()
    assert served(engineer) == ["First", "Third"]


async def test_a_failing_test_keeps_the_old_version(engineer: "Engineer") -> None:
    """As a mistake in the flow does."""
    engineer.desk.verdict = (FAILURE,)
    engineer.edit(SECOND)
    await engineer.notice()
    assert served(engineer) == ["First"]
    assert engineer.publishing.state().problems == (FAILURE,)
    assert engineer.publishing.health().why.startswith("desk.test.yaml:4:7: test; ")


async def test_tests_are_run_when_only_they_changed(engineer: "Engineer") -> None:
    """And once after the start: what is served may not be what its tests say."""
    await engineer.notice()
    assert engineer.desk.tested == 1
    engineer.desk.verdict = (FAILURE,)
    engineer.edit("flow: desk.yaml\n", "desk.test.yaml")
    await engineer.notice()
    await engineer.notice()
    assert (engineer.desk.tested, served(engineer)) == (2, ["First"])
    assert engineer.publishing.state().problems == (FAILURE,)


async def test_prompts_that_cannot_be_spoken_keep_the_old_version(engineer: "Engineer") -> None:
    """Else callers would hear nothing."""
    engineer.desk.mute = True
    engineer.edit(SECOND)
    await engineer.notice()
    assert served(engineer) == ["First"]
    (problem,) = engineer.publishing.state().problems
    assert (problem.code, problem.message) == ("speech", "no voice")


async def test_a_site_that_cannot_be_served_here_changes_nothing(engineer: "Engineer") -> None:
    """A trunk without a secret, say; neither new files nor an older version."""
    engineer.edit(SECOND)
    await engineer.notice()
    engineer.unusable = "the trunk has no secret"
    engineer.edit(THIRD)
    await engineer.notice()
    (problem,) = engineer.publishing.state().problems
    assert (problem.code, problem.message) == ("installation", "the trunk has no secret")
    with pytest.raises(RequestRefused, match="no secret"):
        await engineer.publishing.rollback()
    assert served(engineer) == ["First", "Second"]


async def test_a_fault_of_ours_ends_no_call(engineer: "Engineer") -> None:
    """It is logged, the old version stays, and later edits are taken."""
    engineer.desk.fault = RuntimeError("a fault")
    engineer.edit(SECOND)
    with capture_logs() as logs:
        await engineer.notice()
    assert "flows.publishing_failed" in {entry["event"] for entry in logs}
    assert engineer.publishing.state().problems[0].code == "fault"
    engineer.desk.fault = None
    engineer.edit(THIRD)
    await engineer.notice()
    assert served(engineer) == ["First", "Third"]


async def test_a_folder_that_is_gone_keeps_the_old_version(engineer: "Engineer") -> None:
    """And it is served again when it is back."""
    away = engineer.folder.rename(engineer.folder.with_name("away"))
    await engineer.notice()
    assert engineer.publishing.health().condition is Condition.DEGRADED
    away.rename(engineer.folder)
    engineer.edit(SECOND)
    await engineer.notice()
    assert served(engineer) == ["First", "Second"]


async def test_it_looks_by_itself(engineer: "Engineer", monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second; here without waiting."""
    path = "contactcenter_ari.service.publishing.LOOK_EVERY"
    monkeypatch.setattr(path, engineer.world.clock.now() - engineer.world.clock.now())
    engineer.edit(SECOND)
    async with asyncio.timeout(10):
        running = asyncio.ensure_future(engineer.publishing.run())
        while len(engineer.desk.spoken) < 1:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    assert engineer.publishing.state().failures == 0


# Publishing by hand


async def test_publishing_by_hand(engineer: "Engineer") -> None:
    """At once; a refusal lists what is wrong, and nothing is changed."""
    engineer.edit(SECOND)
    state = await engineer.publishing.publish()
    assert state == engineer.publishing.state()
    engineer.edit(BROKEN)
    with pytest.raises(FlowsRefused, match=r"desk\.yaml:14:22: E201: ") as caught:
        await engineer.publishing.publish()
    assert caught.value.problems == engineer.publishing.state().problems
    assert served(engineer) == ["First", "Second"]


# Back


async def test_going_back_and_forth(engineer: "Engineer") -> None:
    """A rollback pins its version until the files change or somebody publishes them."""
    first = engineer.publishing.state().version
    for text in (SECOND, THIRD):
        engineer.edit(text)
        await engineer.notice()
    await engineer.publishing.rollback()
    await engineer.notice()
    state = await engineer.publishing.rollback()
    await engineer.notice()
    assert (state.version, state.pinned) == (first, True)
    assert engineer.publishing.health() == PartHealth(
        why=f"version {first} is pinned by a rollback"
    )
    assert served(engineer) == ["First", "Second", "Third", "Second", "First"]
    state = await engineer.publishing.publish()
    assert not state.pinned
    third = state.version
    await engineer.publishing.rollback(first[:6])
    engineer.edit(SECOND)
    await engineer.notice()
    assert served(engineer)[5:] == ["Third", "First", "Second"]
    versions = [kept.version for kept in await engineer.publishing.versions()]
    assert versions[1:] == [third, versions[0], first]
    assert not engineer.publishing.state().pinned


async def test_what_cannot_be_gone_back_to(engineer: "Engineer") -> None:
    """Nothing before the first, nothing unknown, nothing that was tampered with."""
    with pytest.raises(RequestRefused, match="no earlier version"):
        await engineer.publishing.rollback()
    with pytest.raises(RequestRefused, match='no published version begins "beef"'):
        await engineer.publishing.rollback("beef")
    engineer.edit(SECOND)
    await engineer.notice()
    first = engineer.archive.sites()[1]
    first.file.write_bytes(first.file.read_bytes().replace(b"First", b"Worst"))
    with pytest.raises(RequestRefused, match="its content has been changed"):
        await engineer.publishing.rollback()
    assert served(engineer) == ["First", "Second"]


async def test_going_back_without_a_voice(engineer: "Engineer") -> None:
    """A rollback is urgent: its prompts are spoken when they are needed."""
    engineer.edit(SECOND)
    await engineer.notice()
    engineer.desk.mute = True
    await engineer.publishing.rollback()
    await engineer.notice()
    assert served(engineer) == ["First", "Second", "First"]


async def test_a_pin_outlives_the_program(engineer: "Engineer") -> None:
    """Unless the files were changed meanwhile."""
    engineer.edit(SECOND)
    await engineer.notice()
    await engineer.publishing.rollback()
    assert engineer.restarted().state().pinned
    await engineer.notice()
    assert served(engineer)[-1] == "First"
    engineer.edit(THIRD)
    assert not engineer.restarted().state().pinned


async def test_a_start_with_bad_files(engineer: "Engineer") -> None:
    """Goes on with what was published last, and health says so; without that it fails."""
    engineer.edit(SECOND)
    await engineer.notice()
    engineer.edit(BROKEN)
    first = first_site(engineer.folder, engineer.archive)
    assert site_version(first) == engineer.publishing.state().version
    restarted = engineer.restarted()
    await engineer.notice()
    assert restarted.state().version == site_version(first)
    assert restarted.health().condition is Condition.DEGRADED
    with pytest.raises(SiteInvalid, match="E201"):
        first_site(engineer.folder, Archive(engineer.folder / "none"))


async def test_old_keys_are_logged_at_the_start(engineer: "Engineer") -> None:
    """Once, with place and new key; the site is served anyway."""
    engineer.edit("sales: {max_wait: 5m, whisper: goodbye}\n", "queues.yaml")
    with capture_logs() as logs:
        site = first_site(engineer.folder, engineer.archive)
    (told,) = [entry for entry in logs if entry["event"] == "site.old_key"]
    assert told["at"].endswith("queues.yaml:1:23")
    assert '"agent_prompt"' in told["told"]
    (queue,) = [queue for queue in site.queues.values() if queue.name == "sales"]
    assert queue.agent_prompt == "goodbye"


async def test_the_oldest_are_dropped(
    engineer: "Engineer", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bounded number is kept; the same site twice in a row counts once."""
    monkeypatch.setattr("contactcenter_ari.service.archive.SITES_KEPT", 2)
    for text in (SECOND, SECOND + "# more\n", THIRD):
        engineer.edit(text)
        await engineer.notice()
    kept = await engineer.publishing.versions()
    assert [one.version for one in kept][:1] == [engineer.publishing.state().version]
    assert len(kept) == 2
