"""Queries and writes as large as they may be are answered; larger ones are refused with a code."""

from __future__ import annotations

import random
import string
import time
from typing import TYPE_CHECKING

import pytest

from scaffold.store import values
from tests.store.conftest import name

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json
    from tests.store.conftest import Api

MANY = range(5000)
LONG = "".join(random.Random(1).choices(string.ascii_letters, k=20_000))


def _asked(api: Api, class_name: str, **parameters: Json) -> Json:
    """Return the answer to a query that is too long for an address, or its code."""
    query = {"method": "GET", "path": f"/1.1/classes/{class_name}", "params": parameters}
    answer = api("POST", "/batch", {"requests": [query]})[0]
    return answer["success"]["results"] if "success" in answer else answer["error"]["code"]


@pytest.mark.parametrize("key", ["n", "l", "o.x", "p", "b", "none"])
def test_long_lists(api: Api, key: str) -> None:
    """5,000 values are looked up in columns of every kind, what equals them and nothing else."""
    post = name()
    pointer = values.pointer(post, "x1")
    api.save(post, n=7, l=[0.0, pointer], o={"x": [{"y": 1.0}]}, p=pointer, b=True)
    others = [values.pointer(post, f"x{each}") for each in MANY]
    matching: dict[str, list[Json]] = {
        "n": [each + 7.0 for each in MANY],
        "l": [*others[1:], "a"],
        "o.x": [*MANY[1:], {"y": 1}],
        "p": others,
        "b": [*MANY[1:], True],
        "none": [*MANY[1:], None],
    }
    begin = time.perf_counter()
    assert len(_asked(api, post, where={key: {"$in": matching[key]}})) == 1
    foreign = [values.pointer("Other", "x1"), *(-each for each in MANY[1:])]
    assert _asked(api, post, where={key: {"$in": foreign}}) == []
    assert time.perf_counter() - begin < 20


@pytest.mark.parametrize(
    "parameters",
    [
        {"order": ",".join(["n"] * 21)},
        {"order": 'o."'},
        {"include": "a." * 20_000},
        {"where": "[" * 5000},
        {"where": {"l": {"$all": list(range(900))}}},
        {"where": {"$or": [{"s": {"$in": [str(each) for each in MANY]}}] * 5}},
    ],
    ids=["order", "quote", "include", "deep", "conditions", "values"],
)
def test_refused_queries(api: Api, parameters: Document) -> None:
    """What would keep a service busy, or is no key, is refused before a database has it."""
    post = name()
    api.save(post, n=1, l=[1], s="a")
    assert _asked(api, post, **parameters) in {1, 105, 107}


def test_as_many_conditions_as_allowed(api: Api) -> None:
    """Hundreds of conditions are neither too deep for a database nor endless."""
    post = name()
    api.save(post, n=1, l=[1])
    begin = time.perf_counter()
    assert len(_asked(api, post, where={"$or": [{"n": each} for each in range(395)]})) == 1
    assert _asked(api, post, where={"l": {"$all": list(range(200))}}) == []
    assert time.perf_counter() - begin < 20


def test_queries_in_queries(api: Api) -> None:
    """Queries in conditions are counted, however they are nested."""
    post = name()
    api.save(post, n=1)
    inner: Json = {}
    for _ in range(4):
        inner = {"$or": [{"p": {"$inQuery": {"className": post, "where": inner}}}] * 4}
    assert _asked(api, post, where=inner) == 1
    assert _asked(api, post, where=inner["$or"][0]["p"]["$inQuery"]["where"]) == []


@pytest.mark.parametrize(
    "body",
    [{"username": LONG}, {"username": "", "email": f"{LONG}@example.com"}, {"authData": LONG}],
    ids=["name", "mail", "party"],
)
def test_long_unique_values(api: Api, body: Document) -> None:
    """What must be unique fits into an index."""
    made = {**body, "password": "x"}
    if "username" in made:
        made["username"] = made["username"] or name()
    else:
        made["authData"] = {"x": {"uid": LONG}}
    assert api("POST", "/users", made)["code"] == 1
    many = {f"p{each}": {"uid": name()} for each in range(21)}
    assert api("POST", "/users", {"authData": many})["code"] == 154


def test_many_related(api: Api) -> None:
    """2,000 entries of a relation are added at once; more operations are refused."""
    post = name()
    ops = [
        {"__op": "AddRelation", "objects": [values.pointer(post, f"{part}-{n}") for n in range(99)]}
        for part in range(20)
    ]
    saved = api.save(post, r={"__op": "Batch", "ops": ops})
    put = f"/classes/{post}/{saved}"
    assert api("PUT", put, {"r": {"__op": "Batch", "ops": [*ops, ops[0]]}})["code"] == 128


def test_value_too_long_for_an_index(api: Api) -> None:
    """A text that does not fit into an index that somebody made is refused on PostgreSQL."""
    from scaffold.store import indexes

    post = name()
    api.save(post, s="a")
    indexes.create(api.store.database, post, "s")
    answer = api("POST", f"/classes/{post}", {"s": LONG})
    assert answer.get("code", 116) == 116


def test_unknown_method(api: Api) -> None:
    """A method that nothing has is refused in the form of all errors."""
    answer = api.client.patch("/1.1/classes/Post", headers=api.headers)
    assert (answer.status_code, answer.json()["code"]) == (405, 1)


@pytest.mark.parametrize("path", ["//[", "http://[::1", "", "?"])
def test_odd_paths_in_batches(api: Api, path: str) -> None:
    """What is no path in a batch is refused there; the others are answered."""
    requests = [{"path": path, "params": [1]}, {"method": "GET", "path": "/1.1/date"}]
    refused, answered = api("POST", "/batch", {"requests": requests})
    assert refused["error"]["code"] == 1
    assert "success" in answered
