"""The page Users: who there is, their sessions, and logging in as one of them."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.store.conftest import name

from .stored import Stored, server, service, stored

if TYPE_CHECKING:
    from scaffold.store.values import Document

__all__ = ["server", "service", "stored"]  # fixtures


def _user(stored: Stored) -> tuple[str, str]:
    username = name("user-")
    made = stored.save("_User", username=username, password="secret", email=f"{username}@a.com")
    assert made["code"] == 0
    assert "secret" not in json.dumps(made)
    return made["id"], username


def _find(stored: Stored, text: str) -> list[Any]:
    users: list[Any] = stored.api("users", {"filter": text})["users"]
    return users


def _whose(stored: Stored, token: str) -> str:
    """Return the id of the user whom the service knows by a token."""
    variables = stored.supervisor.variables
    headers = {
        "X-LC-Id": variables["LEANCLOUD_APP_ID"],
        "X-LC-Key": variables["LEANCLOUD_APP_KEY"],
        "X-LC-Session": token,
    }
    request = urllib.request.Request(f"{stored.data.url}/1.1/users/me", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: str = json.load(answer)["objectId"]
        return found


def test_a_user_is_added_and_found(stored: Stored) -> None:
    """A user is found by a part of the name, the mail, or a filter; adding logs nobody in."""
    user_id, username = _user(stored)
    for text in (username, username[3:9], f"{username}@A.com".lower(), f"username = {username}"):
        assert [user["objectId"] for user in _find(stored, text)] == [user_id]
    assert _find(stored, username)[0]["sessions"] == []
    assert _find(stored, ".*") == []
    assert stored.api("users", {"filter": "stars = 5"}, 400)["problem"] == "no-column"


def test_sessions(stored: Stored) -> None:
    """Logging in as a user gives the token of a session; all of a user's sessions are ended."""
    user_id, username = _user(stored)
    first, second = (stored.api("users/login", {"id": user_id})["token"] for _ in range(2))
    assert first != second
    assert _whose(stored, second) == user_id
    assert len(_find(stored, username)[0]["sessions"]) == 2
    assert stored.api("users/end", {"id": user_id})["code"] == 0
    assert _find(stored, username)[0]["sessions"] == []


def test_tokens_come_only_when_they_are_asked_for(stored: Stored) -> None:
    """No list and no row holds the token of a session."""
    user_id, username = _user(stored)
    token = stored.api("users/login", {"id": user_id})["token"]
    stored.client.seen = b""
    _find(stored, username)
    stored.rows("_User", filter=f"username = {username}")
    row = stored.api("data/row", {"class": "_User", "id": user_id})
    stored.save("_User", user_id, row["updatedAt"], nick="me")
    stored.client.ask(f"{stored.client.path}api/data/export?class=_User")
    assert token.encode() not in stored.client.seen
    assert b"sessionToken" not in stored.client.seen


def test_the_app_may_mind(stored: Stored) -> None:
    """The hook of a login is called, and may refuse it."""
    user_id, username = _user(stored)

    def refuse(_: Document) -> tuple[int, Document]:
        stored.print("no entry")
        return 400, {"code": 1, "error": "banned"}

    stored.app.listed.append("__on_login__User")
    stored.app.answers["/1.1/functions/_User/onLogin"] = refuse
    found = stored.api("users/login", {"id": user_id})
    assert (found["code"], found["hooks"][0]["path"]) == (142, "_User/onLogin")
    assert [line["text"] for line in found["lines"]] == ["no entry"]
    assert "token" not in found
    assert _find(stored, username)[0]["sessions"] == []
    assert stored.api("users/login", {"id": "nobody"})["code"] == 211


def test_a_new_password(stored: Stored) -> None:
    """A password is set in the form of the row."""
    user_id, _ = _user(stored)
    row = stored.api("data/row", {"class": "_User", "id": user_id})
    assert "password" not in row["values"]
    assert stored.save("_User", user_id, row["updatedAt"], password="other")["code"] == 0
