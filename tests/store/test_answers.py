"""Answers to queries are the same whether they are written from the text that the database keeps or
from values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from scaffold.store import answers, values
from scaffold.store.access import Caller
from scaffold.store.tables import objects
from scaffold.store.values import RawJson
from tests.store import generated
from tests.store.conftest import name

if TYPE_CHECKING:
    from scaffold.store.values import Json
    from tests.store.conftest import Api

ANY = name("Any")
FILE = {"__type": "File", "id": "nothing"}


def _both(api: Api, class_name: str, **parameters: Json) -> tuple[Json, Json]:
    with api.store.reading(Caller(), "http://store") as work:
        return (
            answers.written(work, class_name, parameters),
            answers.find(work, class_name, parameters),
        )


@settings(max_examples=60)
@given(st.lists(generated.documents, max_size=4))
def test_same(api: Api, documents: list[Json]) -> None:
    """A text says what the values say, down to the kind of each number."""
    api.save(ANY, r={"__op": "AddRelation", "objects": [values.pointer("Other", "1")]})
    for document in documents:  # a pointer to another class than the first one's is refused
        api("POST", f"/classes/{ANY}", document)
    written, found = _both(api, ANY, count="1")
    class_id = api.store.schema.known[ANY][1].id
    api.store.database.writing(
        lambda connection: connection.execute(delete(objects).where(objects.c.class_id == class_id))
    )
    assert json.dumps(json.loads(values.dumps(written)), sort_keys=True) == json.dumps(
        found, sort_keys=True
    )


@pytest.mark.parametrize("value", [1e19, 2**63 - 1, 1e300, 1e-300, -0.1, 0, 10**18])
def test_numbers(api: Api, value: float) -> None:
    """A float stays one however many digits it has, and an integer keeps all of its digits."""
    class_name = name()
    api.save(class_name, n=value)
    answer = api("GET", f"/classes/{class_name}")["results"][0]["n"]
    assert (type(answer), answer) == (type(value), value)


@pytest.mark.parametrize(
    ("body", "parameters", "is_written"),
    [
        ({"n": 1}, {}, True),
        ({}, {}, True),
        ({"n": 1}, {"count": "1"}, True),
        ({"n": 1}, {"where": '{"n": 5}'}, True),
        ({"s": "File"}, {}, False),
        ({"f": FILE}, {}, False),
        ({"n": 1}, {"keys": "n"}, False),
        ({"n": 1}, {"include": "n"}, False),
        ({"n": 1}, {"returnACL": "true"}, False),
        ({"n": 1}, {"count": "1", "limit": "0"}, False),
        ({"s": "a"}, {"where": '{"s": {"$regex": "[ab]"}}'}, False),
    ],
)
def test_which(api: Api, body: Json, parameters: Json, *, is_written: bool) -> None:
    """What is sent as it is kept is written; both ways have the same answer."""
    class_name = name()
    api.save(class_name, **body)
    written, found = _both(api, class_name, **parameters)
    assert isinstance(written, RawJson) == is_written
    assert json.loads(values.dumps(written)) == found


def test_acl(api: Api) -> None:
    """Nobody gets in a text what they may not read."""
    class_name = name()
    api.save(class_name, n=1, ACL={})
    api.save(class_name, n=2, ACL={"*": {"read": True}})
    found = api("GET", f"/classes/{class_name}")["results"]
    assert [each["n"] for each in found] == [2]
    assert set(found[0]) == {"objectId", "createdAt", "updatedAt", "n"}


def test_in_a_batch(api: Api) -> None:
    """A query in a batch is answered with values among the others."""
    class_name = name()
    api.save(class_name, n=1)
    path = f"/1.1/classes/{class_name}"
    answer = api("POST", "/batch", {"requests": [{"method": "GET", "path": path}]})
    assert [each["n"] for each in answer[0]["success"]["results"]] == [1]


def test_users(api: Api) -> None:
    """What is hidden of users is hidden in lists of them."""
    _, user_id = api.sign_up()
    party = {"platform": {"uid": user_id}}
    api.as_master()("PUT", f"/users/{user_id}", {"authData": party})
    where = json.dumps({"objectId": user_id})
    with api.store.reading(Caller(master=True)) as work:
        assert not isinstance(answers.written(work, "_User", {"where": where}), RawJson)


@pytest.mark.parametrize("skip", [2**31 - 1, 2**31, 2**70])
def test_far(api: Api, skip: int) -> None:
    """Behind the last object there is nothing, however far that is."""
    class_name = name()
    api.save(class_name, n=1)
    assert api("GET", f"/classes/{class_name}", skip=skip) == {"results": []}
