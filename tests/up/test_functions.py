"""How functions and hooks are called."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from scaffold.up.functions import FunctionCall, describe, pretty

VARIABLES = {
    "LEANCLOUD_APP_ID": "the-id",
    "LEANCLOUD_APP_KEY": "the-key",
    "LEANCLOUD_APP_MASTER_KEY": "the-master-key",
    "LEANCLOUD_APP_HOOK_KEY": "the-hook-key",
}


@pytest.mark.parametrize(
    ("name", "kind", "title", "path"),
    [
        ("hello", "function", "hello", "hello"),
        ("a b/c", "function", "a b/c", "a%20b%2Fc"),
        ("你好", "function", "你好", "%E4%BD%A0%E5%A5%BD"),
        ("__before_save_for_Review", "hook", "Review beforeSave", "Review/beforeSave"),
        ("__after_update_for__User", "hook", "_User afterUpdate", "_User/afterUpdate"),
        ("__before_delete_for_A_for_B", "hook", "A_for_B beforeDelete", "A_for_B/beforeDelete"),
        ("__on_login__User", "hook", "_User onLogin", "_User/onLogin"),
        ("__on_authdata__User", "hook", "_User onAuthData", "_User/onAuthData"),
        ("__on_verified_sms", "hook", "onVerified sms", "onVerified/sms"),
        ("__on_complete_bigquery_job", "hook", "BigQuery onComplete", "BigQuery/onComplete"),
        ("_messageReceived", "realtime", "_messageReceived", "_messageReceived"),
        ("_rtmClientSign", "realtime", "_rtmClientSign", "_rtmClientSign"),
        ("_private", "function", "_private", "_private"),
    ],
)
def test_describe(name: str, kind: str, title: str, path: str) -> None:
    """A function's name says what it is and where the SDK takes its calls."""
    function = describe(name)
    assert (function.name, function.kind, function.title) == (name, kind, title)
    assert function.path == f"/1.1/functions/{path}"


def test_bodies() -> None:
    """What is sent to begin with fits the hook: a new object has no id, a
    changed one says which keys changed.
    """
    assert describe("__before_save_for_A").body == {"object": {}}
    assert describe("__after_save_for_A").body["object"].keys() == {"objectId"}
    assert describe("__before_update_for_A").body["object"].keys() == {"objectId", "_updatedKeys"}
    assert describe("__on_authdata__User").body == {"authData": {}}


def test_headers() -> None:
    """The signer's key is sent, and no other; hooks get the hook key whoever is asked for."""
    call = FunctionCall(describe("hello"), "{}")
    assert call.headers(VARIABLES) == {"X-LC-Id": "the-id", "X-LC-Key": "the-key"}
    master = replace(call, signer="master", session="token")
    assert master.headers(VARIABLES)["X-LC-Key"] == "the-master-key,master"
    assert master.headers(VARIABLES)["X-LC-Session"] == "token"
    assert (
        replace(call, function=describe("__on_login__User")).headers(VARIABLES)["X-LC-Hook-Key"]
        == "the-hook-key"
    )


def test_curl() -> None:
    """The command is quoted for a shell, and has the names of the keys, not the keys."""
    call = FunctionCall(
        describe("__before_save_for_Review"),
        '{"object": {"comment": "it\'s $5"}}',
        "hook",
        "to'ken",
    )
    command = call.curl(3000)
    assert "the-" not in command
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:4] == [
        "curl",
        "-X",
        "POST",
        "http://127.0.0.1:3000/1.1/functions/Review/beforeSave",
    ]
    assert "X-LC-Hook-Key: ${LEANCLOUD_APP_HOOK_KEY}" in words
    assert "X-LC-Session: to'ken" in words
    assert words[-1] == call.body


def test_pretty() -> None:
    """JSON is indented, its large numbers kept; anything else is shown as it is."""
    assert (
        pretty(b'{"n": 12345678901234567890, "x": "\xe4\xbd\xa0"}')
        == '{\n  "n": 12345678901234567890,\n  "x": "你"\n}'
    )
    assert pretty(b"<p>\xff") == "<p>\ufffd"
