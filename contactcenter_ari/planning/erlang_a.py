"""Erlang A: callers who arrive at random and give up after a while (M/M/s+M).

A caller who finds all servers busy and `k` callers waiting passes k + 1 stages; each ends when
somebody ahead leaves the line or is served, unless the caller gives up first. With `c` servings
for one giving up, V the wait of somebody who never gives up, and theta the rate of giving up,
exp(-theta V) has the distribution Beta(c, k + 1), so every figure is a sum over k.

Sources: C. Palm, 1946; O. Garnett, A. Mandelbaum, M. Reiman, Designing a call center with
impatient customers, 2002; A. Mandelbaum, S. Zeltyn, The Palm/Erlang-A queue, 2005.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from math import exp, expm1, fsum, log

NEGLIGIBLE = -50.0
"""The logarithm of what adds nothing to a sum beside 1."""


class ErlangA:
    """The expectation for `offered` erlangs, more than 0; they may exceed the servers, for those
    who give up keep the line finite. `patience` is the mean of an exponential one.
    """

    def __init__(
        self, *, servers: int, offered: float, handle_time: timedelta, patience: timedelta
    ) -> None:
        self.servers = servers
        self.offered = offered
        self.handle_time = handle_time
        self.patience = patience
        self._c = servers * (patience / handle_time)
        below, beyond = list(self._below()), list(self._beyond())
        highest = max(*below, *beyond)
        whole = fsum(exp(weight - highest) for weight in (*below, *beyond))
        self._found = [exp(weight - highest) / whole for weight in beyond]
        self.waiting = fsum(self._found)

    def __repr__(self) -> str:
        return f"<ErlangA: {self.offered:g} erlangs, {self.servers} servers>"

    @property
    def mean_wait(self) -> timedelta:
        """The mean wait of all callers, until they were served or gave up."""
        return self.handle_time * (self._mean_line / self.offered)

    @property
    def mean_wait_of_answered(self) -> timedelta:
        """The mean wait of those who were served, the speed of answer."""
        stages = accumulate(1 / (self._c + k + 1) for k in range(len(self._found)))
        chances = zip(self._found, self._served(), stages, strict=True)
        waited = fsum(found * served * length for found, served, length in chances)
        return self.patience * (waited / (1 - self.abandoned))

    @property
    def abandoned(self) -> float:
        """The share (0-1) of callers who give up."""
        return self._mean_line * (self.handle_time / self.patience) / self.offered

    @property
    def occupancy(self) -> float:
        """The share (0-1) of time that a server is busy."""
        return self.offered * (1 - self.abandoned) / self.servers

    def answered_within(self, wait: timedelta) -> float:
        """The share (0-1) of all callers who are served after no longer a wait than this."""
        chances = zip(self._found, self._served(), self._late(self._c + 1, wait), strict=True)
        return 1 - self.waiting + fsum(found * s * (1 - late) for found, s, late in chances)

    def abandoned_within(self, wait: timedelta) -> float:
        """The share (0-1) of all callers who give up after no longer a wait than this."""
        chances = zip(self._found, self._late(self._c, wait), strict=True)
        in_line = exp(-(wait / self.patience)) * fsum(found * late for found, late in chances)
        return max(0.0, 1 - self.answered_within(wait) - in_line)

    @property
    def _mean_line(self) -> float:
        """How many wait on average."""
        return fsum(k * found for k, found in enumerate(self._found))

    def _below(self) -> Iterator[float]:
        """Logarithms of the chances that fewer than all servers are busy, from one fewer down,
        beside that of all being busy and nobody waiting.
        """
        weight = 0.0
        for busy in range(self.servers, 0, -1):
            weight += log(busy / self.offered)
            yield weight

    def _beyond(self) -> Iterator[float]:
        """The same of 0, 1, 2 ... waiting, as far as it matters."""
        weight = highest = 0.0
        leaving = float(self.servers)
        while weight > highest + NEGLIGIBLE or leaving < self.offered:
            yield weight
            leaving += self.handle_time / self.patience
            weight += log(self.offered / leaving)
            highest = max(highest, weight)

    def _served(self) -> Iterator[float]:
        """The chance to be served of who finds 0, 1, 2 ... waiting."""
        return (self._c / (self._c + k + 1) for k in range(len(self._found)))

    def _late(self, first: float, wait: timedelta) -> Iterator[float]:
        """P(Beta(first, k + 1) < exp(-wait / patience)) for 0, 1, 2 ... waiting."""
        if not wait:
            yield from (1.0 for _ in self._found)
            return
        term = -first * (wait / self.patience)
        step = log(-expm1(-(wait / self.patience)))
        late = 0.0
        for k in range(len(self._found)):
            late += exp(term)
            yield min(1.0, late)
            term += step + log((first + k) / (k + 1))
