"""The next question to a caller: whether a key that is pressed early is part of a secret.

Keys typed before a sensitive gather begins are dropped there, and are as secret as those typed in
it. So all ways are followed from the position of a call, up to the next step that takes keys.
Where one of them is an ordinary question, an early key may be its answer, and is no secret.
"""

from collections.abc import Iterable, Mapping

from contactcenter_ari.core.flow.language.destination import ON, Destination, Way
from contactcenter_ari.core.flow.language.step import Section
from contactcenter_ari.core.flow.run import Frame
from contactcenter_ari.core.flow.verb.spec import Question
from contactcenter_ari.core.flow.verb.table import Verb

Place = tuple[tuple[str, int, bool], ...]
"""The frames of a run, as plain data: section, step, and whether it was called."""


class NextQuestion:
    """Looks ahead in the sections of one flow."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self._sections = sections
        self._known: dict[Place, bool] = {}
        verbs = [step.verb for section in sections.values() for step in section.steps]
        self.asks_secrets = any(verb.question is Question.SECRET for verb in verbs)

    def __repr__(self) -> str:
        return f"<NextQuestion of a flow {'with' if self.asks_secrets else 'without'} secrets>"

    def is_secret(self, frames: Iterable[Frame]) -> bool:
        """Whether the next step that takes keys is a sensitive gather on every way."""
        if not self.asks_secrets:
            return False
        place = tuple((frame.section, frame.step, frame.called) for frame in frames)
        if place not in self._known:
            self._known[place] = self._look(place)
        return self._known[place]

    def _look(self, start: Place) -> bool:
        seen: set[Place] = set()
        ahead, found = self._after(start), False
        while ahead:
            place = self._at_a_step(ahead.pop())
            verb = self._verb(place)
            if verb is None or place in seen:
                continue
            seen.add(place)
            match verb.question:
                case Question.ORDINARY:
                    return False
                case Question.SECRET:
                    found = True
                case Question.NONE:
                    ahead += self._after(place)
                case Question.LINE:
                    pass
        return found

    def _after(self, place: Place) -> list[Place]:
        """The positions to which the step at a position may lead."""
        place = self._at_a_step(place)
        verb = self._verb(place)
        if verb is None:
            return []
        step = self._sections[place[-1][0]].steps[place[-1][1]]
        ways = [way.destination for way in verb.exits()]
        if step.when is not None:
            ways.append(ON)
        return [self._led(place, way) for way in ways]

    def _led(self, place: Place, way: Destination) -> Place:
        """The position to which a way leads; empty if that ends the call or is an earlier one."""
        section, step, called = place[-1]
        on = (*place[:-1], (section, step + 1, called))
        base = max((i for i, frame in enumerate(place) if frame[2]), default=0)
        match way.way:
            case Way.CONTINUE:
                return on
            case Way.INLINE:
                return (*on, (way.section, 0, False))
            case Way.CALL:
                return (*on, (way.section, 0, True))
            case Way.SECTION:
                return (*place[:base], (way.section, 0, place[base][2]))
            case Way.RETURN if place[base][2]:
                return place[:base]
            case _:
                return ()

    def _at_a_step(self, place: Place) -> Place:
        """The position itself, or the next one after the end of an inline or called section."""
        while place and not self._is_a_step(place):
            section, _, called = place[-1]
            known = self._sections.get(section)
            place = place[:-1] if known is not None and (known.inline or called) else ()
        return place

    def _is_a_step(self, place: Place) -> bool:
        section, step, _ = place[-1]
        known = self._sections.get(section)
        return known is not None and step < len(known.steps)

    def _verb(self, place: Place) -> Verb | None:
        return self._sections[place[-1][0]].steps[place[-1][1]].verb if place else None
