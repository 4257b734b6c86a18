"""Who may do what: the permissions of classes, the ACL of objects, the roles of a user.

A permission that a class does not name is everybody's. It names those who have it as an ACL does:
`{"find": {"*": true}}`, `{"update": {"USER ID": true, "role:NAME": true}}`, `{"create":
{"onlySignInUsers": true}}`; `{}` leaves it to the master key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from scaffold.store import tables, values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

    from scaffold.store.dialect import Dialect
    from scaffold.store.schema import Class
    from scaffold.store.values import Document, Json

PUBLIC = "*"
SIGNED_IN = "onlySignInUsers"
EVERYBODY: Document = {PUBLIC: {"read": True, "write": True}}


@dataclass(frozen=True)
class Caller:
    """Who sends a request.

    Args:
        master: with the master key, which opens everything.
        user_id: the user who is logged in.
        roles: the names of all roles of that user, inherited ones too.
        token: the session's token, as it was sent.
        is_app: with the hook key, which only the app itself has.
    """

    master: bool = False
    user_id: str | None = None
    roles: tuple[str, ...] = ()
    token: str | None = None
    is_app: bool = False

    @property
    def names(self) -> list[str]:
        """The names under which an ACL may let the caller in."""
        own = [self.user_id] if self.user_id else []
        return [PUBLIC, *own, *(f"role:{name}" for name in self.roles)]


def check_class(used: Class, operation: str, caller: Caller) -> None:
    """Refuse what the permissions of a class do not allow.

    Raises:
        ApiError: 403, the caller may not do that.
    """
    if not may_use(used, operation, caller):
        raise ApiError(403, f"Forbidden to {operation} by class '{used.name}' permissions.")


def may_use(used: Class, operation: str, caller: Caller) -> bool:
    """Say whether the permissions of a class allow something."""
    allowed = used.permissions.get(operation)
    if caller.master or allowed is None:
        return True
    names = caller.names + ([SIGNED_IN] if caller.user_id else [])
    return any(allowed.get(name) for name in names)


def may(acl: Document | None, permission: str, caller: Caller) -> bool:
    """Say whether an ACL lets the caller `read` or `write`."""
    if caller.master or acl is None:
        return True
    return any(acl.get(name, {}).get(permission) for name in caller.names)


def readable(dialect: Dialect, names: str | None) -> ColumnElement[bool]:
    """Return the condition for rows that a caller may read.

    Args:
        dialect: the database's JSON.
        names: under which name the caller's names are given when the SQL is run; None for a caller
            who has none but that of everybody.
    """
    readers = tables.objects.c.readers
    public = readers.is_(None)  # everybody is not named there
    return public if names is None else or_(public, dialect.shares(readers, names))


def checked_acl(acl: Json) -> Document:
    """Return an ACL as it is kept.

    Raises:
        ApiError: 123, it is none.
    """
    if not isinstance(acl, dict):
        raise ApiError(123)
    kept = {values.normalise(name): _permissions(granted) for name, granted in acl.items()}
    return {name: granted for name, granted in kept.items() if granted}


def _permissions(granted: Json) -> Document:
    if not isinstance(granted, dict) or not granted.keys() <= {"read", "write"}:
        raise ApiError(123)
    if not all(isinstance(flag, bool) for flag in granted.values()):
        raise ApiError(123)
    return {name: True for name, flag in granted.items() if flag}


def readers(acl: Document | None) -> list[str] | None:
    """Return those who may read, None where that is everybody."""
    if acl is None or acl.get(PUBLIC, {}).get("read"):
        return None
    return sorted(name for name, granted in acl.items() if granted.get("read"))


def roles_of(connection: Connection, user_id: str) -> tuple[str, ...]:
    """Return the names of a user's roles: those that list the user, and
    those that list one of these roles.
    """
    class_id = select(tables.classes.c.id).where(tables.classes.c.name == "_Role").scalar_subquery()
    related = tables.relations.c
    found: set[str] = set()
    members, key = {user_id}, "users"
    while members:
        query = select(related.owner_id).where(
            related.class_id == class_id, related.key == key, related.target_id.in_(members)
        )
        members = set(connection.scalars(query)) - found
        found |= members
        key = "roles"
    return _names(connection, found)


def _names(connection: Connection, role_ids: Iterable[str]) -> tuple[str, ...]:
    ids = list(role_ids)
    if not ids:
        return ()
    query = (
        select(tables.objects.c.document)
        .join(tables.classes, tables.classes.c.id == tables.objects.c.class_id)
        .where(tables.classes.c.name == "_Role", tables.objects.c.id.in_(ids))
    )
    return tuple(sorted(str(document["name"]) for document in connection.scalars(query)))
