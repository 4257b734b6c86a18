"""Users, nested roles and objects with ACLs as hypothesis makes them up, and what the rules
allow: a second reading of them that shares nothing with the service.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.store.values import Document, Json

USERS = range(3)
ROLES = range(4)
ITEMS = range(5)
HOLDERS = range(4)
WORDS = ["ab", "a.b", "b", "%", "x' OR '1'='1"]
OPERATIONS = ["find", "get", "create", "update", "delete", "add_fields"]
# A name in an ACL: everybody, a user, a role.
NAMES = ["*", *(f"user{each}" for each in USERS), *(f"role:{each}" for each in ROLES)]

_subsets = st.lists(st.sampled_from(ROLES), max_size=2, unique=True)
_members = st.lists(st.sampled_from(USERS), max_size=2, unique=True)
_flags = st.fixed_dictionaries({}, optional={"read": st.booleans(), "write": st.booleans()})
acls = st.none() | st.dictionaries(st.sampled_from(NAMES), _flags, max_size=2)
_granted = st.sampled_from([*NAMES, "onlySignInUsers"])
_no_rules: st.SearchStrategy[Document] = st.just({})
_permissions = _no_rules | st.dictionaries(
    st.sampled_from(OPERATIONS), st.dictionaries(_granted, st.just(True), max_size=1), max_size=2
)
_item = st.fixed_dictionaries(
    {
        "n": st.integers(0, 3),
        "s": st.sampled_from(WORDS),
        "l": st.lists(st.integers(0, 3), max_size=2),
        "x": st.integers(0, 3),
        "next": st.sampled_from(ITEMS),
        "acl": acls,
    }
)
_holder = st.fixed_dictionaries(
    {
        "n": st.integers(0, 3),
        "it": st.sampled_from(ITEMS),
        "its": st.lists(st.sampled_from(ITEMS), max_size=3, unique=True),
        "owner": st.sampled_from(USERS),
        "acl": acls,
    }
)
plans = st.fixed_dictionaries(
    {
        "roles": st.lists(st.tuples(_members, _subsets), min_size=4, max_size=4),
        "items": st.lists(_item, min_size=5, max_size=5),
        "holders": st.lists(_holder, min_size=4, max_size=4),
        "permissions": st.tuples(_permissions, _permissions),
    }
)


@dataclass
class Row:
    """An object as the oracle knows it."""

    class_name: str
    id: str
    columns: Document
    acl: Document | None
    related: list[str] = field(default_factory=list)


@dataclass
class World:
    """What there is, and who may do what with it.

    Args:
        plan: as hypothesis made it up.
        users: the ids of the users.
        mark: what the names of its classes and roles begin with.
        rows: the objects, in the order in which they were made.
    """

    plan: Document
    users: list[str]
    mark: str
    rows: list[Row] = field(default_factory=list)

    @property
    def items(self) -> str:
        """The class of the objects that are to be kept."""
        return f"Item{self.mark}"

    @property
    def holders(self) -> str:
        """The class of the objects that lead to them."""
        return f"Holder{self.mark}"

    def named(self, name: str) -> str:
        """Return what an ACL really calls a user or a role."""
        if name.startswith("user"):
            return self.users[int(name[4:])]
        return f"role:{self.role(int(name[5:]))}" if name.startswith("role:") else name

    def role(self, number: int) -> str:
        """Return the name of a role."""
        return f"r{self.mark}-{number}"

    def real(self, acl: Document | None) -> Document | None:
        """Return an ACL, or permissions, with the real names."""
        return None if acl is None else {self.named(name): acl[name] for name in acl}

    def of(self, class_name: str) -> list[Row]:
        """Return the objects of a class."""
        return [row for row in self.rows if row.class_name == class_name]

    def row(self, object_id: str) -> Row | None:
        """Return an object that is there."""
        return next((row for row in self.rows if row.id == object_id), None)

    def names_of(self, user: int | None) -> set[str]:
        """Return all names under which a user may be let in: roles are those with the user among
        their users, and those with one of these among their roles.
        """
        if user is None:
            return {"*"}
        held = {number for number in ROLES if user in self.plan["roles"][number][0]}
        while True:
            more = {
                number for number in ROLES if held.intersection(self.plan["roles"][number][1])
            } - held
            if not more:
                break
            held |= more
        return {"*", f"user{user}", *(f"role:{number}" for number in held)}

    def may(self, user: int | None, permission: str, row: Row) -> bool:
        """Say whether an object's ACL lets a user read or write."""
        if row.acl is None:
            return True
        return any(row.acl.get(name, {}).get(permission) for name in self.names_of(user))

    def permits(self, user: int | None, operation: str, class_name: str) -> bool:
        """Say whether a class permits something."""
        granted = self.plan["permissions"][class_name == self.holders].get(operation)
        names = self.names_of(user) | (set() if user is None else {"onlySignInUsers"})
        return granted is None or bool(names.intersection(granted))

    def readable(self, user: int | None, class_name: str) -> list[Row]:
        """Return the objects of a class that a user may read."""
        return [row for row in self.of(class_name) if self.may(user, "read", row)]


def conditions(world: World, number: int) -> Iterator[tuple[Json, Callable[[Row], bool]]]:
    """Yield conditions on items, each as it is sent and as it is meant."""
    items = world.of(world.items)
    target = items[number % len(items)].id if items else "none"
    pointer = {"__type": "Pointer", "className": world.items, "objectId": target}
    yield {}, lambda _: True
    yield {"n": number}, lambda row: row.columns["n"] == number
    yield {"n": {"$ne": number}}, lambda row: row.columns["n"] != number
    yield {"n": {"$gte": number}}, lambda row: row.columns["n"] >= number
    yield {"s": {"$regex": "^a"}}, lambda row: row.columns["s"].startswith("a")
    yield {"s": {"$regex": "^a.?b$"}}, lambda row: row.columns["s"] in {"ab", "a.b"}
    yield {"s": WORDS[4]}, lambda row: row.columns["s"] == WORDS[4]
    yield {"o.x": number}, lambda row: row.columns["o"]["x"] == number
    yield {"o.x": {"$in": [number, 9]}}, lambda row: row.columns["o"]["x"] == number
    yield {"l": number}, lambda row: number in row.columns["l"]
    yield {"l": {"$size": 2}}, lambda row: len(row.columns["l"]) == 2
    yield {"p": pointer}, lambda row: row.columns["p"]["objectId"] == target
    yield {"objectId": target}, lambda row: row.id == target
    yield (
        {"$or": [{"objectId": target}, {"n": number, "s": {"$regex": "b$"}}]},
        lambda row: (
            row.id == target or (row.columns["n"] == number and row.columns["s"].endswith("b"))
        ),
    )
    yield {"s": {"$exists": False}}, lambda _: False
