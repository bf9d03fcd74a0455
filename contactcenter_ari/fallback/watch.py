"""The watch beside Asterisk: fetches callers out of the silence of an application that is away.

    python -I watch.py          (what to watch comes as one line of JSON on stdin)

With a persistent socket a call stays with an application that died or hangs. When its last sign
of life is older than `AWAY_AFTER`, a caller who is not yet answered goes to the fall-back of the
dialplan, and an answered one who is with nobody hears music; a prompt is heard to its end before.
Talks go on, and who waits with music has more of it. The application finds its callers where it
left them. Only reads and these moves; the watch ends when its stdin does.
"""

import http.client
import json
import select
import sys
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

AWAY_AFTER = 5.0
"""Seconds; the dialplan uses the same."""
LOOK_EVERY = 0.25
ANSWER_LIMIT = 3.0
AGAIN_AFTER = 3.0
"""A caller who is still there so long after being sent to the fall-back is sent once more."""
ALIVE = "CC_ALIVE"
STASIS, UP, PARTY = "Stasis", "Up", "PJSIP/"
ROLES = ("caller", "phone")
FALL_BACK = {"context": "fall-back", "extension": "apology", "priority": "1"}


@dataclass(frozen=True)
class Watched:
    """Which Asterisk, by what login, and whose callers."""

    host: str
    port: int
    user: str
    secret: str
    application: str


@dataclass(frozen=True)
class Channel:
    """One leg; `application` and `role` are what it entered with, empty when it did not."""

    id: str
    name: str
    state: str
    application: str
    role: str

    @classmethod
    def of(cls, found: dict[str, Any]) -> "Channel":
        """A channel of ARI."""
        dialplan = found.get("dialplan", {})
        inside = dialplan.get("app_name") == STASIS
        application, role, *_ = [*str(dialplan.get("app_data") if inside else "").split(","), ""]
        return cls(found["id"], found["name"], found["state"], application, role)


class Asking(Protocol):
    """Asks Asterisk; both raise OSError, HTTPException, ValueError."""

    def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """The answer; None when it is an error."""
        ...

    def do(self, method: str, path: str, query: Mapping[str, str] | None = None) -> None:
        """Do it; whatever has gone meanwhile is fine."""
        ...


class Ari:
    """Asks Asterisk over one connection, made again when it breaks."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        login = f"{watched.user}:{watched.secret}".encode()
        self._headers = {"Authorization": f"Basic {b64encode(login).decode()}"}
        self._connection: http.client.HTTPConnection | None = None

    def __repr__(self) -> str:
        return f"<Ari of {self._watched.host}:{self._watched.port}>"

    def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """The answer; None when it is an error. Raises OSError, HTTPException."""
        return self._ask("GET", path, query)

    def do(self, method: str, path: str, query: Mapping[str, str] | None = None) -> None:
        """Do it; whatever has gone meanwhile is fine. Raises OSError, HTTPException."""
        self._ask(method, path, query)

    def _ask(self, method: str, path: str, query: Mapping[str, str] | None) -> object:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self._watched.host, self._watched.port, timeout=ANSWER_LIMIT
            )
        try:
            target = f"/ari/{path}" + (f"?{urlencode(query)}" if query else "")
            self._connection.request(method, target, headers=self._headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        return json.loads(body) if answer.status == http.client.OK and body else None


class Watch:
    """Serves callers while the application is away, and remembers what it did for which
    channel.
    """

    def __init__(self, ari: Asking, application: str) -> None:
        self._ari = ari
        self._application = application
        self._sent: dict[str, float] = {}
        self._music: set[str] = set()

    def __repr__(self) -> str:
        return f"<Watch: {len(self._sent)} sent, music for {len(self._music)}>"

    def look(self, now: float) -> None:
        """Look once, and do what is to be done; raises OSError, HTTPException, ValueError."""
        if now - self._alive_at() <= AWAY_AFTER:
            self._be_quiet()
            return
        channels = [Channel.of(found) for found in items(self._ari.get("channels"))]
        bridge_of = self._lonely(channels)
        for channel in channels:
            if channel.application != self._application or channel.role not in ROLES:
                continue
            if channel.state != UP:
                self._send_to_fall_back(channel.id, now)
            elif channel.id not in self._music and channel.id in bridge_of:
                self._play_music(channel.id, bridge_of[channel.id])

    def _alive_at(self) -> float:
        found = self._ari.get("asterisk/variable", {"variable": ALIVE})
        return float(found.get("value") or 0) if isinstance(found, dict) else 0.0

    def _lonely(self, channels: list[Channel]) -> dict[str, str]:
        """The legs that are with nobody, and the bridge in which each is alone, if any."""
        parties = {channel.id for channel in channels if channel.name.startswith(PARTY)}
        lonely = dict.fromkeys(parties, "")
        for bridge in items(self._ari.get("bridges")):
            inside = parties.intersection(bridge.get("channels", ()))
            for leg in inside:
                if len(inside) > 1:
                    lonely.pop(leg, None)
                else:
                    lonely[leg] = str(bridge["id"])
        return lonely

    def _send_to_fall_back(self, leg: str, now: float) -> None:
        if now - self._sent.get(leg, 0.0) >= AGAIN_AFTER:
            self._sent[leg] = now
            self._ari.do("POST", f"channels/{quote(leg)}/continue", FALL_BACK)

    def _play_music(self, leg: str, bridge: str) -> None:
        self._music.add(leg)
        if bridge:
            self._ari.do("POST", f"bridges/{quote(bridge)}/removeChannel", {"channel": leg})
        self._ari.do("POST", f"channels/{quote(leg)}/moh")

    def _be_quiet(self) -> None:
        """The application is back. Who was joined with somebody this very moment must not hear
        music instead; for all others the application sees to it.
        """
        if self._music:
            for bridge in items(self._ari.get("bridges")):
                for leg in self._music.intersection(bridge.get("channels", ())):
                    self._ari.do("DELETE", f"channels/{quote(leg)}/moh")
        self._music.clear()
        self._sent.clear()


def items(answer: object) -> list[dict[str, Any]]:
    """The objects of a list; none when the answer is an error."""
    return answer if isinstance(answer, list) else []


def watch(watched: Watched) -> None:
    """Look again and again, until stdin ends."""
    watch = Watch(Ari(watched), watched.application)
    while not select.select([sys.stdin], [], [], LOOK_EVERY)[0]:
        try:
            watch.look(time.time())  # noqa: TID251  # a process of its own has no other clock
        except (OSError, http.client.HTTPException, ValueError):
            continue  # Asterisk is away, too: it is asked again


if __name__ == "__main__":
    watch(Watched(**json.loads(sys.stdin.readline())))
