"""Ports that are free, and ports that are not."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys

import pytest

from scaffold.engine import ports
from scaffold.errors import FailedError


@pytest.mark.parametrize("address", ["", "127.0.0.1"])
def test_taken(address: str) -> None:
    """A port that somebody listens on, on whichever address, is passed over."""
    with socket.socket() as taken:
        taken.bind((address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.first_free(port) > port


def test_any() -> None:
    """Any port is free, and none that a system gives to connections and to whoever takes any."""
    for _ in range(5):
        port = ports.any_free()
        assert ports.is_free(port)
        assert 10_240 <= port < 32_768


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names without a file")
def test_any_of_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that a process was given is given to no other one, until that ends."""
    code = "from scaffold.engine import ports; print(ports.any_free(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        given = int(other.stdout.readline())
        offered = iter([given, given + 1, given])
        monkeypatch.setattr(secrets, "choice", lambda _: next(offered))
        monkeypatch.setattr(ports, "is_free", lambda _: True)
        assert ports.any_free() == given + 1
        other.communicate("\n")
    assert ports.any_free() == given


def test_any_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is given ports all the time keeps no more files than some."""
    monkeypatch.setattr(ports, "is_free", lambda _: True)
    for _ in range(200):
        ports.any_free()
    assert len(ports._chosen) <= 64


def test_none_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """When none is free, the error says which were tried."""
    monkeypatch.setattr(ports, "is_free", lambda _: False)
    with pytest.raises(FailedError) as caught:
        ports.first_free(3000)
    assert caught.value.parts()["seen"] == "the ports 3000 to 3099 are taken"
    with pytest.raises(FailedError):
        ports.any_free()
    with pytest.raises(FailedError):
        ports.first_free(65536)
