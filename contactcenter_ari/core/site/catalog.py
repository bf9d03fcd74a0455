"""The published flows by number and version; calls in flight keep the one they began with."""

from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import ACCEPTED, APOLOGY, Flow
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.observer import Observer
from contactcenter_ari.core.flow.run import START
from contactcenter_ari.core.flow.speaker import Flags
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.site.called_number import CalledNumbers, CallNumbers
from contactcenter_ari.core.site.feature_code import (
    PAUSED,
    PROMPTS,
    REFUSED,
    UNKNOWN_CODE,
    UNKNOWN_PHONE,
)
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.site.system_prompt import (
    CANCELLED,
    CUSTOMER_DIALED,
    GREETING,
    LATER,
    NO_FLOW,
    NOT_REACHED,
    QUESTION,
    SORRY,
)
from contactcenter_ari.core.vocabulary.ids import QueueName

SYSTEM_PROMPTS = (
    *(NO_FLOW, *PROMPTS.values(), PAUSED, UNKNOWN_CODE, UNKNOWN_PHONE, REFUSED),
    *(GREETING, SORRY, CUSTOMER_DIALED, NOT_REACHED, APOLOGY),
)
"""All that the system itself says, wherever it is installed."""
CALLBACK_PROMPTS = (QUESTION, LATER, CANCELLED)
"""The further prompts of a site where a queue has `callback_keys`."""
CALLBACK_KEYS = {"1": ACCEPTED, "2": LATER, "3": CANCELLED}
"""The sections that they lead to."""


class Catalog:
    """The meaning of a site's configuration for a new call."""

    def __init__(self, site: Site, flags: Flags, observer: Observer | None = None) -> None:
        self.site = site
        self._flags = flags
        self._observer = observer
        self._flows = {flow.name: flow for flow in site.flows}
        self._callback_flows: dict[QueueName, Interpreter] = {}
        self._by_number = {
            number: self._interpreter(flow) for flow in site.flows for number in flow.numbers
        }
        self.numbers = CalledNumbers(site)
        self._announcer = self._interpreter(_announcements(site))

    def __repr__(self) -> str:
        return f"<Catalog of {self.site.name}: {len(self._by_number)} numbers>"

    def watch(self, observer: Observer | None) -> None:
        """Show each step of each new call to somebody else from now on."""
        self._observer = observer
        flows = (*self._by_number.values(), *self._callback_flows.values(), self._announcer)
        for interpreter in flows:
            interpreter.watch(observer)

    def answering(self, number: str) -> Interpreter | None:
        """The flow that answers a called number, which `call_numbers` gave, if one does."""
        return self._by_number.get(number)

    def call_numbers(self, called: str, caller: str, trunk: str) -> CallNumbers:
        """Both numbers of a call as received, in E.164. National ones are read for the country
        of the trunk if it has one, else of the flow that answers, else of the site.
        """
        number = self.numbers.find(called, trunk)
        answering = self.answering(number)
        home = answering.flow.country_code if answering else ""
        country = trunk or home or self.numbers.country
        return CallNumbers(
            called=number,
            caller=e164(caller, country),
            called_raw=called,
            caller_raw=caller,
        )

    def e164(self, number: str) -> str:
        """A number that belongs to no call, in E.164; as it is if no plan knows it."""
        return e164(number, self.numbers.country)

    def flow(self, name: str) -> Flow | None:
        """The published flow of that name."""
        return self._flows.get(name)

    def has_flag(self, flow: str, flag: str) -> bool:
        """Whether a flow has this flag."""
        known = self.flow(flow)
        return known is not None and flag in known.flags

    def announcer(self) -> Interpreter:
        """A flow that says a system prompt and hangs up: each prompt is a section of its own."""
        return self._announcer

    def callback_flow(self, queue: QueueName) -> Interpreter:
        """A flow that leads a customer who was called back to an agent of the queue."""
        if queue not in self._callback_flows:
            settings = self.site.queues.get(queue)
            asks = settings is not None and settings.callback_keys
            flow = _called_back(self.site, queue, asks=asks)
            self._callback_flows[queue] = self._interpreter(flow)
        return self._callback_flows[queue]

    def _interpreter(self, flow: Flow) -> Interpreter:
        return Interpreter(flow, self.site.prompts, self._flags, self._observer)


def _announcements(site: Site) -> Flow:
    """Any prompt of the site may be an agent prompt, also of a queue that is gone by now."""
    names = (*SYSTEM_PROMPTS, *site.prompts)
    said = {name: _section(Answer(), Play(name, barge_in=False), HangUp()) for name in names}
    return _own_flow(site, said | {START: Section(())})


def _called_back(site: Site, queue: QueueName, *, asks: bool) -> Flow:
    """A queue that `asks` lets the customer accept, be called later or cancel; no key is to
    accept. No agent for whatever reason: an apology, and the end.
    """
    waits = (Queue(queue, {}), Play(SORRY, barge_in=False), HangUp())
    if not asks:
        return _own_flow(site, {START: _section(Play(GREETING, barge_in=False), *waits)})
    keys = {key: Destination(Way.SECTION, name) for key, name in CALLBACK_KEYS.items()}
    accept = Destination(Way.SECTION, ACCEPTED)
    asked = Menu(InputRules(prompts=(QUESTION,), tries=1, failed=accept), keys)
    sections = {
        START: _section(Play(GREETING), Goto(Destination(Way.SECTION, QUESTION))),
        QUESTION: _section(asked),
        ACCEPTED: _section(*waits),
        LATER: _section(Play(LATER, barge_in=False), HangUp()),
        CANCELLED: _section(Play(CANCELLED, barge_in=False), HangUp()),
    }
    return _own_flow(site, sections)


def _section(*verbs: Verb) -> Section:
    return Section(tuple(Step(verb, line=0) for verb in verbs))


def _own_flow(site: Site, sections: dict[str, Section]) -> Flow:
    """A flow that nobody wrote; it says system prompts alone."""
    languages = {lang: None for prompt in site.prompts.values() for lang in prompt.parts}
    return Flow(
        name="",
        version="",
        numbers=(),
        timezone="UTC",
        languages=tuple(languages) or ("en",),
        sections=sections,
        prompts={},
    )
