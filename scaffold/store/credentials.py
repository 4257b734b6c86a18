"""Who sends a request: keys and signatures in all forms that SDKs of ten years send."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.store.settings import Keys
    from scaffold.store.values import Json

# The names of one header over the years, the newest first.
APP_ID = (
    "x-lc-id",
    "x-avoscloud-application-id",
    "x-uluru-application-id",
    "x-parse-application-id",
)
KEY = (
    "x-lc-key",
    "x-avoscloud-application-key",
    "x-uluru-application-key",
    "x-parse-rest-api-key",
    "x-parse-javascript-key",
)
MASTER_KEY = ("x-avoscloud-master-key", "x-uluru-master-key", "x-parse-master-key")
SIGNATURE = ("x-lc-sign", "x-avoscloud-request-sign", "x-uluru-request-sign")
SESSION = (
    "x-lc-session",
    "x-avoscloud-session-token",
    "x-uluru-session-token",
    "x-parse-session-token",
)
HOOK_KEY = ("x-lc-hook-key",)
# What a browser of old sends in a body of type text/plain, so that it need
# not ask for permission first.
IN_BODY = {
    "_ApplicationId": APP_ID[0],
    "_ApplicationKey": KEY[0],
    "_JavaScriptKey": KEY[0],
    "_MasterKey": MASTER_KEY[0],
    "_SessionToken": SESSION[0],
}
# A signature with the master key is made by a server, with a clock that is right; a
# copied one is of use so long.
MASTER_SIGNATURE_AGE = 3600


@dataclass(frozen=True)
class Credentials:
    """What a request proves: that it has the app's key, or the master key;
    and which session it claims.
    """

    master: bool = False
    is_app: bool = False
    token: str | None = None


def check(keys: Keys, headers: Mapping[str, str]) -> Credentials:
    """Return what the headers of a request prove; their names are in lower case.

    Raises:
        ApiError: 401, they do not belong to the app.
    """
    if not same(_first(headers, APP_ID), keys.app_id):
        raise ApiError(401)
    master = _is_master(keys, headers)
    if not (master or _has_key(keys, headers)):
        raise ApiError(401)
    is_app = bool(keys.hook_key) and same(_first(headers, HOOK_KEY), keys.hook_key)
    return Credentials(master, is_app, _first(headers, SESSION) or None)


def move_from_body(body: dict[str, Json], headers: Mapping[str, str]) -> dict[str, str]:
    """Take what belongs into headers out of a body; return all headers."""
    found = {name: body.pop(key) for key, name in IN_BODY.items() if key in body}
    for key in ("_ClientVersion", "_InstallationId", "_noBody"):
        body.pop(key, None)
    return {**headers, **{name: value for name, value in found.items() if isinstance(value, str)}}


def same(given: str, expected: str) -> bool:
    """Compare a secret in a time that says nothing about it; an empty one is never the same."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def signature(key: str, timestamp: str) -> str:
    """Return what `X-LC-Sign` says of a key at a time."""
    return hashlib.md5((timestamp + key).encode(), usedforsecurity=False).hexdigest()


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((headers[name].strip() for name in names if headers.get(name)), "")


def _is_master(keys: Keys, headers: Mapping[str, str]) -> bool:
    key, _, kind = _first(headers, KEY).rpartition(",")
    if kind == "master" and same(key, keys.master_key):
        return True
    if same(_first(headers, MASTER_KEY), keys.master_key):
        return True
    return _is_signed(_first(headers, SIGNATURE), keys.master_key, "master")


def _has_key(keys: Keys, headers: Mapping[str, str]) -> bool:
    return same(_first(headers, KEY), keys.app_key) or _is_signed(
        _first(headers, SIGNATURE), keys.app_key, ""
    )


def _is_signed(header: str, key: str, kind: str) -> bool:
    sign, _, rest = header.partition(",")
    timestamp, _, given = rest.partition(",")
    if given != kind or not (timestamp.isascii() and timestamp.isdigit()) or not key:
        return False
    if kind == "master" and abs(time.time() - int(timestamp[:16]) / 1000) > MASTER_SIGNATURE_AGE:
        return False
    return same(sign, signature(key, timestamp))
