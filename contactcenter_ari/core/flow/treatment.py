"""What a caller hears while waiting for an agent: greeting, music, announcements.

An announcement never delays an offer: it is cut off as soon as an agent picks up.
"""

from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaking import Speaker
from contactcenter_ari.core.flow.step import Queue
from contactcenter_ari.core.vocabulary.command import StartMusic, StopMusic
from contactcenter_ari.core.vocabulary.turn import Turn, Wake


class Treatment:
    """Plays to waiting callers of one flow."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def __repr__(self) -> str:
        """Tell whose callers are entertained."""
        return f"<Treatment by {self._speaker!r}>"

    def begin(self, run: FlowRun, step: Queue, music: str, turn: Turn) -> None:
        """The caller has a place in line; `music` is the queue's own, if the step names none."""
        run.activity = Activity.QUEUED
        run.line_frame = len(run.frames)
        run.music = step.music or music
        run.announcements_at = [turn.now + a.after for a in step.announce]
        self._wake(run, turn)
        if step.greeting:
            self._speaker.say(run, (step.greeting,), turn)
        if run.playback is None:
            self._play_music(run, turn)

    def announce(self, run: FlowRun, step: Queue, turn: Turn) -> None:
        """Say what is due; `run.position` must be up to date. What falls due while something
        else is being said comes after it.
        """
        if run.playback is not None:
            return
        due = []
        for number, announcement in enumerate(step.announce):
            at = run.announcements_at[number]
            if at is not None and at <= turn.now:
                due.append(announcement.prompt)
                every = announcement.every
                run.announcements_at[number] = None if every is None else turn.now + every
        self._wake(run, turn)
        if due:
            turn.do(StopMusic(call=run.call, leg=run.leg))
            self._speaker.say(run, tuple(due), turn)
            if run.playback is None:
                self._play_music(run, turn)

    def announced(self, run: FlowRun, turn: Turn) -> None:
        """The announcement is over."""
        self._play_music(run, turn)
        self._wake(run, turn)

    def end(self, run: FlowRun, turn: Turn) -> None:
        """An agent picked up, or the wait is over: whatever the caller hears ends now."""
        turn.clockwork.forget(Wake.ANNOUNCEMENT, run.call)
        if run.playback is not None:
            self._speaker.stop(run, turn)
        else:
            turn.do(StopMusic(call=run.call, leg=run.leg))
        run.activity = Activity.CONNECTED

    def go_on(self, run: FlowRun, turn: Turn) -> None:
        """The agent was lost before he was connected: the caller goes on waiting."""
        run.activity = Activity.QUEUED
        self._wake(run, turn)
        self._play_music(run, turn)

    def take_up(self, run: FlowRun, turn: Turn) -> None:
        """We were away: music for who was being told something, whose end may be missed."""
        if run.activity is Activity.QUEUED and run.playback is not None:
            self._speaker.stop(run, turn)
            self.announced(run, turn)

    def _wake(self, run: FlowRun, turn: Turn) -> None:
        times = [at for at in run.announcements_at if at is not None]
        if times:
            turn.clockwork.wake(Wake.ANNOUNCEMENT, run.call, min(times))

    @staticmethod
    def _play_music(run: FlowRun, turn: Turn) -> None:
        turn.do(StartMusic(call=run.call, leg=run.leg, music=run.music))
