"""The failure of a story, told so that the engineer sees why at once."""

from dataclasses import dataclass
from pathlib import Path

from contactcenter_ari.flow_test.story import Place

LAST_EVENTS = 8
LINE_LIMIT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A line that did not hold. `story` is the test's name, `last` the events before, `nearest`
    what was most like the expected.
    """

    file: Path
    place: Place
    story: str
    expected: str
    found: str
    source: str = ""
    nearest: str = ""
    last: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Several lines: the place, the sentence, the source with a caret, the events."""
        lines = [f"{self.headline}", *self._source()]
        if self.nearest:
            lines.append(f"  nearest match: {self.nearest}")
        if self.last:
            lines.append("  last events:")
            lines += [f"    {told}" for told in self.last]
        return "\n".join(lines)

    @property
    def headline(self) -> str:
        """The failure in one line."""
        place = f"{self.file}:{self.place.line}:{self.place.column}"
        return f'{place}: failed: test "{self.story}": expected {self.expected}, but {self.found}'

    def _source(self) -> list[str]:
        if not self.source.strip() or self.place.column > LINE_LIMIT:
            return []
        source = self.source[:LINE_LIMIT]
        width = max(1, min(self.place.length, len(source) - self.place.column + 1))
        return [f"    {source}", f"    {' ' * (self.place.column - 1)}{'^' * width}"]
