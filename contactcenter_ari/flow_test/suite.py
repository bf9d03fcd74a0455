"""Plays whole test files: which there are, how each of their stories went, what they covered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.flow_test.runner import StoryResult, check_truth, run_story
from contactcenter_ari.flow_test.story import StoryFile
from contactcenter_ari.flow_test.story_file import read_story_file

ENDINGS = (".test.yaml", ".test.yml")


class NoTests(ContactCenterError):
    """There is nothing to play where tests were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """One test file and how each of its tests went, truth tables first."""

    story_file: StoryFile
    results: tuple[StoryResult, ...]

    @property
    def failed(self) -> tuple[StoryResult, ...]:
        """The tests that did not hold."""
        return tuple(test for test in self.results if test.failure is not None)


def story_files(paths: Iterable[Path]) -> list[Path]:
    """The test files among the paths, and in the folders among them.

    Raises:
        NoTests: a path does not exist, is no test file, or there are none at all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(p for p in sorted(path.iterdir()) if is_story_file(p))
        elif path.is_file() and is_story_file(path):
            found[path] = None
        else:
            reason = "is no *.test.yaml file" if path.exists() else "does not exist"
            raise NoTests(f"{path} {reason}")
    if not found:
        raise NoTests("there are no *.test.yaml files here")
    return list(found)


def is_story_file(path: Path) -> bool:
    """Whether a file holds tests, by its name."""
    return path.name.endswith(ENDINGS) and not path.name.startswith(".")


def run_files(paths: Iterable[Path], wanted: str = "") -> Iterator[FileResult]:
    """Play the tests of the files, or those whose name holds `wanted`, in any case.

    Raises:
        SiteInvalid: a file, or the site of its flow, has problems.
    """
    sites: dict[Path, Site] = {}
    for path in paths:
        yield run_file(read_story_file(path, sites), wanted)


def run_file(story_file: StoryFile, wanted: str = "") -> FileResult:
    """Play one file; the truth tables only when no test is asked for by name."""
    truths = () if wanted else story_file.truths
    stories = [s for s in story_file.stories if wanted.casefold() in s.name.casefold()]
    results = [check_truth(story_file, line) for line in truths]
    results += [run_story(story_file, story) for story in stories]
    return FileResult(story_file=story_file, results=tuple(results))


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The part of one section that the tests covered: the lines of its steps, inline ones
    included.
    """

    flow: str
    section: str
    entered: bool
    steps: int
    taken: int
    missed_lines: tuple[int, ...]


def coverage(results: Sequence[FileResult]) -> list[Covered]:
    """The coverage of each flow that has tests, over all its test files."""
    flows: dict[str, Flow] = {}
    visited: dict[str, set[tuple[str, int]]] = {}
    for done in results:
        flow = done.story_file.flow
        flows[flow.name] = flow
        for test in done.results:
            visited.setdefault(flow.name, set()).update(test.visited)
    return [
        _covered(flow, section, visited.get(name, set()))
        for name, flow in flows.items()
        for section in _outer_sections(flow)
    ]


def covered_percent(covered: Sequence[Covered]) -> float:
    """How many of 100 sections were entered; 100 of none."""
    return 100 * sum(c.entered for c in covered) / len(covered) if covered else 100.0


def _outer_sections(flow: Flow) -> list[str]:
    return [name for name, section in flow.sections.items() if not section.inline]


def _covered(flow: Flow, section: str, visited: set[tuple[str, int]]) -> Covered:
    names = [section, *_inline_of(flow, section)]
    steps = [
        (name, number, step.line)
        for name in names
        for number, step in enumerate(flow.sections[name].steps)
    ]
    missed = [line for name, number, line in steps if (name, number) not in visited]
    return Covered(
        flow=flow.name,
        section=section,
        entered=any(name == section for name, _ in visited),
        steps=len(steps),
        taken=len(steps) - len(missed),
        missed_lines=tuple(sorted(set(missed))),
    )


def _inline_of(flow: Flow, section: str) -> list[str]:
    """The inline lists that stand in a section: their names begin with its name."""
    inline = [name for name, found in flow.sections.items() if found.inline]
    return [name for name in inline if name.startswith(f"{section}[")]
