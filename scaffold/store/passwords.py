"""Passwords: kept as Argon2 hashes; those of the platform's export are known, and
hashed anew at the first login.
"""

from __future__ import annotations

import base64
import hashlib
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scaffold.store import processors
from scaffold.store.credentials import same

# What OWASP recommends: 19 MB and two passes; so many at a time.
MEMORY = 19 * 1024
PASSES = 2
AT_ONCE = 4
ROUNDS = 512  # after the first, as the platform counted
EXPORTED = "leancloud-sha512"
_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=1)
_slots = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    with _slots, processors.any_of_them():
        return _hasher.hash(password)


def exported(hash_: str, salt: str) -> str:
    """Return what is kept of a password that the platform exported."""
    return f"{EXPORTED}${salt}${hash_}"


def matches(kept: str, password: str) -> bool:
    """Say whether a password is the one that is kept."""
    if kept.startswith(EXPORTED + "$"):
        _, salt, hash_ = kept.split("$", 2)
        return same(platform_hash(password, salt), hash_)
    with _slots, processors.any_of_them():
        try:
            return _hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Say whether a password that was just recognised should be hashed anew."""
    return kept.startswith(EXPORTED + "$") or _hasher.check_needs_rehash(kept)


def platform_hash(password: str, salt: str) -> str:
    """Return the platform's own hash: SHA-512 of salt and password, 512 times again, in base64."""
    digest = hashlib.sha512((salt + password).encode()).digest()
    for _ in range(ROUNDS):
        digest = hashlib.sha512(digest).digest()
    return base64.b64encode(digest).decode()
