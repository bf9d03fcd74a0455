"""The verb `lookup`: the question, and the check of its answer.

An answer of another type than declared is an error, and so is a missing answer.
"""

from datetime import timedelta

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.declaration import HttpLookUp, SqlLookUp
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import (
    Kind,
    Option,
    OutcomeSpec,
    OutcomeVerb,
    Stay,
    VerbSpec,
)
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.spoken.value import PHONE, ValueType, read_value
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import LookUp, StartMusic, StopMusic
from contactcenter_ari.core.vocabulary.ids import LookUpId

MARGIN = timedelta(seconds=1)
"""The flow waits for an answer this long past its limit."""
Row = dict[str, str | None]


def _made(
    *,
    name: str,
    inputs: dict[str, Expression],
    next: dict[str, Destination],  # noqa: A002  # the field's name
    save_as: str = "",
    filler: str = "",
) -> "LookUpStep":
    return LookUpStep(name, inputs, save_as or name, next, filler)


class LookUpStep(OutcomeVerb, frozen=True, tag="lookup"):
    """Ask a look-up; its answer is at `save_as.NAME`, and `save_as.found` is whether there was
    one. Outcomes found, not_found, error; one not handled goes on. `filler` is the music class the
    caller hears meanwhile; none when empty.
    """

    specs = (
        VerbSpec(
            value=Option("lookup", Kind.LOOK_UP, "which look-up is asked", fields=("name",)),
            options=(
                Option(
                    "with", Kind.INPUTS, "what the look-up is given, by input", fields=("inputs",)
                ),
                Option(
                    "save_as",
                    Kind.NAME,
                    "where the answer is found in expressions; without it under the look-up's"
                    " own name",
                    thing="an answer",
                ),
                Option("filler", Kind.TEXT, "music class the caller hears meanwhile"),
                Option("next", Kind.OUTCOMES, "where the outcomes lead; one left out goes on"),
            ),
            outcomes=(
                OutcomeSpec("found", "there is an answer"),
                OutcomeSpec("not_found", "there is none"),
                OutcomeSpec("error", "no answer in time, or one of another type than declared"),
            ),
            help="Asks a look-up of the flow in the database or over HTTP. Its answer is used as"
            " `customer.name`; `customer.found` tells whether there is one.",
            example="- lookup: customer\n  with: {number: caller.number}"
            "\n  next: {found: known_caller, not_found: new_caller, error: new_caller}",
            make=_made,
            at_hang_up=True,
            also=("query", "http", "webhook", "request", "dip"),
        ),
    )

    name: str
    inputs: dict[str, Expression]
    save_as: str
    next: dict[str, Destination]
    filler: str = ""

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Stay:
        """Send the question; the caller hears the filler meanwhile, if there is one."""
        source = speaker.flow.look_ups[self.name]
        run.look_up = LookUpId(turn.clockwork.mint_for(run.call))
        run.activity = Activity.LOOKING_UP
        run.filler = bool(self.filler) and not run.hung_up
        if run.filler:
            speaker.answer(run, turn)
            turn.do(StartMusic(call=run.call, leg=run.leg, music=self.filler))
        inputs = {
            name: speaker.text(run, expression, turn) for name, expression in self.inputs.items()
        }
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + source.limit + MARGIN)
        turn.do(
            LookUp(
                call=run.call,
                look_up=run.look_up,
                name=self.name,
                sql=source.sql if isinstance(source, SqlLookUp) else "",
                url="" if isinstance(source, SqlLookUp) else source.url,
                inputs=inputs,
                returns=tuple(source.returns),
                limit=source.limit,
                private=isinstance(source, HttpLookUp) and source.private,
            )
        )
        return Stay.WAIT

    def answered(self, run: FlowRun, row: Row | None, speaker: Speaker, turn: Turn) -> Destination:
        """Note an answer; the destination of its outcome."""
        if row is None:
            return self._end(run, None, "not_found", turn)
        types, country = speaker.flow.look_ups[self.name].returns, speaker.flow.country_code
        fields = {  # a phone number in E.164, in whichever way the source writes it
            name: e164(text, country) if types.get(name) == PHONE else text
            for name, text in row.items()
            if text is not None
        }
        if not _fits(fields, types):
            return self.failed(run, turn)
        return self._end(run, fields, "found", turn)

    def failed(self, run: FlowRun, turn: Turn) -> Destination:
        """There was no answer, or none in time; the destination of that outcome."""
        return self._end(run, None, "error", turn)

    def _end(
        self, run: FlowRun, fields: dict[str, str] | None, outcome: str, turn: Turn
    ) -> Destination:
        if run.filler:
            run.filler = False
            turn.do(StopMusic(call=run.call, leg=run.leg))
        run.look_up = None
        run.look_ups[self.save_as] = fields
        flow_event.look_up_done(run, self.name, outcome, turn)
        return self.after(outcome)

    def subject(self) -> str:
        """The look-up."""
        return self.name


def _fits(fields: dict[str, str], types: dict[str, ValueType]) -> bool:
    try:
        for name, text in fields.items():
            read_value(text, types[name])
    except (ValueError, KeyError):
        return False
    return True
