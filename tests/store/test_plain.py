"""New objects in a row are written together, and nobody can tell but by the time that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import exc

from scaffold.store import plain
from scaffold.store.access import Caller
from scaffold.store.engine import Engine
from tests.some import some
from tests.store import watching
from tests.store.conftest import KEYS, name
from tests.store.fake_app import App, server

__all__ = ["server"]  # a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from scaffold.store.values import Json
    from tests.store.conftest import Api


@pytest.fixture
def inserts(api: Api) -> Iterator[list[int]]:
    """Return how many objects each statement from now on makes."""
    found = list[int]()

    def look(_: Connection, sql: str, rows: Json) -> None:
        if sql.startswith("INSERT INTO store_objects"):
            lists = isinstance(rows, dict) and isinstance(rows["id"], list)
            found.append(len(rows["id"]) if lists else 1)

    with watching.statements(api.store.database, look):
        yield found


def _post(class_name: str, body: Json, method: str = "POST") -> Json:
    return {"method": method, "path": f"/1.1/classes/{class_name}", "body": body}


def _batch(api: Api, *requests: Json) -> list[Json]:
    answers: list[Json] = api("POST", "/batch", {"requests": list(requests)})
    return answers


def test_together(api: Api, inserts: list[int]) -> None:
    """Fifty new objects of known classes are written together, each with what was sent of it: on
    PostgreSQL in one statement.
    """
    one, other = name(), name()
    api.save(one, n=0, s="")
    api.save(other, o={})
    inserts.clear()
    bodies = [(one, {"n": 2**53 + n, "s": "张三"}) for n in range(25)]
    bodies += [(other, {"o.x": n, "ACL": {"u": {"read": True}}}) for n in range(25)]
    answers = _batch(api, *(_post(*each) for each in bodies))
    assert inserts == ([50] if api.store.database.locks_rows else [1] * 50)
    ids = [answer["success"]["objectId"] for answer in answers]
    assert ids == sorted(set(ids))
    master = api.as_master()
    for (class_name, body), object_id in zip(some(bodies), some(ids), strict=True):
        found = master("GET", f"/classes/{class_name}/{object_id}", returnACL="true")
        assert found["createdAt"] == found["updatedAt"]
        if class_name == one:
            assert {key: found[key] for key in body} == body
        else:
            assert found["o"] == {"x": body["o.x"]}
            assert found["ACL"] == body["ACL"]


def test_order(api: Api, inserts: list[int]) -> None:
    """What is not plain is done in its place: it sees what came before it, and nothing else."""
    post = name()
    api.save(post, n=0)
    inserts.clear()
    count = {**_post(post, {}, "GET"), "params": {"count": "1", "limit": "0"}}
    answers = _batch(
        api,
        _post(post, {"n": 1}),
        count,
        _post(post, {"n": 2}),
        _post(post, {"n": "no number"}),
        _post(post, {"n": 3, "new": True}),
        _post(post, {"new": False}),
        _post(post, {"n": 4}),
        count,
        "nothing",
    )
    assert inserts == [1, 1, 1, *([2] if api.store.database.locks_rows else [1, 1])]
    assert [next(iter(answer)) for answer in answers] == [
        *["success"] * 3,
        "error",
        *["success"] * 4,
        "error",
    ]
    assert [answers[place]["success"]["count"] for place in (1, 7)] == [2, 6]
    assert answers[3]["error"]["code"] == 111


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"objectId": "x"}, 105),
        ({"n": "x"}, 111),
        ({"n": {"__type": "Nonsense"}}, 111),
        ({"n": 1, "ACL": 1}, 123),
        ({"n": 1, "a b": 1}, 105),
        ({"n": {"__op": "Nonsense"}}, 1),
    ],
)
def test_refused(api: Api, body: Json, code: int) -> None:
    """What is refused alone is refused in a batch with the same words, and stops no other."""
    post = name()
    api.save(post, n=0)
    alone = api("POST", f"/classes/{post}", body)
    assert alone["code"] == code
    answers = _batch(api, _post(post, {"n": 1}), _post(post, body), _post(post, {"n": 2}))
    assert answers[1] == {"error": alone}
    assert len(api.ids(post)) == 3


def test_permissions(api: Api) -> None:
    """A class that nobody may add to is closed in a batch too."""
    post = name()
    api.save(post, n=0)
    store = api.store
    with store.reading(Caller()) as work:
        used = work.schema.existing(work.connection, post)
    used.permissions["create"] = {}  # as it is read for a second
    assert _batch(api, _post(post, {"n": 1}))[0]["error"]["code"] == 403
    assert "success" in _batch(api.as_master(), _post(post, {"n": 1}))[0]


def test_hooks(api: Api, server: tuple[str, list[App]]) -> None:
    """An object of a class with a hook is not plain."""
    post = name()
    api.save(post, n=0)
    app = App()
    server[1].append(app)
    api.store.engine = Engine(server[0], KEYS)
    try:
        app.hook(post, "beforeSave", lambda sent: {**sent, "n": sent["n"] + 1})
        answers = _batch(api, _post(post, {"n": 1}), _post(post, {"n": 2}))
        ids = [answer["success"]["objectId"] for answer in answers]
        assert [api("GET", f"/classes/{post}/{each}")["n"] for each in ids] == [2, 3]
    finally:
        api.store.engine = None


def test_refused_by_the_database(
    api: Api, inserts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database refuses them together, each is written by itself."""
    post = name()
    api.save(post, n=0)
    inserts.clear()

    def refuse(*_: object) -> None:
        raise exc.IntegrityError("", {}, Exception())

    monkeypatch.setattr(plain, "_insert", refuse)
    answers = _batch(api, *(_post(post, {"n": n}) for n in range(3)))
    assert all("success" in answer for answer in answers)
    assert inserts == [1, 1, 1]
    assert len(api.ids(post)) == 4


def test_lost(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody knows what became of them, nothing is written a second time."""
    post = name()
    api.save(post, n=0)

    def lose(*_: object) -> None:
        raise exc.OperationalError("", {}, Exception())

    monkeypatch.setattr(plain, "_insert", lose)
    response = api.response("POST", "/batch", {"requests": [_post(post, {"n": 1})]})
    assert response.status_code == 500
    assert len(api.ids(post)) == 1
