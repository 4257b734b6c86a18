"""Parse Server's tables, and the rows of `_SCHEMA` that describe them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scaffold.errors import FailedError
from scaffold.importer.staged_writer import ENDS, quoted
from scaffold.store.schema import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_TIME = "timestamp with time zone"
TYPES = {
    "String": "text",
    "Number": "double precision",
    "Boolean": "boolean",
    "Date": _TIME,
    "Pointer": "text",
    "File": "text",
    "Bytes": "jsonb",
    "GeoPoint": "point",
    "Array": "jsonb",
    "Object": "jsonb",
}
# The columns that each class has, as the database calls them.
OWN = {
    "objectId": "text",
    "createdAt": _TIME,
    "updatedAt": _TIME,
    "_rperm": "text[]",
    "_wperm": "text[]",
}
_STRINGS = {"type": "Array", "contents": {"type": "String"}}
_OWN_FIELDS = {
    "objectId": {"type": "String"},
    "createdAt": {"type": "Date"},
    "updatedAt": {"type": "Date"},
    "_rperm": _STRINGS,
    "_wperm": _STRINGS,
}
_STRING = Column("String")
# The columns that Parse Server counts on in its own classes.
DEFAULTS: dict[str, dict[str, Column]] = {
    "_User": {
        "username": _STRING,
        "email": _STRING,
        "emailVerified": Column("Boolean"),
        "authData": Column("Object"),
    },
    "_Role": {
        "name": _STRING,
        "users": Column("Relation", "_User"),
        "roles": Column("Relation", "_Role"),
    },
    "_Installation": {
        "installationId": _STRING,
        "deviceToken": _STRING,
        "channels": Column("Array"),
        "deviceType": _STRING,
        "pushType": _STRING,
        "GCMSenderId": _STRING,
        "timeZone": _STRING,
        "localeIdentifier": _STRING,
        "badge": Column("Number"),
        "appVersion": _STRING,
        "appName": _STRING,
        "appIdentifier": _STRING,
        "parseVersion": _STRING,
    },
}
# What it keeps of users and tells nobody; only the first is in `_SCHEMA`.
HIDDEN = {
    "_hashed_password": "text",
    "_email_verify_token": "text",
    "_email_verify_token_expires_at": _TIME,
    "_account_lockout_expires_at": _TIME,
    "_failed_login_count": "double precision",
    "_perishable_token": "text",
    "_perishable_token_expires_at": _TIME,
    "_password_changed_at": _TIME,
    "_password_history": "jsonb",
}
# What must be unique, by indexes that it makes under these names when it starts.
UNIQUE = {"_User": ("username", "email"), "_Role": ("name",)}
_OPERATIONS = ("find", "count", "get", "create", "update", "delete", "addField", "protectedFields")
# Nobody but who has the master key.
CLOSED: dict[str, Any] = {operation: {} for operation in _OPERATIONS}
_EVERYBODY = {"*": True}
# As on the platform, where clients read a user by id or by a pointer, but never all of them.
_NO_LIST = {
    **dict.fromkeys(_OPERATIONS, _EVERYBODY),
    "find": {},
    "count": {},
    "protectedFields": {"*": []},
}
_MAKE_SCHEMA = (
    'CREATE TABLE IF NOT EXISTS "_SCHEMA" ("className" varchar(120) PRIMARY KEY,'
    ' "schema" jsonb, "isParseClass" bool)'
)
_IS_THERE = "SELECT to_regclass(%s) IS NOT NULL"
# As PostgreSQL cuts names off; Parse Server leaves that to it.
_LONGEST_NAME = 63


def join_table(class_name: str, key: str) -> str:
    """Return the table that has the entries of a relation."""
    return f"_Join:{key}:{class_name}"[:_LONGEST_NAME]


def known_columns(connection: Connection, class_name: str) -> dict[str, Column]:
    """Return the columns of a class: Parse Server's own ones, and those that it has already.

    Raises:
        FailedError: a table of its name is there, of which `_SCHEMA` says nothing.
    """
    found = dict(DEFAULTS.get(class_name, {}))
    for key, described in _fields(connection, class_name).items():
        if key not in _OWN_FIELDS and key not in HIDDEN:
            found[key] = Column(described["type"], described.get("targetClass"))
    return found


def _fields(connection: Connection, class_name: str, lock: str = "") -> dict[str, Any]:
    """Return what `_SCHEMA` says of the columns of a class."""
    query = f'SELECT schema FROM "_SCHEMA" WHERE "className" = %s {lock}'
    has_schema = connection.exec_driver_sql(_IS_THERE, ('"_SCHEMA"',)).scalar_one()
    row = connection.exec_driver_sql(query, (class_name,)).one_or_none() if has_schema else None
    if row is None:
        if connection.exec_driver_sql(_IS_THERE, (quoted(class_name),)).scalar_one():
            raise FailedError("import.error.table", table=class_name)
        return {}
    fields: dict[str, Any] = (row[0] or {}).get("fields", {})
    return fields


def ensure(
    connection: Connection, class_name: str, columns: Mapping[str, Column], *, is_closed: bool
) -> None:
    """Make the table of a class, or add the columns that it lacks; describe both in `_SCHEMA`.

    Args:
        connection: with a transaction, to the end of which the class is locked.
        class_name: the class.
        columns: those that it needs.
        is_closed: a class that is new is for the master key only.

    Raises:
        FailedError: a table of its name is there, of which `_SCHEMA` says nothing.
    """
    run = connection.exec_driver_sql
    run(_MAKE_SCHEMA)
    known = _fields(connection, class_name, "FOR UPDATE")
    if not known:
        _make(connection, class_name, is_closed=is_closed)
    wanted = {**DEFAULTS.get(class_name, {}), **columns}
    missing = {key: column for key, column in wanted.items() if key not in known}
    for key, column in missing.items():
        if column.type == "Relation":
            _make_join(connection, join_table(class_name, key))
        else:
            sort = TYPES[column.type]
            run(f"ALTER TABLE {quoted(class_name)} ADD COLUMN IF NOT EXISTS {quoted(key)} {sort}")
    if missing:
        described = {key: _described(column) for key, column in missing.items()}
        run(
            """UPDATE "_SCHEMA" SET schema = jsonb_set(schema, '{fields}',"""
            " (schema -> 'fields') || %s::jsonb) WHERE \"className\" = %s",
            (json.dumps(described), class_name),
        )
    for key in UNIQUE.get(class_name, ()) if missing else ():
        run(
            f'CREATE UNIQUE INDEX IF NOT EXISTS "{class_name}_unique_{key}"'
            f" ON {quoted(class_name)} ({quoted(key)})"
        )


def _make(connection: Connection, class_name: str, *, is_closed: bool) -> None:
    """Make a table with the columns that are in every class."""
    columns = {**OWN, **(HIDDEN if class_name == "_User" else {})}
    listed = ", ".join(f"{quoted(name)} {sort}" for name, sort in columns.items())
    connection.exec_driver_sql(
        f'CREATE TABLE {quoted(class_name)} ({listed}, PRIMARY KEY ("objectId"))'
    )
    fields: dict[str, Any] = dict(_OWN_FIELDS)
    if class_name == "_User":
        fields["_hashed_password"] = {"type": "String"}
    schema: dict[str, Any] = {"className": class_name, "fields": fields}
    if is_closed or class_name == "_User":
        schema["classLevelPermissions"] = CLOSED if is_closed else _NO_LIST
    connection.exec_driver_sql(
        'INSERT INTO "_SCHEMA" ("className", schema, "isParseClass") VALUES (%s, %s::jsonb, true)',
        (class_name, json.dumps(schema)),
    )


def _make_join(connection: Connection, table: str) -> None:
    owner, related = map(quoted, ENDS)
    connection.exec_driver_sql(
        f"CREATE TABLE IF NOT EXISTS {quoted(table)} ({related} varchar(120),"
        f" {owner} varchar(120), PRIMARY KEY ({related}, {owner}))"
    )


def _described(column: Column) -> dict[str, str]:
    target = {"targetClass": column.target} if column.target else {}
    return {"type": column.type, **target}
