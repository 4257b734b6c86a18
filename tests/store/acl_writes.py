"""The ways on which somebody may write, and those of the master key or of one user alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.store import values

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.values import Document, Json
    from tests.store.acl_ways import Try
    from tests.store.acl_world import Row


def _sent(tried: Try, number: int, method: str, path: str, body: Json, **more: Json) -> Document:
    """Return the answer to a write, sent alone or in a batch, where `where` is a parameter too."""
    if number % 2:
        found: Document = tried.client(method, path, body, **more)
        return found
    one = {"method": method, "path": f"/1.1{path}", "body": body or {}, "params": more}
    answer = tried.client("POST", "/batch", {"requests": [one]})[0]
    one = answer["error"] if "error" in answer else answer["success"]
    return dict(one)


def _may_write(tried: Try, row: Row, operation: str) -> bool:
    may = tried.world.may
    return (
        tried.permits((operation, row.class_name))
        and may(tried.user, "read", row)
        and may(tried.user, "write", row)
    )


def _update(tried: Try, one: int, two: int, three: int) -> None:
    world = tried.world
    row = tried.pick(world.items, one)
    if row is None:
        return
    where, holds = tried.condition(two)
    more: Document = {"where": where} if two % 2 else {}
    fetches = {"fetchWhenSave": "true"} if three % 3 else {}
    body = {"n": {"__op": "Increment", "amount": 1}, "l": [three % 4], "o.x": two % 4}
    answer = _sent(tried, three, "PUT", f"/classes/{world.items}/{row.id}", body, **more, **fetches)
    allowed = _may_write(tried, row, "update")
    if more:
        allowed = allowed and tried.permits(("get", world.items)) and holds(row)
    assert ("code" not in answer) == allowed, answer
    if allowed:
        row.columns |= {"n": row.columns["n"] + 1, "l": [three % 4], "o": {"x": two % 4}}
        shown = {key: answer[key] for key in answer if key not in {"objectId", "updatedAt"}}
        sees = fetches and tried.permits(("get", world.items))
        assert shown == ({key: row.columns[key] for key in ("n", "l", "o")} if sees else {})
    tried.unchanged(*world.of(world.items))


def _update_by_query(tried: Try, one: int, two: int, three: int) -> None:
    """Change a holder under a condition that asks for items."""
    world = tried.world
    row = tried.pick(world.holders, one)
    if row is None:
        return
    condition = tried.condition(two)
    inside = {"it": {"$inQuery": {"className": world.items, "where": condition[0]}}}
    answer = _sent(
        tried, three, "PUT", f"/classes/{world.holders}/{row.id}", {"n": 9}, where=inside
    )
    allowed = (
        _may_write(tried, row, "update")
        and tried.permits(("get", world.holders), ("find", world.items))
        and row.columns["it"]["objectId"] in tried.matching(condition)
    )
    assert ("code" not in answer) == allowed, answer
    if allowed:
        row.columns["n"] = 9
    tried.unchanged(row)


def _delete(tried: Try, one: int, two: int, three: int) -> None:
    world = tried.world
    row = tried.pick(world.items, one)
    if row is None:
        return
    where, holds = tried.condition(two)
    more = {"where": where} if two % 2 else {}
    answer = _sent(tried, three, "DELETE", f"/classes/{world.items}/{row.id}", None, **more)
    allowed = _may_write(tried, row, "delete")
    if more:
        allowed = allowed and tried.permits(("get", world.items)) and holds(row)
    assert ("code" not in answer) == allowed, answer
    before = world.of(world.items)
    if allowed:
        _gone(tried, row)
    tried.unchanged(*before)


def _gone(tried: Try, row: Row) -> None:
    tried.world.rows.remove(row)
    for other in tried.world.rows:
        other.related = [each for each in other.related if each != row.id]


def _delete_many(tried: Try, one: int, two: int, three: int) -> None:
    del three
    world = tried.world
    rows = world.of(world.items)
    if len(rows) < 2:
        return
    wanted = [rows[one % len(rows)], rows[(one + 1 + two % (len(rows) - 1)) % len(rows)]]
    ids = ",".join(row.id for row in wanted)
    answer = tried.client("DELETE", f"/classes/{world.items}/{ids}")
    allowed = [row for row in wanted if _may_write(tried, row, "delete")]
    assert ("code" not in answer) == (allowed == wanted)
    for row in allowed:
        _gone(tried, row)
    tried.unchanged(*rows)


def _create(tried: Try, one: int, two: int, three: int) -> None:
    world = tried.world
    acl = {"*": {"read": True}} if two % 2 else {}
    body = {"n": one % 4, "s": "made", "l": [], "o": {"x": 0}, "ACL": acl}
    fetches = {"fetchWhenSave": "1"} if three % 3 else {}
    answer = _sent(tried, three, "POST", f"/classes/{world.items}", body, **fetches)
    assert ("objectId" in answer) == tried.permits(("create", world.items)), answer
    if "objectId" in answer:
        sees = fetches and tried.permits(("get", world.items))
        assert ("s" in answer) == bool(sees)
        tried.master("DELETE", f"/classes/{world.items}/{answer['objectId']}")


def _change_acl(tried: Try, one: int, two: int, three: int) -> None:
    row = tried.pick(tried.world.items, one)
    if row is None:
        return
    acl: Document = {} if two % 2 else {"user0": {"read": True, "write": True}}
    body = {"ACL": tried.world.real(acl)}
    answer = _sent(tried, three, "PUT", f"/classes/{row.class_name}/{row.id}", body)
    allowed = _may_write(tried, row, "update")
    assert ("code" not in answer) == allowed
    if allowed:
        row.acl = acl
    tried.unchanged(row)


def _relate(tried: Try, one: int, two: int, three: int) -> None:
    """Add to a relation: it is the owner that is written to, whoever may read the target."""
    world = tried.world
    row, target = tried.pick(world.holders, one), tried.pick(world.items, two)
    if row is None or target is None:
        return
    name = "AddRelation" if three % 3 else "RemoveRelation"
    change = {"__op": name, "objects": [values.pointer(world.items, target.id)]}
    answer = _sent(tried, three, "PUT", f"/classes/{world.holders}/{row.id}", {"its": change})
    allowed = _may_write(tried, row, "update")
    assert ("code" not in answer) == allowed
    if allowed:
        row.related = [each for each in row.related if each != target.id]
        row.related += [target.id] if name == "AddRelation" else []
    test = {"object": values.pointer(world.holders, row.id), "key": "its"}
    assert set(tried.master.ids(world.items, {"$relatedTo": test})) == set(row.related)


def _cql(tried: Try, one: int, two: int, three: int) -> None:
    """Ask in CQL, alone and with a query in a query."""
    world = tried.world
    inside = f"select * from {world.items} where n >= ?"
    matching = tried.matching(({}, lambda row: row.columns["n"] >= one % 4))
    if two % 2:
        asked, class_name, needed = inside, world.items, [("find", world.items)]
        rows = [row for row in tried.readable(world.items) if row.id in matching]
    else:
        asked = f"select include it, * from {world.holders} where it in ({inside})"
        class_name, needed = world.holders, [("find", world.holders), ("find", world.items)]
        rows = [
            row
            for row in tried.readable(world.holders)
            if row.columns["it"]["objectId"] in matching
        ]
    if three % 2:
        asked = asked.replace("select ", "select count(*), ", 1)
    found = tried.client("GET", "/cloudQuery", cql=asked, pvalues=[one % 4])
    if not tried.permits(*needed):
        assert "results" not in found
        return
    assert [each["objectId"] for each in found["results"]] == [row.id for row in rows]
    assert found.get("count", len(rows)) == len(rows)
    for each in found["results"]:
        include = "it" if class_name == world.holders else ""
        tried.shows(each, tried.known(each["objectId"]), include)


def _cql_write(tried: Try, one: int, two: int, three: int) -> None:
    row = tried.pick(tried.world.items, one)
    if row is None:
        return
    del three
    deletes = two % 2
    name = row.class_name
    verb = f"delete from {name}" if deletes else f"update {name} set n = 7"
    answer = tried.client("GET", "/cloudQuery", cql=f"{verb} where objectId = '{row.id}'")
    allowed = _may_write(tried, row, "delete" if deletes else "update")
    assert ("code" not in answer) == allowed
    if allowed and deletes:
        _gone(tried, row)
    elif allowed:
        row.columns["n"] = 7
    tried.unchanged(row)


def _masters(tried: Try, one: int, two: int, three: int) -> None:
    """What only the master key may is nobody's, in a batch neither."""
    del three
    class_name = tried.world.items
    method, path, body = [
        ("GET", f"/scan/classes/{class_name}", None),
        ("POST", f"/import/classes/{class_name}", {"results": [{"n": 1}]}),
        ("GET", "/schemas", None),
        ("GET", "/outbox", None),
        ("GET", f"/users/{tried.world.users[0]}/sessions", None),
        ("POST", f"/users/{tried.world.users[0]}/sessions", {}),
        ("DELETE", f"/users/{tried.world.users[0]}/sessions", None),
    ][one % 7]
    assert _sent(tried, two, method, path, body)["code"] == 401


def _users(tried: Try, one: int, two: int, three: int) -> None:
    """Users do not see of others what is theirs alone, and do not change them."""
    number = one % len(tried.world.users)
    path = f"/users/{tried.world.users[number]}"
    shown = tried.client("GET", path, keys=["", "authData,username", "email"][two % 3])
    assert not shown.keys() & tried.hidden(tried.world.users[number])
    hidden: list[Document] = [
        {"where": {"authData.x.uid": {"$exists": True}}},
        {"where": {"$or": [{"username": "x"}, {"authData": None}]}},
        {"order": "-authData.x.uid"},
        {},
    ]
    assert tried.client("GET", "/users", **hidden[two % 4])["code"] == 403
    if number != tried.user:
        for change in ({"n": 1}, {"password": "mine"}, {"authData.own": {"uid": "1"}}):
            assert _sent(tried, three, "PUT", path, change)["code"] == 206
        assert _sent(tried, three, "DELETE", path, None)["code"] == 206
        assert _sent(tried, three, "PUT", f"{path}/refreshSessionToken", None)["code"] == 206


def _roles(tried: Try, one: int, two: int, three: int) -> None:
    """Roles whose ACL is empty are neither seen nor joined."""
    role = tried.world.role(one % 4)
    assert tried.client.ids("_Role", {"name": role}) == []
    found = tried.master.ids("_Role", {"name": role})
    mine = tried.user if tried.user is not None else two % 3
    joins = {"__op": "AddRelation", "objects": [values.pointer("_User", tried.world.users[mine])]}
    for path in (f"/roles/{found[0]}", f"/classes/_Role/{found[0]}"):
        assert "code" in _sent(tried, three, "PUT", path, {"users": joins})
    assert _sent(tried, three, "POST", "/roles", {"name": role, "ACL": {}})["code"] == 137


WRITES: dict[str, Callable[[Try, int, int, int], None]] = {
    "update": _update,
    "update by query": _update_by_query,
    "delete": _delete,
    "delete many": _delete_many,
    "create": _create,
    "change ACL": _change_acl,
    "relate": _relate,
    "CQL": _cql,
    "CQL write": _cql_write,
    "master's": _masters,
    "users": _users,
    "roles": _roles,
}
