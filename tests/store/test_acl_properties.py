"""Nobody reads or writes what the rules do not allow, on any way: generated users, nested roles,
ACLs and class permissions, compared with a second reading of the rules.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from scaffold.store import tables, values
from tests.store.acl_ways import WAYS, Try
from tests.store.acl_world import ITEMS, ROLES, USERS, Row, World, plans
from tests.store.acl_writes import WRITES
from tests.store.conftest import Api, name

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json

# By hand: SCAFFOLD_ACL_EXAMPLES=5000 pytest tests/store/test_acl_properties.py
EXAMPLES = int(os.environ.get("SCAFFOLD_ACL_EXAMPLES", "30"))
BY_HAND = 1000


@dataclass
class Stage:
    """The users that all examples share, and where an example puts its objects.

    Args:
        master: a client with the master key.
        clients: by number of the user; None is nobody.
        users: the ids of the users.
        mark: what is in the names of classes and roles.
    """

    master: Api
    clients: dict[int | None, Api]
    users: list[str]
    mark: str

    def clear(self) -> None:
        """Delete all objects and roles of the last example."""
        with self.master.store.database.engine.begin() as connection:
            names = [f"{kind}{self.mark}" for kind in ("Item", "Holder")] + ["_Role"]
            own = select(tables.classes.c.id).where(tables.classes.c.name.in_(names))
            for table in (tables.objects, tables.relations, tables.uniques):
                connection.execute(delete(table).where(table.c.class_id.in_(own)))

    def permit(self, class_name: str, permissions: Document) -> None:
        """Set the permissions of a class."""
        with self.master.store.database.engine.begin() as connection:
            own = tables.classes.c.name == class_name
            connection.execute(update(tables.classes).where(own).values(permissions=permissions))
        self.master.store.schema.forget()

    def make(self, plan: Document) -> World:
        """Make the objects of an example."""
        self.clear()
        world = World(plan, self.users, self.mark)
        for class_name in (world.items, world.holders):
            self.permit(class_name, {})
        items = self._made(world.items, [_item(world, each) for each in plan["items"]])
        pointers = [values.pointer(world.items, row) for row in items]
        nexts = [pointers[each["next"]] for each in plan["items"]]
        self._put(world.items, items, [{"p": pointer} for pointer in nexts])
        for row, each, pointer in zip(items, plan["items"], nexts, strict=True):
            columns = {**_columns(each), "p": pointer}
            world.rows.append(Row(world.items, row, columns, each["acl"]))
        self._holders(world, pointers)
        self._roles(world)
        for class_name, permissions in zip(
            (world.items, world.holders), plan["permissions"], strict=True
        ):
            real = {key: world.real(granted) for key, granted in permissions.items()}
            self.permit(class_name, real)
        return world

    def _holders(self, world: World, pointers: list[Document]) -> None:
        bodies = []
        for each in world.plan["holders"]:
            columns = {
                "n": each["n"],
                "it": pointers[each["it"]],
                "owner": values.pointer("_User", self.users[each["owner"]]),
            }
            related = [pointers[number] for number in each["its"]]
            bodies.append({**columns, **_acl(world, each)})
            world.rows.append(Row(world.holders, "", columns, each["acl"], _ids(related)))
            if related:
                bodies[-1]["its"] = {"__op": "AddRelation", "objects": related}
        made = self._made(world.holders, bodies)
        for row, object_id in zip(world.of(world.holders), made, strict=True):
            row.id = object_id

    def _roles(self, world: World) -> None:
        bodies: list[Document] = [
            {"name": world.role(number), "ACL": {}, **_related("users", "_User", self.users, users)}
            for number, (users, _) in enumerate(world.plan["roles"])
        ]
        roles = self._made("_Role", bodies)
        inside = [_related("roles", "_Role", roles, inner) for _, inner in world.plan["roles"]]
        self._put("_Role", roles, inside)

    def _made(self, class_name: str, bodies: list[Document]) -> list[str]:
        path = f"/1.1/classes/{class_name}"
        requests = [{"method": "POST", "path": path, "body": body} for body in bodies]
        answers = self.master("POST", "/batch", {"requests": requests})
        return [answer["success"]["objectId"] for answer in answers]

    def _put(self, class_name: str, ids: list[str], bodies: list[Document]) -> None:
        path = f"/1.1/classes/{class_name}"
        requests = [
            {"method": "PUT", "path": f"{path}/{object_id}", "body": body}
            for object_id, body in zip(ids, bodies, strict=True)
            if body
        ]
        answers = self.master("POST", "/batch", {"requests": requests})
        assert all("success" in answer for answer in answers), answers


def _ids(pointers: list[Document]) -> list[str]:
    return [pointer["objectId"] for pointer in pointers]


def _columns(each: Document) -> Document:
    return {"n": each["n"], "s": each["s"], "l": each["l"], "o": {"x": each["x"]}}


def _acl(world: World, each: Document) -> Document:
    return {} if each["acl"] is None else {"ACL": world.real(each["acl"])}


def _item(world: World, each: Document) -> Document:
    return {**_columns(each), **_acl(world, each)}


def _related(key: str, class_name: str, ids: list[str], numbers: list[int]) -> Document:
    objects = [values.pointer(class_name, ids[number]) for number in numbers]
    return {key: {"__op": "AddRelation", "objects": objects}} if objects else {}


@pytest.fixture(scope="session")
def stage(api: Api) -> Stage:
    """Return users with something to hide, and two classes with all their columns."""
    clients: dict[int | None, Api] = {None: api}
    users = []
    for number in USERS:
        clients[number], user_id = api.sign_up()
        hidden = {"authData": {"x": {"uid": name()}}, "email": f"{name()}@example.com"}
        assert "updatedAt" in clients[number]("PUT", f"/users/{user_id}", hidden)
        users.append(user_id)
    found = Stage(api.as_master(), clients, users, name("")[:8])
    world = World({}, users, found.mark)
    first = found.master.save(world.items, n=0, s="", l=[], o={"x": 0})
    pointer = values.pointer(world.items, first)
    found.master("PUT", f"/classes/{world.items}/{first}", {"p": pointer})
    its = {"__op": "AddRelation", "objects": [pointer]}
    owner = values.pointer("_User", users[0])
    found.master.save(world.holders, n=0, it=pointer, its=its, owner=owner)
    return found


def test_roles_and_names() -> None:
    """The second reading itself: roles are inherited upwards, in circles too."""
    roles = [([0], []), ([], [0]), ([], [1, 3]), ([], [2])]
    world = World({"roles": roles, "permissions": ({"find": {"role:3": True}}, {})}, [], "")
    assert world.names_of(0) == {"*", "user0", *(f"role:{number}" for number in ROLES)}
    assert world.names_of(1) == {"*", "user1"}
    assert world.names_of(None) == {"*"}
    mine = Row(world.items, "x", {}, {"role:2": {"read": True}})
    assert [world.may(user, "read", mine) for user in (0, 1, None)] == [True, False, False]
    assert [world.may(0, "write", mine), len(ITEMS)] == [False, 5]
    assert [world.permits(user, "find", world.items) for user in (0, 1)] == [True, False]


ALL = {**WAYS, **WRITES}
numbers = st.integers(0, 59)
ways = st.lists(
    st.tuples(st.sampled_from(sorted(ALL)), numbers, numbers, numbers),
    min_size=16,
    max_size=16,
)


@settings(max_examples=EXAMPLES, derandomize=EXAMPLES < BY_HAND)
@given(plan=plans, user=st.none() | st.sampled_from(USERS), tried=ways)
def test_nobody_does_more(
    stage: Stage, plan: Document, user: int | None, tried: list[tuple[str, int, int, int]]
) -> None:
    """Whatever somebody asks for or writes, the answer and what is there afterwards are what
    the rules say.
    """
    world = stage.make(plan)
    for way, *given_numbers in tried:
        note(f"{way} {given_numbers}")
        ALL[way](Try(world, user, stage.clients[user], stage.master), *given_numbers)


def test_every_way(stage: Stage) -> None:
    """Each way is gone at least once by somebody who may do everything there."""
    everybody: Json = {"acl": None, "n": 1, "s": "ab", "l": [1], "x": 1, "next": 0}
    holder: Json = {"acl": None, "n": 1, "it": 0, "its": [0], "owner": 0}
    plan = {
        "roles": [([], [])] * 4,
        "items": [everybody] * 5,
        "holders": [holder] * 4,
        "permissions": ({}, {}),
    }
    for way in ALL.values():
        world = stage.make(plan)
        way(Try(world, 0, stage.clients[0], stage.master), 1, 0, 1)
