"""Bounds of what is remembered of tokens and peers."""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.web import bearer
from contactcenter_ari.web.bearer import BAD_TOKENS_ALLOWED, BadTokens, Bearers, is_loopback
from contactcenter_ari.web.port import TokenFinder, TokenHolder

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Holder:
    """Someone with a token."""

    name, role, agent = "floor", "supervisor", None


class AllTokens:
    """Every token is good."""

    asked = 0

    async def find_token(self, token: str) -> TokenHolder | None:
        """Count the question."""
        assert token.startswith("cc_")
        self.asked += 1
        return Holder()


def test_the_directory_finds_tokens_for_the_api() -> None:
    """The two rooms do not know each other; the type checker holds them together here."""
    directory: type[TokenFinder] = Directory
    assert directory.find_token is Directory.find_token


async def test_known_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one known longest is forgotten, and looked up again."""
    monkeypatch.setattr(bearer, "CACHED_TOKENS", 2)
    tokens = AllTokens()
    bearers = Bearers(tokens, Clock())
    for name in ("a", "b", "c", "c", "b", "a"):
        await bearers.find({"Authorization": f"Bearer cc_{name * 43}"}, "127.0.0.1")
    assert tokens.asked == 4
    assert repr(bearers).startswith("<Bearers 2 known")


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
    """Few bad tokens a minute never make anybody wait."""
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
