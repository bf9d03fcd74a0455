"""The results of test files as JUnit XML, which every CI understands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from contactcenter_ari.flow_test.runner import Performed
from contactcenter_ari.flow_test.suite import Rehearsed

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(rehearsed: Sequence[Rehearsed]) -> str:
    """One suite a file, one case a test."""
    head = ('<?xml version="1.0" encoding="utf-8"?>', "<testsuites>")
    return "\n".join((*head, *_suites(rehearsed), "</testsuites>", ""))


def _suites(rehearsed: Iterable[Rehearsed]) -> Iterator[str]:
    for done in rehearsed:
        file = _attribute(str(done.story_file.file))
        counts = f'tests="{len(done.performed)}" failures="{len(done.failed)}"'
        yield f"  <testsuite name={file} {counts}>"
        for test in done.performed:
            yield from _case(file, test)
        yield "  </testsuite>"


def _case(file: str, test: Performed) -> Iterator[str]:
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
