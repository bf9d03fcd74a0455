"""A pytest plugin: `pytest callflows/` runs the `*.test.yaml` files there, a test a story.

It asks for nothing else; other tests are not touched.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.flow_test.failure import Failure
from contactcenter_ari.flow_test.runner import StoryResult, check_truth, run_story
from contactcenter_ari.flow_test.story import Story, StoryFile, TruthLine
from contactcenter_ari.flow_test.story_file import read_story_file
from contactcenter_ari.flow_test.suite import is_story_file


class StoryFailed(Exception):
    """Carries a failure through pytest."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.headline)
        self.failure = failure


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a test file of a call flow, by its name."""
    if is_story_file(file_path):
        return StoryCollector.from_parent(parent, path=file_path)
    return None


class StoryCollector(pytest.File):
    """One test file."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each line of the truth tables, and for each story."""
        try:
            story_file = read_story_file(self.path, {})
        except SiteInvalid as invalid:
            raise self.CollectError(str(invalid)) from invalid
        for line in story_file.truths:
            state = "open" if line.is_open else "closed"
            name = f"{line.hours} {state} {line.written}"
            yield StoryItem.from_parent(self, name=name, story_file=story_file, part=line)
        for story in story_file.stories:
            yield StoryItem.from_parent(self, name=story.name, story_file=story_file, part=story)


class StoryItem(pytest.Item):
    """One test of a test file."""

    def __init__(
        self,
        name: str,
        parent: StoryCollector,
        *,
        story_file: StoryFile,
        part: Story | TruthLine,
    ) -> None:
        super().__init__(name, parent)
        self.story_file = story_file
        self.part = part

    def runtest(self) -> None:
        """Play it; raises StoryFailed."""
        done = self._results()
        if done.failure is not None:
            raise StoryFailed(done.failure)

    def _results(self) -> StoryResult:
        if isinstance(self.part, Story):
            return run_story(self.story_file, self.part)
        return check_truth(self.story_file, self.part)

    def repr_failure(self, excinfo, style=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  # pytest's types for it are private
        """Our own words for a story that failed."""
        if isinstance(excinfo.value, StoryFailed):
            return str(excinfo.value.failure)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The location of the test; lines count from 0."""
        return self.path, self.part.place.line - 1, self.name
