"""The results of test files as JUnit XML, which every CI understands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from contactcenter_ari.flow_test.runner import StoryResult
from contactcenter_ari.flow_test.suite import FileResult

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[FileResult]) -> str:
    """One suite a file, one case a test."""
    head = ('<?xml version="1.0" encoding="utf-8"?>', "<testsuites>")
    return "\n".join((*head, *_suites(results), "</testsuites>", ""))


def _suites(results: Iterable[FileResult]) -> Iterator[str]:
    for done in results:
        file = _attribute(str(done.story_file.file))
        counts = f'tests="{len(done.results)}" failures="{len(done.failed)}"'
        yield f"  <testsuite name={file} {counts}>"
        for test in done.results:
            yield from _case(file, test)
        yield "  </testsuite>"


def _case(file: str, test: StoryResult) -> Iterator[str]:
    opening = f"    <testcase classname={file} name={_attribute(test.name)}"
    if test.failure is None:
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    headline = _attribute(test.failure.headline)
    yield f"      <failure message={headline}>{_clean(str(test.failure))}</failure>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return f'"{_clean(text)}"'


def _clean(text: str) -> str:
    return escape(_NOT_XML.sub("?", text))
