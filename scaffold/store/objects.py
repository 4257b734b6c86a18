"""Writing objects: one row each, under a lock, in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, select
from sqlalchemy import update as sql_update

from scaffold.store import access, claims, ids, operations, schema, values
from scaffold.store.compile import is_exact
from scaffold.store.conditions import All
from scaffold.store.errors import ApiError
from scaffold.store.evaluate import holds
from scaffold.store.tables import objects
from scaffold.store.work import Saved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from scaffold.store.access import Caller
    from scaffold.store.conditions import Condition
    from scaffold.store.operations import KeyChange
    from scaffold.store.schema import Class
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction

MAX_SIZE = 16 * 1024 * 1024
# What an object has besides its columns.
OWN = ("objectId", "createdAt", "updatedAt")


def create(
    work: Transaction, class_name: str, body: Mapping[str, Json], own: Document | None = None
) -> Saved:
    """Make an object.

    Args:
        work: the transaction.
        class_name: its class.
        body: its columns, and its ACL.
        own: an `objectId`, `createdAt` and `updatedAt` that it had elsewhere; new ones are made
            where they are missing.

    Raises:
        ApiError: the caller may not, or a value cannot be kept.
    """
    used = work.schema.ensure(work.connection, class_name)
    access.check_class(used, "create", work.caller)
    acl, changes = _read(body)
    used = _declared(work, used, changes)
    saved = _new(used, acl, operations.apply({}, changes), own or {})
    _sized(saved.document)
    claims.claim(work, saved, {})
    work.connection.execute(
        insert(objects).values(
            class_id=used.id,
            id=saved.id,
            created_at=saved.created_at,
            updated_at=saved.updated_at,
            document=saved.document,
            acl=acl,
            readers=access.readers(acl),
        )
    )
    claims.relate(work, saved, changes)
    return saved


def planned(caller: Caller, used: Class, body: Mapping[str, Json]) -> Saved:
    """Return a new object of a class that has all of its columns, without writing anything.

    Raises:
        ApiError: the caller may not, or a value cannot be kept.
    """
    access.check_class(used, "create", caller)
    acl, changes = _read(body)
    for change in changes:
        schema.check_type(used, change)
    return _new(used, acl, operations.apply({}, changes), {})


def _new(used: Class, acl: Document | None, document: Document, own: Document) -> Saved:
    moment = values.now()
    given = {"objectId": ids.object_id(), "createdAt": moment, "updatedAt": moment, **own}
    object_id, created_at, updated_at = (given[key] for key in OWN)
    return Saved(used, object_id, document, acl, created_at, updated_at, sorted(document))


def update(
    work: Transaction,
    class_name: str,
    object_id: str,
    body: Mapping[str, Json],
    *,
    where: Condition | None = None,
) -> Saved:
    """Change an object.

    Raises:
        ApiError: there is none, the caller may not, a value cannot be kept,
            or `where` does not hold (305).
    """
    used = work.schema.existing(work.connection, class_name)
    access.check_class(used, "update", work.caller)
    row = locked(work, used, object_id, "write", where)
    acl, changes = _read(body)
    used = _declared(work, used, changes)
    document = _sized(operations.apply(row.document, changes))
    new_acl = acl if "ACL" in body else row.acl
    moment = max(values.now(), row.created_at)
    saved = Saved(
        used,
        row.id,
        document,
        new_acl,
        row.created_at,
        moment,
        sorted({each.column for each in changes}),
    )
    claims.claim(work, saved, row.document)
    change = {
        "updated_at": moment,
        "document": document,
        "acl": new_acl,
        "readers": access.readers(new_acl),
    }
    work.connection.execute(sql_update(objects).where(*_is(used, row.id)).values(**change))
    claims.relate(work, saved, changes)
    return saved


def delete(
    work: Transaction, class_name: str, object_id: str, *, where: Condition | None = None
) -> Saved:
    """Delete an object, its relations and what it had claimed as unique; return what it was.

    Raises:
        ApiError: there is none, the caller may not, or `where` does not hold (305).
    """
    used = work.schema.existing(work.connection, class_name)
    access.check_class(used, "delete", work.caller)
    row = locked(work, used, object_id, "write", where)
    work.connection.execute(sql_delete(objects).where(*_is(used, row.id)))
    claims.give_up(work, used, row.id)
    return Saved(used, row.id, row.document, row.acl, row.created_at, row.updated_at)


def locked(
    work: Transaction, used: Class, object_id: str, permission: str, where: Condition | None = None
) -> Row[tuple[Json, ...]]:
    """Return the row of an object that nobody else changes until the transaction ends.

    Raises:
        ApiError: there is none, the caller lacks the permission, or `where` does not hold (305).
    """
    query = select(objects).where(*_is(used, object_id))
    row = work.connection.execute(
        query.with_for_update() if work.database.locks_rows else query
    ).first()
    if row is None or not access.may(row.acl, "read", work.caller):
        if where is not None:
            raise ApiError(305)
        raise ApiError(
            1, f"Could not find object by id '{object_id[:64]}' for class '{used.name}'."
        )
    if not access.may(row.acl, permission, work.caller):
        raise ApiError(403, f"Forbidden to {permission} by object '{row.id}' ACL.")
    if where is not None and not _meets(work, used, row, where):
        raise ApiError(305)
    return row


def _meets(work: Transaction, used: Class, row: Row[tuple[Json, ...]], where: Condition) -> bool:
    """Say whether the locked row meets a condition; relations and other queries in
    it are the database's to answer.
    """
    condition = work.compiler(used).condition(All((where,)))
    found = work.connection.scalar(select(objects.c.id).where(*_is(used, row.id), condition))
    return found is not None and (is_exact(where) or holds(where, own_record(row)))


def own_record(row: Row[tuple[Json, ...]]) -> Document:
    """Return a row as conditions see it."""
    own = {
        "objectId": row.id,
        "createdAt": values.date(row.created_at),
        "updatedAt": values.date(row.updated_at),
    }
    return {**row.document, **own}


def _is(used: Class, object_id: str) -> tuple[Json, Json]:
    return objects.c.class_id == used.id, objects.c.id == object_id


def _read(body: Mapping[str, Json]) -> tuple[Document | None, list[KeyChange]]:
    """Return the ACL and the changes that a body asks for."""
    dotted = {key.split(".")[0] for key in body if "." in key}
    reserved = (schema.RESERVED & body.keys()) | (dotted & {*schema.RESERVED, "ACL"})
    if reserved:
        raise ApiError(105, f"Invalid key name. '{min(reserved)}' is reserved.")
    acl = body.get("ACL")
    if isinstance(acl, dict) and acl.get("__op") == "Delete":
        acl = None
    changes = operations.parse({key: value for key, value in body.items() if key != "ACL"})
    return None if acl is None else access.checked_acl(acl), changes


def _declared(work: Transaction, used: Class, changes: list[KeyChange]) -> Class:
    """Return the class with all columns that changes use, where the caller may add them."""
    known = (
        work.schema.find(work.connection, used.name, [each.column for each in changes if each.type])
        or used
    )
    if any(change.type and change.column not in known.columns for change in changes):
        access.check_class(known, "add_fields", work.caller)
    declared = work.schema.declare(work.connection, known, changes)
    if declared is not known and work.database.is_kept:
        work.follow_up("views", {"class": used.name})
    return declared


def _sized(document: Document) -> Document:
    if len(values.dumps(document)) > MAX_SIZE:
        raise ApiError(116)
    return document
