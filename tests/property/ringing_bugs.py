"""Faults in who is rung, and in whose miss it is, to be put into the core."""

from collections.abc import Callable

import pytest

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.miss import Misses
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.stay import Stays
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.contact import Contacts
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import HangUpReason
from contactcenter_ari.core.vocabulary.event import OfferResult

Seed = Callable[[pytest.MonkeyPatch], None]
"""Puts one fault into the core."""


def who_says_no_is_rung_on(patch: pytest.MonkeyPatch) -> None:
    """A pause or a log-out asked for while the phone rings is kept until that is over."""
    patch.setattr(Misses, "call_off", lambda *_: [])


def who_loses_the_queue_is_rung_on(patch: pytest.MonkeyPatch) -> None:
    """Only those who pause or leave are rung no more."""

    def only_who_asked(offer: Offer) -> bool:
        asked = offer.agent.wanted is not None or offer.agent.removed
        return offer.answered_at is None and asked

    patch.setattr(Offer, "is_unwanted", property(only_who_asked))


def a_pause_takes_back_the_answer(patch: pytest.MonkeyPatch) -> None:
    """An agent who has picked up and pauses in the same instant is hung up."""

    def has_asked(offer: Offer) -> bool:
        return offer.agent.wanted is not None or offer.agent.removed

    patch.setattr(Offer, "is_unwanted", property(has_asked))


def a_ring_of_all_is_a_miss_of_each(patch: pytest.MonkeyPatch) -> None:
    """One caller whom nobody takes sends the whole team away."""

    def blame(contacts: Contacts, agent: Agent, turn: Turn) -> None:
        contacts.miss(agent, "no_answer", 1, turn)

    def missed(misses: Misses, offer: Offer, result: OfferResult, turn: Turn) -> None:
        with pytest.MonkeyPatch.context() as once:
            once.setattr(Contacts, "release", blame)
            whole(misses, offer, result, turn)

    whole = Misses.missed
    patch.setattr(Misses, "missed", missed)


def who_becomes_free_is_not_rung_too(patch: pytest.MonkeyPatch) -> None:
    """With ring-all only those are rung who were free at first."""
    room = Queues.room

    def none_beside_others(queues: Queues, waiting: Waiting) -> int:
        return 0 if waiting.offers else room(queues, waiting)

    patch.setattr(Queues, "room", none_beside_others)


def a_withdrawn_caller_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The agent said no, and nobody else is looked for."""

    def withdraw(misses: Misses, offer: Offer, turn: Turn) -> None:
        with pytest.MonkeyPatch.context() as once:
            once.setattr(Stays, "go_on", lambda *_: None)
            whole(misses, offer, turn)

    whole = Misses.withdraw
    patch.setattr(Misses, "withdraw", withdraw)


def a_phone_that_rang_is_taken_for_dead(patch: pytest.MonkeyPatch) -> None:
    """Whatever it has said before."""

    def phone_silent(misses: Misses, offer: Offer, turn: Turn) -> bool:
        if offer.answered_at is not None:
            return False
        misses._offers.hang_up(offer, HangUpReason.NORMAL, turn)
        misses._workforce.roster.set_reachable(offer.phone, at=None)
        misses.failed(offer, turn)
        return True

    patch.setattr(Misses, "phone_silent", phone_silent)


def the_last_agent_is_sent_away(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks who is left when an agent has missed a call."""
    patch.setattr(Misses, "_is_last_of_a_queue", lambda *_: False)


RINGING_BUGS: tuple[Seed, ...] = (
    who_says_no_is_rung_on,
    who_loses_the_queue_is_rung_on,
    a_pause_takes_back_the_answer,
    a_ring_of_all_is_a_miss_of_each,
    who_becomes_free_is_not_rung_too,
    a_withdrawn_caller_is_forgotten,
    a_phone_that_rang_is_taken_for_dead,
    the_last_agent_is_sent_away,
)
