"""Real callers take the same path through the stories of a test file as flow tests do."""

import asyncio
from decimal import Decimal

import pytest

from contactcenter_ari.core.flow.language.declaration import Words
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.flow_test.runner import run_story
from contactcenter_ari.flow_test.story import Aspect, Deed, Story, StoryFile
from contactcenter_ari.flow_test.story_file import read_story_file
from contactcenter_ari.postgres.customer import Customer, put_customers
from contactcenter_ari.postgres.report import Report
from tests.e2e.caller import Caller
from tests.e2e.world import DESK, SITE, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

KNOWN = Customer("Known", ("+31677000009",), "30000001", Decimal("1204.50"))
TOLD = read_story_file(SITE / "desk.test.yaml", {})


async def test_real_calls_take_the_path_of_flow_tests(world: World) -> None:
    """Each story passes. Real callers play the stories at the same time and hear each prompt, and
    every path is the same.
    """
    failures = {story.name: run_story(TOLD, story).failure for story in TOLD.stories}
    assert failures == dict.fromkeys(failures)
    assert len(failures) >= 12
    await put_customers(world.service.database, [KNOWN])
    async with asyncio.TaskGroup() as group:
        paths = {
            story.name: group.create_task(_tell_whole(world, story)) for story in TOLD.stories
        }
    told = {name: path.result() for name, path in paths.items()}
    assert told == {story.name: _expected_path(story) for story in TOLD.stories}


async def _tell_whole(world: World, story: Story) -> list[str]:
    caller = await world.call(DESK)
    await caller.until_answered()
    await _tell(world, caller, TOLD, story)
    await caller.until_over()
    return await _path(world, caller)


async def _tell(world: World, caller: Caller, told: StoryFile, story: Story) -> None:
    for line in story.script:
        match line.deed:
            case Deed.HEARS:
                await caller.until_hears(await world.sound(_words(told.flow, line.value)))
            case Deed.PRESSES:
                await caller.press(line.value)
            case Deed.HANGS_UP:
                caller.hang_up()
            case Deed.SILENT:
                pass  # what is heard next comes after the silence
            case other:
                raise AssertionError(f"no real caller can do this here: {other}")


def _words(flow: Flow, said: str) -> str:
    """The text of a prompt by its name; any other text stands for itself."""
    if said not in flow.prompts:
        return said
    (text,) = flow.prompts[said].parts["en"]
    return "".join(piece.text for piece in text.pieces if isinstance(piece, Words))  # type: ignore[union-attr]  # these prompts are all texts


def _expected_path(story: Story) -> list[str]:
    (path,) = (e.values for e in story.expect if e.aspect is Aspect.PATH)
    return list(path)


async def _path(world: World, caller: Caller) -> list[str]:
    record = await world.record(caller)
    events = await Report(world.service.database).events(record.interaction.interaction)
    return [str(event.data["section"]) for event in events if event.kind == "SectionEntered"]
