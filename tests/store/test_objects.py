"""Objects over the API: create, read, update, delete, columns, relations, batches, conditions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from scaffold.store import values
from tests.store.conftest import name

if TYPE_CHECKING:
    from scaffold.store.values import Json
    from tests.store.conftest import Api


def test_life_of_an_object(api: Api) -> None:
    """An object is made, read, changed and deleted; the answers are those
    that the documentation shows.
    """
    post = name()
    made = api.response("POST", f"/classes/{post}", {"title": "张三", "stars": 1, "tags": ["a"]})
    assert made.status_code == 201
    assert made.json().keys() == {"objectId", "createdAt"}
    path = f"/classes/{post}/{made.json()['objectId']}"
    assert made.headers["location"].endswith(path)
    changed = api(
        "PUT", path, {"stars": {"__op": "Increment", "amount": 2}, "tags": {"__op": "Delete"}}
    )
    assert changed.keys() == {"objectId", "updatedAt"}
    read = api("GET", path)
    assert read == {"title": "张三", "stars": 3, **made.json(), "updatedAt": changed["updatedAt"]}
    assert api("DELETE", path) == {}
    assert api.response("GET", path).status_code == 200
    assert api("GET", path) == {}


def test_fetch_when_save(api: Api) -> None:
    """With `fetchWhenSave` a create answers with all, an update with what it changed."""
    post = name()
    made = api("POST", f"/classes/{post}", {"a": 1, "b": 2}, fetchWhenSave="true")
    assert made == {**made, "a": 1, "b": 2}
    path = f"/classes/{post}/{made['objectId']}"
    changed = api("PUT", path, {"a": {"__op": "Increment"}}, fetchWhenSave="true")
    assert changed == {"a": 2, "objectId": made["objectId"], "updatedAt": changed["updatedAt"]}
    assert api("PUT", path, {"a": 3}, new="true")["a"] == 3  # as the JavaScript SDK has it


def test_what_is_not_there(api: Api) -> None:
    """What is not there is answered as the platform answers it."""
    missing = api.response("GET", f"/classes/{name()}")
    assert (missing.status_code, missing.json()["code"]) == (404, 101)
    post = name()
    api.save(post)
    assert api("GET", f"/classes/{post}/{'0' * 24}") == {}
    assert api("PUT", f"/classes/{post}/{'0' * 24}", {"a": 1})["code"] == 1
    assert api("DELETE", f"/classes/{post}/{'0' * 24}")["code"] == 1
    assert api("GET", f"/users/{'0' * 24}") == {"code": 211, "error": "Could not find user."}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/classes/_Nonsense", {}, 103),
        ("/classes/1a", {}, 103),
        ("/classes/a'b", {}, 103),
        ("/classes/A", {"a-b": 1}, 105),
        ("/classes/A", {"objectId": "x"}, 105),
        ("/classes/A", {"createdAt": 1}, 105),
        ("/classes/A", {"ACL": 1}, 123),
        ("/classes/A", {"ACL": {"*": {"eat": True}}}, 123),
        ("/classes/A", {"ACL": {"*": {"read": "yes"}}}, 123),
        ("/classes/A", [1], 107),
        ("/classes/A", {"a": {"__op": "Nonsense"}}, 1),
        ("/nonsense", {}, 1),
        ("/push", {}, 1),
        ("/subscribe/statuses", {}, 1),
        ("/classes/A/x/y", {}, 1),
    ],
)
def test_refused(api: Api, path: str, body: Json, code: int) -> None:
    """What cannot be done is refused with a code, and nothing is kept."""
    answer = api("POST", path, body)
    assert answer["code"] == code
    assert isinstance(answer["error"], str)


def test_types_of_columns(api: Api) -> None:
    """A column has the type of its first use; null fits all; a refused write leaves
    nothing behind.
    """
    post = name()
    api.save(post, n=1, p=values.pointer("Other", "1"), nothing=None)
    answer = api("POST", f"/classes/{post}", {"n": "1"})
    assert answer == {
        "code": 111,
        "error": (
            "Invalid value type for field 'n',expect type is {:type \"Number\"}, but it is "
            "'{:type \"String\"}'."
        ),
    }
    assert api("POST", f"/classes/{post}", {"p": values.pointer("Post", "1")})["code"] == 111
    assert api("POST", f"/classes/{post}", {"new": 1, "n": "1"})["code"] == 111
    api.save(post, n=None, nothing="text", new="text")
    assert api.as_master()("GET", f"/schemas/{post}") == {
        "objectId": {"type": "String"},
        "createdAt": {"type": "Date"},
        "updatedAt": {"type": "Date"},
        "ACL": {"type": "ACL"},
        "n": {"type": "Number"},
        "p": {"type": "Pointer", "className": "Other"},
        "nothing": {"type": "String"},
        "new": {"type": "String"},
    }


def test_conditional_writes(api: Api) -> None:
    """A write under a condition that does not hold does nothing and says 305."""
    account = name()
    path = f"/classes/{account}/{api.save(account, balance=10)}"
    where = {"balance": {"$gte": 30}}
    take = {"balance": {"__op": "Decrement", "amount": 30}}
    assert api("PUT", path, take, where=where)["code"] == 305
    assert api("DELETE", path, where=where)["code"] == 305
    api("PUT", path, {"balance": 40})
    assert "updatedAt" in api("PUT", path, take, where=where)
    assert api("GET", path)["balance"] == 10
    assert api("DELETE", path, where={"balance": 10}) == {}


def test_no_increment_is_lost(api: Api) -> None:
    """Writers at the same time lose nothing of each other, and a condition lets
    only as many through as there is.
    """
    counter = name()
    path = f"/classes/{counter}/{api.save(counter, n=0, left=10, seen=[])}"
    refused = []

    def write(number: int) -> None:
        for turn in range(5):
            api(
                "PUT",
                path,
                {
                    "n": {"__op": "Increment"},
                    "seen": {"__op": "Add", "objects": [number * 5 + turn]},
                },
            )
            answer = api("PUT", path, {"left": {"__op": "Decrement"}}, where={"left": {"$gt": 0}})
            if "error" in answer:
                refused.append(answer["code"])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = api("GET", path)
    assert (read["n"], read["left"], sorted(read["seen"])) == (30, 0, list(range(30)))
    assert refused == [305] * 20


def test_first_use_at_the_same_time(api: Api) -> None:
    """When two give a new column different types at once, one of them is refused."""

    def first_use(post: str) -> list[int]:
        answers: list[Json] = []
        threads = [
            threading.Thread(
                target=lambda value=value: answers.append(
                    api("POST", f"/classes/{post}", {"a": value})
                )
            )
            for value in (1, "x", 2, "y")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(answer.get("code", 0) for answer in answers)

    assert [first_use(name()) for _ in range(3)] == [[0, 0, 111, 111]] * 3


def test_a_class_that_is_not_committed(api: Api) -> None:
    """What a transaction makes is known to itself at once, to others when it is committed."""
    schema, database, post = api.store.schema, api.store.database, name()
    if not database.locks_rows:
        pytest.skip("SQLite lets one transaction write at a time, and nobody read meanwhile")
    with database.transaction() as writing:
        made = schema.ensure(writing, post)
        assert schema.find(writing, post) == made
        with database.reading() as reading:
            assert schema.find(reading, post) is None
    with database.reading() as reading:
        assert schema.find(reading, post) == made


def test_relations(api: Api) -> None:
    """A relation is added to, asked from both sides, removed from; it ends with its objects."""
    album, band = name(), name()
    bands = [values.pointer(band, api.save(band, n=n)) for n in range(3)]
    first, second = bands[0]["objectId"], bands[1]["objectId"]
    album_id = api.save(album, bands={"__op": "AddRelation", "objects": bands[:2]})
    path = f"/classes/{album}/{album_id}"
    assert api("GET", path)["bands"] == {"__type": "Relation", "className": band}
    related = {"$relatedTo": {"object": values.pointer(album, album_id), "key": "bands"}}
    assert api.ids(band, related) == [first, second]
    assert api.ids(band, {**related, "n": {"$gt": 0}}) == [second]
    found = api("GET", f"/classes/{album}", where=related, redirectClassNameForKey="bands")
    assert [each["objectId"] for each in found["results"]] == [first, second]
    assert found["className"] == band
    assert api.ids(album, {"bands": bands[0]}) == [album_id]
    assert api.ids(album, {"bands": bands[2]}) == []
    changes = [
        {"__op": "RemoveRelation", "objects": bands[:1]},
        {"__op": "AddRelation", "objects": bands[2:]},
    ]
    api("PUT", path, {"bands": {"__op": "Batch", "ops": changes}})
    assert api.ids(band, related) == [second, bands[2]["objectId"]]
    api("DELETE", f"/classes/{band}/{second}")
    assert api.ids(band, related) == [bands[2]["objectId"]]
    api("DELETE", path)
    assert api.ids(band, related) == []


def test_batch(api: Api) -> None:
    """Each call of a batch has an answer of its own, in their order; one that fails stops
    no other.
    """
    post = name()
    object_id = api.save(post, n=1)
    path = f"/1.1/classes/{post}"
    answers = api(
        "POST",
        "/batch",
        {
            "requests": [
                {"method": "POST", "path": path, "body": {"n": 2}},
                {"method": "PUT", "path": f"{path}/{object_id}", "body": {"n": "x"}},
                {
                    "method": "PUT",
                    "path": f"{path}/{object_id}?fetchWhenSave=true",
                    "body": {"n": 3},
                },
                {"method": "GET", "path": path, "params": {"where": '{"n": 2}'}},
                {"method": "DELETE", "path": f"{path}/{object_id}", "body": {}},
                {"method": "POST", "path": "/1.1/batch", "body": {}},
                {"method": "POST", "path": "/1.1/batch/save", "body": {}},
                "x",
            ]
        },
    )
    kinds = ["success", "error", "success", "success", "success", "error", "error", "error"]
    assert [next(iter(answer)) for answer in answers] == kinds
    assert answers[1]["error"]["code"] == 111
    assert answers[2]["success"]["n"] == 3
    assert len(answers[3]["success"]["results"]) == 1


def test_delete_many(api: Api) -> None:
    """Several objects are deleted in one request, as the JavaScript SDK does."""
    post = name()
    ids = [api.save(post) for _ in range(3)]
    assert api("DELETE", f"/classes/{post}/{ids[0]},{ids[1]}") == {}
    assert api("DELETE", f"/classes/{post}/{ids[0]},{ids[2]}")["code"] == 1
    assert api.ids(post) == []


def test_integers(api: Api) -> None:
    """Integers keep all their digits, as values and in conditions."""
    post = name()
    large = 2**53 + 1
    first = api.save(post, n=large)
    api.save(post, n=large - 1)
    assert api("GET", f"/classes/{post}/{first}")["n"] == large
    assert api.ids(post, {"n": large}) == [first]
    assert api.ids(post, {"n": {"$gt": large - 1}}) == [first]


def test_hostile_text(api: Api) -> None:
    """What would be SQL is text, wherever it stands."""
    post = name()
    attack = "x'; DROP TABLE store_objects; --\" \\ %_ $1 :a {0} 张\U0001f600"
    object_id = api.save(post, s=attack, o={attack: attack}, l=[attack])
    assert api("GET", f"/classes/{post}/{object_id}")["o"] == {attack: attack}
    assert api.ids(post, {"s": attack}) == [object_id]
    assert api.ids(post, {"l": attack}) == [object_id]
    assert api.ids(post, {"s": {"$in": [attack]}}) == [object_id]
    assert api.ids(post, {"s": {"$gt": attack}}) == []
    assert api.ids(post, {"s": {"$regex": "DROP TABLE"}}) == [object_id]
    for where in (
        {attack: 1},
        {"a": {attack: 1}},
        {"$relatedTo": {"object": attack, "key": attack}},
    ):
        assert "code" in api("GET", f"/classes/{post}", where=where) or not api.ids(post, where)
    for parameter in ("order", "redirectClassNameForKey", "limit", "skip"):
        assert "code" in api("GET", f"/classes/{post}", **{parameter: attack})
    for parameter in ("keys", "include"):
        assert len(api("GET", f"/classes/{post}", **{parameter: attack})["results"]) == 1


def test_missing_in_a_batch(api: Api) -> None:
    """An object that is not there is null in a batch, as `fetchAll` of the SDKs expects."""
    post = name()
    paths = [f"/1.1/classes/{post}/{object_id}" for object_id in (api.save(post), "none")]
    answers = api("POST", "/batch", {"requests": [{"method": "GET", "path": p} for p in paths]})
    assert [answer["success"] is None for answer in answers] == [False, True]
