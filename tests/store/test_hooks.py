"""Hooks and functions: what the app is asked, and what its answers do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from scaffold.store import engine, tasks
from scaffold.store.engine import Engine, HookCall
from tests.store.conftest import KEYS, name
from tests.store.fake_app import App, server

__all__ = ["server"]  # a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.store.conftest import Api


@pytest.fixture
def app(api: Api, server: tuple[str, list[App]], monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Return an app whose hooks the service calls, new ones at once."""
    monkeypatch.setattr(engine, "FRESH", 0)
    app = App()
    server[1].append(app)
    api.store.engine = Engine(server[0], KEYS)
    yield app
    api.store.engine = None


def test_before_save(api: Api, app: App) -> None:
    """A hook before a save is asked with the object and the user, and may change the object."""
    post = name()
    user, user_id = api.sign_up()
    app.hook(post, "beforeSave", lambda sent: {**sent, "title": sent["title"].upper(), "n": 1})
    object_id = user.save(post, title="x", gone=None)
    read = api("GET", f"/classes/{post}/{object_id}")
    assert (read["title"], read["n"]) == ("X", 1)
    headers, body = app.wait(f"/1.1/functions/{post}/beforeSave")
    assert headers["x-lc-hook-key"] == KEYS.hook_key
    assert headers["x-lc-id"] == KEYS.app_id
    assert body["object"] == {"title": "x", "gone": None}
    assert body["user"]["objectId"] == user_id
    assert body["user"]["sessionToken"] == user.headers["x-lc-session"]


def test_before_update(api: Api, app: App) -> None:
    """A hook before an update sees the object as it would be and what changes;
    atomic operations stay atomic.
    """
    post = name()
    path = f"/classes/{post}/{api.save(post, a=1, n=1)}"
    app.hook(post, "beforeUpdate", lambda sent: {**sent, "b": sent["a"]})
    api("PUT", path, {"a": 2, "n": {"__op": "Increment"}})
    _, body = app.wait(f"/1.1/functions/{post}/beforeUpdate")
    assert body["object"]["_updatedKeys"] == ["a", "n"]
    assert (body["object"]["a"], body["object"]["n"]) == (2, 2)
    read = api("GET", path)
    assert (read["a"], read["b"], read["n"]) == (2, 2, 2)
    assert "_updatedKeys" not in read


@pytest.mark.parametrize("hook", ["beforeSave", "beforeUpdate", "beforeDelete"])
def test_refusal(api: Api, app: App, hook: str) -> None:
    """What a hook refuses is not done, and the client reads why."""
    post = name()
    path = f"/classes/{post}/{api.save(post, a=1)}"
    app.hook(post, hook)
    app.answers[f"/1.1/functions/{post}/{hook}"] = lambda _: (400, {"code": 1, "error": "no 理由"})
    method = {"beforeSave": "POST", "beforeUpdate": "PUT", "beforeDelete": "DELETE"}[hook]
    answer = api(method, f"/classes/{post}" if method == "POST" else path, {"a": 2})
    assert answer == {"code": 142, "error": "Cloud Code validation failed. Error detail : no 理由"}
    assert [each["a"] for each in api("GET", f"/classes/{post}")["results"]] == [1]


def test_after(api: Api, app: App) -> None:
    """Hooks after a write get what was written; nobody waits for them."""
    post = name()
    for hook in ("afterSave", "afterUpdate", "afterDelete"):
        app.hook(post, hook, lambda _: time.sleep(0.2))
    object_id = api.save(post, a=1)
    path = f"/classes/{post}/{object_id}"
    api("PUT", path, {"a": 2})
    api("DELETE", path)
    saved = app.wait(f"/1.1/functions/{post}/afterSave")[1]["object"]
    assert (saved["objectId"], saved["a"]) == (object_id, 1)
    updated = app.wait(f"/1.1/functions/{post}/afterUpdate")[1]["object"]
    assert (updated["a"], updated["_updatedKeys"]) == (2, ["a"])
    assert app.wait(f"/1.1/functions/{post}/afterDelete")[1]["object"]["objectId"] == object_id


def test_after_a_crash(api: Api, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of a process that died between commit and call is called by another one,
    for the user who saved, without the token of the session.
    """
    post = name()
    app.hook(post, "afterSave")
    user, user_id = api.sign_up()
    with monkeypatch.context() as crashed:
        crashed.setattr(tasks, "LEASE", 0)
        crashed.setattr(api.store.tasks, "submit", lambda _: None)
        object_id = user.save(post, a=1)
        assert app.asked == []
    for task in tasks.take(api.store.database):
        api.store.tasks.submit(task)
    body = app.wait(f"/1.1/functions/{post}/afterSave")[1]
    assert body["object"]["objectId"] == object_id
    assert body["user"]["objectId"] == user_id
    assert "sessionToken" not in body["user"]


def test_app_is_away(api: Api, app: App) -> None:
    """A hook after a write waits for an app that does not answer; one that is refused
    by the app has been called.
    """
    post = name()
    path = f"/1.1/functions/{post}/afterSave"
    app.hook(post, "afterSave")
    app.answers[path] = lambda _: (502, None)
    api.save(post)
    app.wait(path)
    app.answers[path] = lambda _: (400, {"code": 1, "error": "no"})
    deadline = time.monotonic() + 20
    while len(app.asked) < 2 and time.monotonic() < deadline:
        for task in tasks.take(api.store.database):
            api.store.tasks.submit(task)
        time.sleep(0.1)
    assert len(app.asked) == 2
    time.sleep(1.1)
    assert tasks.take(api.store.database) == []
    assert len(app.asked) == 2


def test_refused_writes_call_nobody(api: Api, app: App) -> None:
    """No hook is called after a write that was refused."""
    post = name()
    app.hook(post, "afterUpdate")
    path = f"/classes/{post}/{api.save(post, a=1)}"
    assert api("PUT", path, {"a": "text"})["code"] == 111
    api("PUT", path, {"a": 2})
    assert app.wait(f"/1.1/functions/{post}/afterUpdate")[1]["object"]["a"] == 2
    assert len(app.asked) == 1


def test_no_loop(api: Api, app: App) -> None:
    """The app may save without its own hooks; nobody else may."""
    post = name()
    app.hook(post, "beforeSave")
    of_app = api.sending("x-lc-hook-key", KEYS.hook_key)
    for mark in ({"__ignore_hooks": ["beforeSave"]}, {"__before": "time,sign"}):
        of_app("POST", f"/classes/{post}", {"a": 1, **mark})
    assert app.asked == []
    api("POST", f"/classes/{post}", {"a": 1, "__ignore_hooks": ["beforeSave"]})
    assert len(app.asked) == 1
    assert all(
        each.keys() == {"a", "objectId", "createdAt", "updatedAt"}
        for each in api("GET", f"/classes/{post}")["results"]
    )


def test_refused_before_it_is_asked(api: Api, app: App) -> None:
    """A hook is not asked about what the client may not do."""
    post = name()
    path = f"/classes/{post}/{api.save(post, ACL={'*': {'read': True}})}"
    for hook in ("beforeUpdate", "beforeDelete"):
        app.hook(post, hook)
    assert api("PUT", path, {"a": 1})["code"] == 403
    assert api("DELETE", path)["code"] == 403
    assert app.asked == []


def test_too_late(api: Api, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that takes too long is given up, and nothing is written."""
    post = name()
    monkeypatch.setattr(engine, "HOOK_LIMIT", 0.3)
    app.hook(post, "beforeSave", lambda _: time.sleep(1))
    answer = api("POST", f"/classes/{post}", {})
    assert answer["code"] == 141
    assert post in answer["error"]
    assert api("GET", f"/classes/{post}")["code"] == 101


def test_no_app(api: Api, app: App) -> None:
    """Where the app has not answered yet there are no hooks; where it is gone, its hooks refuse."""
    post = name()
    assert api.store.engine is not None
    api.store.engine.url = "http://127.0.0.1:9"
    api.save(post)
    api.store.engine._listed = (time.monotonic(), frozenset({f"__before_save_for_{post}"}))
    assert api("POST", f"/classes/{post}", {})["code"] == 142
    assert app.asked == []


def test_login(api: Api, app: App) -> None:
    """A hook decides who may log in."""
    given = {"username": name(), "password": "secret"}
    api("POST", "/users", given)
    app.hook("_User", "onLogin")
    assert "sessionToken" in api("POST", "/login", given)
    assert app.wait("/1.1/functions/_User/onLogin")[1]["object"]["username"] == given["username"]
    app.answers["/1.1/functions/_User/onLogin"] = lambda _: (400, {"error": "blocked"})
    assert api("POST", "/login", given)["code"] == 142


def test_functions(api: Api, app: App) -> None:
    """A function called at the service's address is called of the app, with
    what the client has proved.
    """
    app.answers["/1.1/functions/hello"] = lambda body: (200, {"result": body})
    user, _ = api.sign_up()
    assert user("POST", "/functions/hello", {"a": 1}) == {"result": {"a": 1}}
    headers, _ = app.wait("/1.1/functions/hello")
    assert headers["x-lc-session"] == user.headers["x-lc-session"]
    assert headers["x-lc-key"] == KEYS.app_key
    assert "x-lc-hook-key" not in headers
    missing = api.response("POST", "/functions/none", {})
    assert (missing.status_code, missing.json()["error"]) == (404, "not found")
    assert api("POST", "/functions/_User/onLogin", {})["code"] == 1
    assert len(app.asked) == 2


def test_whoever_watches(api: Api, app: App) -> None:
    """Whoever watches sees each call of a hook with its answer, also that of one after a write,
    as soon as all is settled.
    """
    post, seen = name(), list[HookCall]()
    assert api.store.engine
    api.store.engine.watch = seen.append
    app.hook(post, "beforeSave", lambda sent: {**sent, "checked": True})
    app.hook(post, "afterSave")
    api.save(post, n=1)
    assert api.store.tasks.settle(30)
    before, after = seen
    assert (before.path, before.status) == (f"{post}/beforeSave", 200)
    assert before.answer == {"n": 1, "checked": True}
    assert (after.path, after.status, after.answer["n"]) == (f"{post}/afterSave", 200, 1)
    api.store.engine.url = "http://127.0.0.1:1"
    assert api("POST", f"/classes/{post}", {})["code"] == 142
    assert (seen[-1].status, "refused" in seen[-1].answer) == (0, True)
