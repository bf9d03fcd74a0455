"""Look-ups of a flow: the question, and what its answer is worth.

An answer of another type than declared is an error, as is none in time.
"""

from datetime import timedelta

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.flow import Flow, HttpLookUp, SqlLookUp
from contactcenter_ari.core.flow.language.step import ON, Destination, LookUpStep
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.spoken.value import PHONE, read_value
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import LookUp, StartMusic, StopMusic
from contactcenter_ari.core.vocabulary.ids import LookUpId

MARGIN = timedelta(seconds=1)
"""How long past its limit an answer is waited for."""
Row = dict[str, str | None]


class FlowLookUp:
    """Asks the look-ups of one flow."""

    def __init__(self, flow: Flow, speaker: Speaker) -> None:
        self._sources = flow.look_ups
        self._country = flow.country_code
        self._speaker = speaker

    def __repr__(self) -> str:
        """Tell how many look-ups there are."""
        return f"<FlowLookUp of {len(self._sources)} look-ups>"

    def ask(self, run: FlowRun, step: LookUpStep, turn: Turn) -> None:
        """Put the question; the caller hears the filler meanwhile, if there is one."""
        source = self._sources[step.name]
        run.look_up = LookUpId(turn.clockwork.mint_for(run.call))
        run.activity = Activity.LOOKING_UP
        run.filler = bool(step.filler) and not run.hung_up
        if run.filler:
            self._speaker.answer(run, turn)
            turn.do(StartMusic(call=run.call, leg=run.leg, music=step.filler))
        inputs = {
            name: self._speaker.text(run, expression, turn)
            for name, expression in step.inputs.items()
        }
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + source.limit + MARGIN)
        turn.do(
            LookUp(
                call=run.call,
                look_up=run.look_up,
                name=step.name,
                sql=source.sql if isinstance(source, SqlLookUp) else "",
                url="" if isinstance(source, SqlLookUp) else source.url,
                inputs=inputs,
                returns=tuple(source.returns),
                limit=source.limit,
                private=isinstance(source, HttpLookUp) and source.private,
            )
        )

    def answered(self, run: FlowRun, step: LookUpStep, row: Row | None, turn: Turn) -> Destination:
        """Note an answer; where it leads."""
        if row is None:
            return self._end(run, step, None, "not_found", turn)
        fields = {
            name: self._read(step, name, text) for name, text in row.items() if text is not None
        }
        if not self._fits(step, fields):
            return self.failed(run, step, turn)
        return self._end(run, step, fields, "found", turn)

    def failed(self, run: FlowRun, step: LookUpStep, turn: Turn) -> Destination:
        """There was no answer, or none in time; where that leads."""
        return self._end(run, step, None, "error", turn)

    def _read(self, step: LookUpStep, name: str, text: str) -> str:
        """A phone number in E.164, however the source writes it; anything else as it is."""
        if self._sources[step.name].returns.get(name) != PHONE:
            return text
        return e164(text, self._country)

    def _fits(self, step: LookUpStep, fields: dict[str, str]) -> bool:
        types = self._sources[step.name].returns
        try:
            for name, text in fields.items():
                read_value(text, types[name])
        except (ValueError, KeyError):
            return False
        return True

    @staticmethod
    def _end(
        run: FlowRun, step: LookUpStep, fields: dict[str, str] | None, outcome: str, turn: Turn
    ) -> Destination:
        if run.filler:
            run.filler = False
            turn.do(StopMusic(call=run.call, leg=run.leg))
        run.look_up = None
        run.look_ups[step.save_as] = fields
        flow_event.look_up_done(run, step, outcome, turn)
        return step.next.get(outcome, ON)
