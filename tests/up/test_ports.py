"""Ports that are free, and ports that are not."""

from __future__ import annotations

import socket

import pytest

from scaffold.errors import FailedError
from scaffold.up import ports


@pytest.mark.parametrize("address", ["", "127.0.0.1"])
def test_taken(address: str) -> None:
    """A port that somebody listens on, on whichever address, is passed over."""
    with socket.socket() as taken:
        taken.bind((address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.first_free(port) > port


def test_none_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """When none is free, the error says which were tried."""
    monkeypatch.setattr(ports, "is_free", lambda _: False)
    with pytest.raises(FailedError) as caught:
        ports.first_free(3000)
    assert caught.value.parts()["seen"] == "the ports 3000 to 3099 are taken"
    with pytest.raises(FailedError):
        ports.first_free(65536)
