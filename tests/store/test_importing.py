"""Importing objects that were elsewhere before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.store import passwords
from tests.store.conftest import name
from tests.store.fake_app import server
from tests.store.test_hooks import app

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json
    from tests.store.conftest import Api
    from tests.store.fake_app import App

__all__ = ["app", "server"]  # fixtures

ID = "5f3dea7b7a53400006b13886"


def _import(api: Api, class_name: str, *rows: Json) -> Json:
    return api.as_master()("POST", f"/import/classes/{class_name}", {"results": list(rows)})


def _codes(answer: Json) -> list[int]:
    return [each["code"] if each else 0 for each in answer["results"]]


def test_ids_and_times_are_kept(api: Api) -> None:
    """An object keeps its id, its times and its ACL; one without them gets new ones."""
    used = name()
    row: Document = {
        "objectId": ID,
        "createdAt": "2019-01-02T03:04:05.678Z",
        "updatedAt": {"__type": "Date", "iso": "2020-01-02T03:04:05Z"},
        "ACL": {"*": {"read": True}},
        "stars": 9007199254740993,
    }
    assert _import(api, used, row, {"stars": 1}) == {"results": [None, None]}
    first, second = api.as_master()("GET", f"/classes/{used}", order="stars", returnACL=1)[
        "results"
    ][::-1]
    assert first == {**row, "updatedAt": "2020-01-02T03:04:05.000Z"}
    assert second["objectId"] != ID
    assert second["createdAt"] > "2026"


def test_bad_rows_leave_nothing(api: Api) -> None:
    """A row that cannot be kept is answered by its error and leaves no column behind."""
    used = name()
    rows: list[Json] = [
        {"objectId": ID, "stars": 1},
        {"objectId": ID, "stars": 2},
        {"gone": True, "stars": "five"},
        {"objectId": "../etc"},
        {"createdAt": "yesterday"},
        {"createdAt": {}},
        {"": 1},
        {"text": "\ud800"},
        "text",
        {"stars": 3},
    ]
    assert _codes(_import(api, used, *rows)) == [0, 137, 111, 104, 111, 111, 105, 107, 107, 0]
    assert len(api.ids(used)) == 2
    assert "gone" not in api.as_master()("GET", f"/schemas/{used}")


def test_users(api: Api) -> None:
    """A user keeps the password that the platform exported, and gets no session; a name
    counts once.
    """
    user = name()
    row = {
        "username": user,
        "password": passwords.platform_hash("secret", "salt"),
        "salt": "salt",
        "sessionToken": "abc",
    }
    assert _codes(_import(api, "_User", row, row, {"username": name()}, {})) == [0, 202, 0, 200]
    found = api.as_master()("GET", "/users", where={"username": user})["results"][0]
    assert "salt" not in found
    sessions = f"/users/{found['objectId']}/sessions"
    assert api.as_master()("GET", sessions) == {"results": []}
    assert api("POST", "/login", {"username": user, "password": "secret"})["sessionToken"]


def test_roles(api: Api) -> None:
    """A role needs its name and its ACL."""
    role = {"name": name(), "ACL": {}, "users": {"__type": "Relation", "className": "_User"}}
    assert _codes(_import(api, "_Role", role, {"name": name()}, {"ACL": {}})) == [0, 123, 139]


@pytest.mark.parametrize(("results", "code"), [({}, 107), ([1] * 1001, 107)])
def test_bodies(api: Api, results: Json, code: int) -> None:
    """What is no list, or too long, is refused; so is whoever has no master key."""
    path = f"/import/classes/{name()}"
    assert api.as_master()("POST", path, {"results": results})["code"] == code
    assert api("POST", path, {"results": []})["code"] == 401
    assert api.as_master()("POST", "/import/classes/a%2Fb", {"results": []})["code"] == 1


def test_no_hook_is_called(api: Api, app: App) -> None:
    """Hooks saw these objects where they were before."""
    used = name()
    app.hook(used, "beforeSave")
    app.hook(used, "afterSave")
    assert _codes(_import(api, used, {"n": 1})) == [0]
    assert app.asked == []
