"""Secrets that stay, and ports that are free."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port, free_rtp_block
from contactcenter_ari.machine.secret import SecretFolder


def test_a_secret_stays_the_same(tmp_path: Path) -> None:
    """The same name gives the same secret, another name another, long enough to be safe."""
    first = SecretFolder(tmp_path).secret("ari")
    assert SecretFolder(tmp_path).secret("ari") == first
    assert SecretFolder(tmp_path).secret("phone") != first
    assert len(first) == 32


def test_a_secret_is_for_the_owner_alone(tmp_path: Path) -> None:
    """Folder and file are closed to everybody else, and nothing half-made stays."""
    folder = tmp_path / "secrets"
    SecretFolder(tmp_path).secret("ari")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "ari").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["ari"]


def test_two_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    """Two copies that start together agree."""
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: SecretFolder(tmp_path).secret("ari"), range(8))
    assert len(set(found)) == 1


def test_a_free_port_can_be_taken() -> None:
    """A socket can be bound to what was found."""
    for protocol in Protocol:
        with socket.socket(socket.AF_INET, protocol.value) as taken:
            taken.bind((LOOPBACK, free_port(protocol)))


def test_a_block_for_audio_starts_even() -> None:
    """RTP takes the even ports, RTCP the odd ones (RFC 3550)."""
    block = free_rtp_block(100)
    assert block.first % 2 == 0
    assert len(block) == 100
