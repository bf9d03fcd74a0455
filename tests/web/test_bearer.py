"""Bounds of what is remembered of peers that showed bad tokens."""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.service.token import KnownTokens
from contactcenter_ari.web import bearer
from contactcenter_ari.web.bearer import BAD_TOKENS_ALLOWED, BadTokens, is_loopback
from contactcenter_ari.web.port import Tokens

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_is_known_of_tokens_serves_the_api() -> None:
    """The two rooms do not know each other; the type checker holds them together here."""
    tokens: type[Tokens] = KnownTokens
    assert tokens.known is KnownTokens.known


def test_remembered_peers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one remembered longest is forgotten."""
    monkeypatch.setattr(bearer, "PEERS_REMEMBERED", 2)
    bad = BadTokens()
    for _ in range(BAD_TOKENS_ALLOWED):
        bad.add("192.0.2.1", NOON)
    assert bad.wait("192.0.2.1", NOON) == timedelta(minutes=1)
    bad.add("192.0.2.2", NOON)
    bad.add("192.0.2.3", NOON)
    assert bad.wait("192.0.2.1", NOON) == timedelta()


def test_a_minute_later_a_peer_starts_anew() -> None:
    """Few bad tokens a minute never delay a client."""
    bad = BadTokens()
    for minute in range(BAD_TOKENS_ALLOWED * 2):
        now = NOON + timedelta(minutes=minute)
        bad.add("192.0.2.1", now)
        assert bad.wait("192.0.2.1", now) == timedelta()


@pytest.mark.parametrize(
    ("peer", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_peer_is_counted_with_its_network(peer: str | None, counted_as: str) -> None:
    """One IPv6 customer has a whole /64 to guess from."""
    assert bearer._network(peer) == counted_as


def test_loopback_is_told_from_the_rest() -> None:
    """Also when an IPv4 peer reached an IPv6 socket."""
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1")))
    assert not any(map(is_loopback, ("192.0.2.1", "::ffff:192.0.2.1", "localhost", "", None)))
