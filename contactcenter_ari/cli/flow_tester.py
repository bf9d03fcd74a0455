"""The tests beside the flows, run before a site is published."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from contactcenter_ari.config.problem import Severity, SiteInvalid
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.flow_test.failure import Failure
from contactcenter_ari.flow_test.suite import is_story_file, run_files
from contactcenter_ari.web.port import FlowProblem

CODE = "test"


class FlowTester:
    """Plays all test files of a folder, away from the event loop."""

    def __repr__(self) -> str:
        return "<FlowTester>"

    async def failures(self, folder: Path, site: Site) -> Sequence[FlowProblem]:
        """The expectations that do not hold, and the mistakes in the test files themselves."""
        del site  # each test file names its flow, which is read with it
        return await asyncio.to_thread(lambda: tuple(_failures(folder)))


def _failures(folder: Path) -> Iterator[FlowProblem]:
    for path in sorted(filter(is_story_file, folder.iterdir())):
        try:
            for done in run_files([path]):
                for test in done.failed:
                    if test.failure is not None:
                        yield _problem(test.failure)
        except SiteInvalid as invalid:
            for problem in invalid.problems:
                if problem.severity is Severity.ERROR:
                    yield FlowProblem(
                        file=str(problem.file),
                        line=problem.line,
                        column=problem.column,
                        code=problem.code,
                        message=problem.message,
                    )


def _problem(failure: Failure) -> FlowProblem:
    told = f'test "{failure.story}": expected {failure.expected}, but {failure.found}'
    return FlowProblem(
        file=str(failure.file),
        line=failure.place.line,
        column=failure.place.column,
        code=CODE,
        message=told,
    )
