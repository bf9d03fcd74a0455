"""The published flows by number and version; calls in flight keep the one they began with."""

from contactcenter_ari.core.center.feature_code import (
    PROMPTS,
    REFUSED,
    UNKNOWN_CODE,
    UNKNOWN_PHONE,
)
from contactcenter_ari.core.center.site import Site
from contactcenter_ari.core.flow.flow import Flow
from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.run import START
from contactcenter_ari.core.flow.speaking import Flags
from contactcenter_ari.core.flow.step import Answer, HangUp, Play, Section, Step

NO_FLOW = "no_flow"
"""The system prompt for a dialed number that no flow answers."""


class Catalog:
    """What a site's configuration means for a new call."""

    def __init__(self, site: Site, flags: Flags) -> None:
        self.site = site
        self._by_number = {
            significant(number): Interpreter(flow, site.prompts, flags)
            for flow in site.flows
            for number in flow.numbers
        }
        self._announcer = Interpreter(_announcements(site), site.prompts, flags)

    def __repr__(self) -> str:
        """Tell which site, how many numbers."""
        return f"<Catalog of {self.site.name}: {len(self._by_number)} numbers>"

    def answering(self, number: str) -> Interpreter | None:
        """The flow that answers a dialed number, if one does."""
        return self._by_number.get(significant(number))

    def has_flag(self, flow: str, flag: str) -> bool:
        """Whether a flow has this flag."""
        return any(flag in known.flags for known in self.site.flows if known.name == flow)

    def announcer(self) -> Interpreter:
        """Says a system prompt and hangs up: each is a section of its own."""
        return self._announcer


def significant(number: str) -> str:
    """The digits that tell numbers apart: `+31...`, `0031...` and `31...` are the same."""
    return number.removeprefix("+").removeprefix("00")


def _announcements(site: Site) -> Flow:
    languages = {lang: None for prompt in site.prompts.values() for lang in prompt.parts}
    whispers = [queue.whisper for queue in site.queues.values() if queue.whisper]
    sections = {
        name: Section(
            (
                Step(Answer(), line=0),
                Step(Play(name, barge_in=False), line=0),
                Step(HangUp(), line=0),
            )
        )
        for name in (NO_FLOW, *PROMPTS.values(), UNKNOWN_CODE, UNKNOWN_PHONE, REFUSED, *whispers)
    }
    return Flow(
        name="",
        version="",
        numbers=(),
        timezone="UTC",
        languages=tuple(languages) or ("en",),
        sections=sections | {START: Section(())},
        prompts={},
    )
