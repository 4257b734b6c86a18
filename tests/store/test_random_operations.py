"""A long life of a few objects: thousands of random writes and queries come to what a second
reading of the operations says, which shares nothing with the service.
"""

from __future__ import annotations

import copy
import os
import random
from typing import TYPE_CHECKING

from scaffold.store import evaluate, values
from scaffold.store.where import parse
from tests.store.conftest import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.store.values import Document, Json
    from tests.store.conftest import Api

# By hand: SCAFFOLD_STORE_OPERATIONS=10000 pytest tests/store/test_random_operations.py
OPERATIONS = int(os.environ.get("SCAFFOLD_STORE_OPERATIONS", "600"))
AT_ONCE = 100
OBJECTS = 12
OWN = {"objectId", "createdAt", "updatedAt"}
WRONG_TYPE = 111
NO_EFFECT = 305
NOT_THERE = 1


def _change(chance: random.Random) -> Json:
    """Return a change as a client may send it; some do not fit."""
    number, item = chance.randrange(-3, 4), chance.choice([0, 1, "a", None, {"x": 1}, [1]])
    return chance.choice(
        [
            {"n": {"__op": "Increment", "amount": number}},
            {"n": {"__op": "Decrement", "amount": number}},
            {"n": {"__op": "BitXor", "value": number}},
            {"n": {"__op": "BitAnd", "value": number}},
            {"n": {"__op": "BitOr", "value": number}},
            {"n": {"__op": "Delete"}},
            {"l": {"__op": "Add", "objects": [item, number]}},
            {"l": {"__op": "AddUnique", "objects": [item, number]}},
            {"l": {"__op": "Remove", "objects": [item]}},
            {"l": [item]},
            {"o": {"x": item}},
            {"o.x": item},
            {"o.y.z": {"__op": "Increment"}},
            {"o.x": {"__op": "Delete"}},
            {"n": number, "l": {"__op": "Delete"}},
            {"n": "no number"},
        ]
    )


def _where(chance: random.Random) -> Json:
    """Return a condition; each is of the kind that databases answer alone."""
    number = chance.randrange(-3, 4)
    return chance.choice(
        [
            {"n": {"$lt": number}},
            {"n": {"$ne": number}},
            {"l": number},
            {"l": {"$in": [number, "a", {"x": 1}]}},
            {"o.x": {"$exists": True}},
            {"o.y.z": {"$gte": number}},
            {"$or": [{"n": number}, {"l": {"$size": 2}}]},
        ]
    )


def _same(one: Json, other: Json) -> bool:
    """Compare as JSON does: true is no number."""
    return type(one) is type(other) and bool(one == other)


def _item_result(old: Json, change: Document) -> Json:
    kind, given = change["__op"], change.get("objects", [])
    if kind in {"Add", "AddUnique", "Remove"}:
        kept = [] if old is None else list(old)
        if kind == "Remove":
            return [item for item in kept if not any(_same(item, each) for each in given)]
        for item in given:
            if kind == "Add" or not any(_same(item, each) for each in kept):
                kept.append(item)
        return kept
    number: Json = old or 0
    amount: Json = change.get("amount", change.get("value", 1))
    return {
        "Increment": number + amount,
        "Decrement": number - amount,
        "BitXor": number ^ amount,
        "BitAnd": number & amount,
        "BitOr": number | amount,
    }[kind]


def _after(document: Document, change: Document) -> Document | None:
    """Return a document after a change; None where the change does not fit."""
    result = copy.deepcopy(document)
    for key, value in sorted(change.items()):
        *parents, last = key.split(".")
        deletes = isinstance(value, dict) and value.get("__op") == "Delete"
        place: Json = result
        for parent in parents:
            if place.get(parent) is None:
                if deletes:
                    break
                place[parent] = {}
            place = place[parent]
            if not isinstance(place, dict):
                return None
        else:
            if value == "no number":
                return None
            if deletes:
                place.pop(last, None)
            elif isinstance(value, dict) and "__op" in value:
                place[last] = _item_result(place.get(last), value)
            else:
                place[last] = copy.deepcopy(value)
    return result


class Life:
    """The objects as they must be.

    Args:
        chance: decides what happens.
        path: of the class.
        objects: the documents by their ids.
    """

    def __init__(self, chance: random.Random, path: str, objects: dict[str, Document]) -> None:
        self.chance = chance
        self.path = path
        self.objects = objects
        self.ids = list(objects)

    def request(self) -> Document:
        """Return something that a client may ask for."""
        turn, where = self.chance.random(), _where(self.chance)
        if turn < 0.2:
            return {"method": "GET", "path": self.path, "params": {"where": where, "count": 1}}
        path = f"{self.path}/{self.chance.choice(self.ids)}"
        if turn < 0.21:
            return {"method": "DELETE", "path": path, "params": {"where": where}}
        params = {"where": where} if turn < 0.5 else {}
        body = _change(self.chance)
        return {"method": "PUT", "path": path, "body": body, "params": params}

    def _record(self, object_id: str) -> Document:
        return {**self.objects[object_id], "objectId": object_id}

    def follow(self, request: Document, answer: Document) -> None:
        """Do the same, and compare what was answered."""
        condition = parse(request["params"].get("where", {}))
        if request["method"] == "GET":
            found = answer["success"]
            expected = [key for key in self.ids if self._meets(key, condition)]
            assert [each["objectId"] for each in found["results"]] == expected
            assert found["count"] == len(expected)
            return
        object_id = request["path"].rpartition("/")[2]
        code = answer.get("error", {}).get("code")
        assert code == self._code(object_id, request, condition)
        if code is None and request["method"] == "DELETE":
            del self.objects[object_id]
        elif code is None:
            after = _after(self.objects[object_id], request["body"])
            assert after is not None
            self.objects[object_id] = after

    def _meets(self, object_id: str, condition: Json) -> bool:
        return object_id in self.objects and evaluate.holds(condition, self._record(object_id))

    def _code(self, object_id: str, request: Document, condition: Json) -> int | None:
        conditional = "where" in request["params"]
        if object_id not in self.objects:
            return NO_EFFECT if conditional else NOT_THERE
        if conditional and not self._meets(object_id, condition):
            return NO_EFFECT
        fits = request["method"] == "DELETE" or _after(self.objects[object_id], request["body"])
        return None if fits is not None else WRONG_TYPE


def _parts(life: Life) -> Iterator[list[Document]]:
    for start in range(0, OPERATIONS, AT_ONCE):
        yield [life.request() for _ in range(min(AT_ONCE, OPERATIONS - start))]


def test_life_of_objects(api: Api) -> None:
    """Changes, conditional ones, deletions, queries and refusals are those of the specification."""
    chance = random.Random(20261128)
    post = name()
    objects = {api.save(post, n=0, l=[], o={}): {"n": 0, "l": [], "o": {}} for _ in range(OBJECTS)}
    life = Life(chance, f"/1.1/classes/{post}", dict(objects))
    for part in _parts(life):
        answers = api("POST", "/batch", {"requests": part})
        for request, answer in zip(part, answers, strict=True):
            life.follow(request, answer)
    found = {each["objectId"]: each for each in api("GET", f"/classes/{post}")["results"]}
    assert found.keys() == life.objects.keys()
    for object_id, document in life.objects.items():
        kept = {key: value for key, value in found[object_id].items() if key not in OWN}
        assert values.equal(kept, document)
