"""What an object takes besides its row: values that must be unique, entries of relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete as sql_delete
from sqlalchemy import select

from scaffold.store import schema
from scaffold.store.errors import ApiError
from scaffold.store.tables import columns, relations, uniques

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.store.operations import KeyChange
    from scaffold.store.schema import Class
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved, Transaction

# What must be unique, and the error where it is not.
UNIQUE: dict[str, dict[str, int]] = {
    "_User": {"username": 202, "email": 203, "mobilePhoneNumber": 214, "authData": 208},
    "_Role": {"name": 137},
}
MAX_UNIQUE = 512  # what fits into an index of PostgreSQL in any script
# Under one of these keys a third party's data has the user's name there.
IDENTITIES = ("uid", "openid", "id")
UNION = ("platform", "unionid")


def claim(work: Transaction, saved: Saved, old: Document) -> None:
    """Give up what an object had claimed as unique, and claim what it has now.

    Raises:
        ApiError: another object has it.
    """
    codes = UNIQUE.get(saved.used.name)
    if codes is None:
        return
    before, after = set(unique_values(old, codes)), set(unique_values(saved.document, codes))
    own = (uniques.c.class_id == saved.used.id, uniques.c.object_id == saved.id)
    for key, value in sorted(before - after):
        work.connection.execute(
            sql_delete(uniques).where(*own, uniques.c.key == key, uniques.c.value == value)
        )
    for key, value in sorted(after - before):
        if len(value) > MAX_UNIQUE:
            raise ApiError(1, f"'{key}' may have {MAX_UNIQUE} characters.")
        row = {"class_id": saved.used.id, "key": key, "value": value, "object_id": saved.id}
        if not schema.insert_missing(work.connection, uniques, row):
            raise ApiError(codes[key.split(".")[0]])


def unique_values(document: Document, codes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the keys and values of a document that no other object of its class may have.

    Args:
        document: the columns.
        codes: what must be unique, as in `UNIQUE`.
    """
    for key in codes:
        value = document.get(key)
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            yield from _identities(key, value)


def _identities(key: str, parties: Document) -> Iterator[tuple[str, str]]:
    for party, data in parties.items():
        for place, name in names_at(party, data).items():
            yield f"{key}.{place}", name


def names_at(party: str, data: Json) -> dict[str, str]:
    """Return the names that a user has at a third party, and at the platform of which it is
    one app: a UnionID is the same in all of these.
    """
    name = identity(data)
    found = {} if name is None else {party: name}
    platform, union = (data.get(key) for key in UNION) if isinstance(data, dict) else (None, None)
    if isinstance(platform, str) and isinstance(union, str) and union:
        found[f"_{platform}_unionid"] = union
    return found


def identity(data: Json) -> str | None:
    """Return the user's name at a third party."""
    found = (data.get(key) for key in IDENTITIES) if isinstance(data, dict) else ()
    return next((str(name) for name in found if name), None)


def relate(work: Transaction, saved: Saved, changes: list[KeyChange]) -> None:
    """Add to the relations of an object, and remove from them, as changes ask for."""
    own = {"class_id": saved.used.id, "owner_id": saved.id}
    for change in changes:
        column = saved.used.columns.get(change.column)
        if column is None or column.type != "Relation":
            continue
        row = {**own, "key": change.column}
        targets = (
            [item["objectId"] for item in change.argument]
            if isinstance(change.argument, list)
            else []
        )
        if change.operation == "AddRelation":
            rows = [{**row, "target_id": target} for target in sorted(set(targets))]
            schema.insert_all_missing(work.connection, relations, rows)
        elif change.operation in {"RemoveRelation", "Delete"}:
            tests = [relations.c[name] == value for name, value in row.items()]
            tests += (
                [relations.c.target_id.in_(targets)] if change.operation == "RemoveRelation" else []
            )
            work.connection.execute(sql_delete(relations).where(*tests))


def give_up(work: Transaction, used: Class, object_id: str) -> None:
    """Delete what an object had claimed, its relations and its place in those of others."""
    run = work.connection.execute
    run(sql_delete(uniques).where(uniques.c.class_id == used.id, uniques.c.object_id == object_id))
    run(
        sql_delete(relations).where(
            relations.c.class_id == used.id, relations.c.owner_id == object_id
        )
    )
    for class_id, key in _leading_to(work, used.name):
        tests = (
            relations.c.class_id == class_id,
            relations.c.key == key,
            relations.c.target_id == object_id,
        )
        run(sql_delete(relations).where(*tests))


def _leading_to(work: Transaction, class_name: str) -> list[tuple[int, str]]:
    """Return the relations of all classes that lead to a class."""
    query = select(columns.c.class_id, columns.c.name).where(
        columns.c.type == "Relation", columns.c.target == class_name
    )
    return [(row.class_id, row.name) for row in work.connection.execute(query)]
