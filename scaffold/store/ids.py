"""Identifiers and secrets."""

from __future__ import annotations

import hashlib
import itertools
import os
import secrets
import threading
import time

_lock = threading.Lock()
_process: tuple[int, str, itertools.count[int]] = (0, "", itertools.count())


def object_id() -> str:
    """Return a new objectId as MongoDB makes them: the time, the process, a
    counter; 24 hexadecimal digits.
    """
    # One counter for all of a process, and another one for a copy of it.
    global _process  # noqa: PLW0603
    with _lock:
        if _process[0] != os.getpid():
            _process = (
                os.getpid(),
                secrets.token_hex(5),
                itertools.count(secrets.randbelow(1 << 23)),
            )
        _, process, counter = _process
        number = next(counter)
    return f"{int(time.time()) & 0xFFFFFFFF:08x}{process}{number & 0xFFFFFF:06x}"


def secret() -> str:
    """Return a new secret of 128 bits in letters and digits, as session tokens are."""
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(alphabet) for _ in range(25))


def digest(text: str) -> str:
    """Return what is kept of a secret that has to be recognised, but not read."""
    return hashlib.sha256(text.encode()).hexdigest()
