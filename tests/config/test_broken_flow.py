"""Every mistake in a flow file is told at the exact word, with what was expected."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import Problem, in_order
from contactcenter_ari.config.site import check_site

TABLE = Path(__file__).with_name("broken_flows.txt")


def mistakes() -> list[tuple[str, str, list[str]]]:
    """The blocks of the table: what is right, what is wrong, what is told."""
    blocks = TABLE.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    return [
        (marked(block, "-"), marked(block, "+"), marked(block, "!").splitlines())
        for block in blocks
    ]


def marked(block: str, mark: str) -> str:
    """The lines of a block that begin with a mark, without it."""
    return "\n".join(line[2:] for line in block.split("\n") if line[:1] == mark)


def one_line(problem: Problem) -> str:
    """`line:column code [word under the caret] message (suggestion)`."""
    start = problem.column - 1
    word = problem.source[start : start + problem.length]
    told = f"{problem.line}:{problem.column} {problem.code} [{word}] {problem.message}"
    return f"{told} ({problem.suggestion})" if problem.suggestion else told


@pytest.mark.parametrize(("right", "wrong", "expected"), mistakes())
def test_a_mistake_is_told_at_its_place(
    right: str,
    wrong: str,
    expected: list[str],
    flow_text: str,
    write_site: Callable[..., Path],
) -> None:
    """Line, column, code, the word to blame, the message, and what may have been meant."""
    assert right in flow_text
    folder = write_site(desk=flow_text.replace(right, wrong, 1))
    _, problems = check_site(folder)
    assert [one_line(problem) for problem in in_order(problems)] == expected
