"""The ways on which somebody may read and write, each with what the rules say must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.store import values
from tests.store.acl_world import World, conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.store.values import Document, Json
    from tests.store.acl_world import Row
    from tests.store.conftest import Api

    Found = tuple[Json, Callable[[Row], bool]]

HIDDEN = {"authData", "password", "sessionToken", "salt"}


@dataclass
class Try:
    """Somebody's attempts.

    Args:
        world: what there is.
        user: who tries; None is nobody.
        client: a client of theirs.
        master: one with the master key.
    """

    world: World
    user: int | None
    client: Api
    master: Api

    def condition(self, number: int) -> Found:
        """Return one of the conditions on items."""
        listed = list(conditions(self.world, number % 4))
        return listed[number % len(listed)]

    def pick(self, class_name: str, number: int) -> Row | None:
        """Return one of the objects of a class that are left."""
        rows = self.world.of(class_name)
        return rows[number % len(rows)] if rows else None

    def permits(self, *needed: tuple[str, str]) -> bool:
        """Say whether classes permit all of some operations."""
        return all(self.world.permits(self.user, *each) for each in needed)

    def readable(self, class_name: str) -> list[Row]:
        """Return what the ACLs let the user read."""
        return self.world.readable(self.user, class_name)

    def matching(self, condition: Found) -> set[str]:
        """Return the ids of the items that the user may read and that meet a condition."""
        return {row.id for row in self.readable(self.world.items) if condition[1](row)}

    def asked(self, class_name: str, number: int, **parameters: Json) -> Json:
        """Return the answer to a query, on one of three ways that mean the same."""
        if number % 3 == 0:
            return self.client("GET", f"/classes/{class_name}", **parameters)
        query = {"method": "GET", "path": f"/1.1/classes/{class_name}"}
        query["body" if number % 3 == 1 else "params"] = parameters  # type: ignore[assignment]
        answer = self.client("POST", "/batch", {"requests": [query]})[0]
        return answer.get("success") or answer["error"]

    def find(
        self, class_name: str, number: int, expected: Iterable[Row] | None, **more: Json
    ) -> None:
        """Compare what a query finds, and how many it counts, with what it must find: objects in
        the order of their creation; None where it must be refused.
        """
        found = self.asked(class_name, number, count="1", **more)
        counted = self.asked(class_name, number, count="1", limit="0", **more)
        if expected is None:
            assert {"code", "error"} == found.keys() == counted.keys()
            return
        ids = [row.id for row in expected]
        assert [each["objectId"] for each in found["results"]] == ids
        assert found["count"] == counted["count"] == len(ids)
        assert counted["results"] == []
        for each in found["results"]:
            self.shows(each, self.known(each["objectId"]), str(more.get("include", "")))

    def known(self, object_id: str) -> Row:
        """Return an object that must be there."""
        row = self.world.row(object_id)
        assert row is not None
        return row

    def shows(self, shown: Document, row: Row, include: str) -> None:
        """Compare an object with what is to be seen of it: pointers with the objects that they
        point to where these are asked for and may be seen.
        """
        own = {"objectId", "createdAt", "updatedAt", "its", "__type", "className"}
        assert shown.keys() <= {*row.columns, *own}
        first, _, rest = include.partition(".")
        for key, value in row.columns.items():
            if key != first:
                assert shown[key] == value
            elif value["className"] == "_User":
                assert not self.hidden(value["objectId"]) & shown[key].keys()
            else:
                self._included(shown[key], value, rest)

    def hidden(self, user_id: str) -> set[str]:
        """Return what is not to be seen of a user; its own third parties everybody sees."""
        is_own = self.user is not None and self.world.users[self.user] == user_id
        return HIDDEN - ({"authData"} if is_own else set())

    def _included(self, shown: Document, pointer: Document, rest: str) -> None:
        target = self.world.row(pointer["objectId"])
        seen = target and self.world.may(self.user, "read", target)
        if target and seen and self.permits(("get", target.class_name)):
            self.shows(shown, target, rest)
        else:
            assert shown == pointer

    def unchanged(self, *rows: Row) -> None:
        """Compare objects with what they must be after an attempt to write."""
        for row in rows:
            kept = self.master("GET", f"/classes/{row.class_name}/{row.id}", returnACL="true")
            if self.world.row(row.id) is None:
                assert kept == {}
                continue
            assert {key: kept[key] for key in row.columns} == row.columns
            acl = {"*": {"read": True, "write": True}} if row.acl is None else _tidy(self, row.acl)
            assert kept["ACL"] == acl


def _tidy(tried: Try, acl: Document) -> Json:
    real = tried.world.real(acl) or {}
    kept = {name: {flag: True for flag in real[name] if real[name][flag]} for name in real}
    return {name: flags for name, flags in kept.items() if flags}


def _find(tried: Try, one: int, two: int, three: int) -> None:
    items = tried.world.items
    where, holds = tried.condition(one)
    rows = [row for row in tried.readable(items) if holds(row)]
    include = ["", "p", "p.p", "p.p.p"][two % 4]
    more = {"include": include} if include else {}
    expected = rows if tried.permits(("find", items)) else None
    tried.find(items, three, expected, where=where, **more)


def _get(tried: Try, one: int, two: int, three: int) -> None:
    include = ["", "p", "p.p"][two % 3]
    row = tried.pick(tried.world.items, one)
    if row is None:
        return
    way = {"returnACL": "1"} if three % 2 else {}
    shown = tried.client("GET", f"/classes/{row.class_name}/{row.id}", include=include, **way)
    if not tried.permits(("get", row.class_name)):
        assert shown.keys() == {"code", "error"}
    elif not tried.world.may(tried.user, "read", row):
        assert shown == {}
    else:
        assert ("ACL" in shown) == bool(way)
        shown.pop("ACL", None)
        tried.shows(shown, row, include)


def _holders(tried: Try, one: int, two: int, three: int) -> None:
    del two
    holders = tried.world.holders
    expected = tried.readable(holders) if tried.permits(("find", holders)) else None
    include = ["it", "it.p", "owner", "it.p.p"][one % 4]
    tried.find(holders, three, expected, include=include)


def _in_query(tried: Try, one: int, two: int, three: int) -> None:
    condition = tried.condition(one)
    inside = {"className": tried.world.items, "where": condition[0]}
    if two % 2:
        test: Json = {"it": {"$inQuery": inside}}
    else:
        test = {"it": {"$notInQuery": inside}}
    matching = tried.matching(condition)
    rows = [
        row
        for row in tried.readable(tried.world.holders)
        if (row.columns["it"]["objectId"] in matching) == bool(two % 2)
    ]
    _subquery(tried, three, test, rows)


def _subquery(tried: Try, number: int, test: Json, rows: list[Row]) -> None:
    world = tried.world
    allowed = tried.permits(("find", world.holders), ("find", world.items))
    if number % 2:
        test = {"$or": [test, {"objectId": "none"}]}
    tried.find(world.holders, number, rows if allowed else None, where=test)


def _select(tried: Try, one: int, two: int, three: int) -> None:
    condition = tried.condition(one)
    key = ["n", "o.x", "l"][three % 2 * 2 if one % 2 else 1]
    query = {"className": tried.world.items, "where": condition[0]}
    operator = "$select" if two % 2 else "$dontSelect"
    matching = tried.matching(condition)
    found: set[int] = set()
    for row in tried.readable(tried.world.items):
        if row.id in matching and key != "l":
            found.add(row.columns["n"] if key == "n" else row.columns["o"]["x"])
    rows = [
        row
        for row in tried.readable(tried.world.holders)
        if (row.columns["n"] in found) == bool(two % 2)
    ]
    _subquery(tried, three, {"n": {operator: {"key": key, "query": query}}}, rows)


def _related(tried: Try, one: int, two: int, three: int) -> None:
    world = tried.world
    holder = tried.pick(world.holders, one)
    if holder is None:
        return
    where, holds = tried.condition(two)
    test = {"object": values.pointer(world.holders, holder.id), "key": "its"}
    related = holder.related if world.may(tried.user, "read", holder) else []
    rows = [row for row in tried.readable(world.items) if row.id in related and holds(row)]
    allowed = tried.permits(("get", world.holders), ("find", world.items))
    tried.find(world.items, three, rows if allowed else None, where={**where, "$relatedTo": test})


def _in_relation(tried: Try, one: int, two: int, three: int) -> None:
    world = tried.world
    item = tried.pick(world.items, one)
    object_id = item.id if item else "none"
    rows = [row for row in tried.readable(world.holders) if object_id in row.related]
    where: Json = {"its": values.pointer(world.items, object_id)}
    if two % 2:
        where = {"$and": [where, {"n": {"$gte": 0}}]}
    tried.find(
        world.holders, three, rows if tried.permits(("find", world.holders)) else None, where=where
    )


WAYS: dict[str, Callable[[Try, int, int, int], None]] = {
    "find": _find,
    "get": _get,
    "holders": _holders,
    "in query": _in_query,
    "select": _select,
    "related": _related,
    "in relation": _in_relation,
}
