"""The audio for a caller who waits for an agent: greeting, music, announcements.

An announcement never delays an offer: it ends the moment an agent is reserved, and an announcement
that falls due while a phone rings is played when no agent has answered. A greeting goes on until
the agent picks up. A wait or a position that is not known is not announced, and an announced wait
is never raised.
"""

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import StartMusic, StopMusic

POSITION, WAIT = "queue.position", "queue.wait"


class Treatment:
    """Plays to waiting callers of one flow."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def __repr__(self) -> str:
        return f"<Treatment by {self._speaker!r}>"

    def begin(
        self, run: FlowRun, step: Queue, music: str, turn: Turn, *, greets: bool = True
    ) -> None:
        """The caller has joined the line; `music` is the queue's own, if the step names none."""
        run.activity = Activity.QUEUED
        run.line = step.queue
        run.line_frame = len(run.frames)
        run.music = step.music or music
        run.wait = run.wait_told = None
        run.offered = run.wait_longer = False
        run.announcements_at = [turn.now + a.after for a in step.announce]
        self._wake(run, turn)
        if greets and step.greeting and self._is_known(run, step.greeting):
            run.announcing = bool(self._of_the_line(run, step.greeting))
            self._speaker.say(run, (step.greeting,), turn)
        if run.playback is None:
            self._play_music(run, turn)

    def announce(self, run: FlowRun, step: Queue, turn: Turn) -> None:
        """Play the due announcements; the queue data of the run must be up to date. Those that
        fall due while another prompt is played, or a phone rings, come after it.
        """
        if run.playback is not None or run.offered:
            return
        due = self._due(run, step, turn)
        self._wake(run, turn)
        said = {a.prompt: prompt for a in due if (prompt := self._fitting(run, a))}
        if said:
            turn.do(StopMusic(call=run.call, leg=run.leg))
            self._say(run, said, turn)

    def offered(self, run: FlowRun, turn: Turn) -> None:
        """An agent is reserved: the announcement ends, and the next comes after the offer."""
        run.offered = True
        if run.activity is Activity.QUEUED and run.playback is not None and run.announcing:
            self._speaker.stop(run, turn)
            self._play_music(run, turn)

    def offer_over(self, run: FlowRun, turn: Turn) -> None:
        """No agent is reserved any more: the announcements that have fallen due are played."""
        run.offered = False
        if run.activity is Activity.QUEUED:
            self._wake(run, turn)

    def announced(self, run: FlowRun, turn: Turn) -> None:
        """The announcement is over."""
        self._play_music(run, turn)
        self._wake(run, turn)

    def end(self, run: FlowRun, turn: Turn) -> None:
        """An agent picked up, the wait is over, or a key leads elsewhere: all prompts and music
        end now. A caller who was connected already hears none of them.
        """
        turn.clockwork.forget(Wake.ANNOUNCEMENT, run.call)
        if run.playback is not None:
            self._speaker.stop(run, turn)
        elif run.activity is not Activity.CONNECTED:
            turn.do(StopMusic(call=run.call, leg=run.leg))
        run.activity = Activity.CONNECTED

    def go_on(self, run: FlowRun, turn: Turn) -> None:
        """The agent was lost before the talk began: the caller goes on waiting."""
        run.activity = Activity.QUEUED
        self._wake(run, turn)
        self._play_music(run, turn)

    def take_up(self, run: FlowRun, turn: Turn) -> None:
        """The center was away: music replaces the prompt, whose end may be missed."""
        if run.activity is Activity.QUEUED and run.playback is not None:
            self._speaker.stop(run, turn)
            self.announced(run, turn)

    @staticmethod
    def _due(run: FlowRun, step: Queue, turn: Turn) -> list[Announcement]:
        """The due prompts; each is put off until its next time."""
        due = []
        for number, announcement in enumerate(step.announce):
            at = run.announcements_at[number]
            if at is not None and at <= turn.now:
                due.append(announcement)
                every = announcement.every
                run.announcements_at[number] = None if every is None else turn.now + every
        return due

    def _fitting(self, run: FlowRun, announcement: Announcement) -> str:
        """The prompt of an announcement that is true now; none when it would contain a blank
        without value.
        """
        longer = run.wait_longer and WAIT in self._speaker.speaks_of(run, announcement.prompt)
        prompt = announcement.longer if longer else announcement.prompt
        return prompt if self._is_known(run, prompt) else ""

    def _is_known(self, run: FlowRun, prompt: str) -> bool:
        known = {POSITION: run.position > 0, WAIT: run.wait is not None and not run.wait_longer}
        return all(known[name] for name in self._of_the_line(run, prompt))

    def _of_the_line(self, run: FlowRun, prompt: str) -> frozenset[str]:
        return self._speaker.speaks_of(run, prompt) & {POSITION, WAIT}

    def _say(self, run: FlowRun, said: dict[str, str], turn: Turn) -> None:
        """Play prompts, each under the name of the one it replaces."""
        run.announcing = True
        self._speaker.say(run, tuple(dict.fromkeys(said.values())), turn)
        if run.playback is None:
            self._play_music(run, turn)
        elif any(WAIT in self._speaker.speaks_of(run, prompt) for prompt in said):
            told = None if run.wait_longer else run.wait
            run.wait_told = told or run.wait_told
            flow_event.wait_told(run, run.line, told, turn)

    def _wake(self, run: FlowRun, turn: Turn) -> None:
        times = [at for at in run.announcements_at if at is not None]
        if times:
            turn.clockwork.wake(Wake.ANNOUNCEMENT, run.call, min(times))

    @staticmethod
    def _play_music(run: FlowRun, turn: Turn) -> None:
        turn.do(StartMusic(call=run.call, leg=run.leg, music=run.music))
