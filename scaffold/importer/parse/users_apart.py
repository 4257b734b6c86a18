"""What of a user is otherwise in Parse Server; what it cannot use is in a table that it does not
read.

It checks passwords by bcrypt, and only a password itself, not the platform's hash of it, becomes
one: whoever has the hash can check a password that a user types, and set it then. Of third parties
for which it has no adapter it must have no data: the user could not log in, not even by password.

The table has a schema of its own: any other table Parse Server takes for a class of its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.importer.staged_writer import STAGING, fill_staging
from scaffold.store import access, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from scaffold.importer.rows import KeptRow

TABLE = "leancloud.users"
# Whom Parse Server has an adapter for whatever its settings are; the data has the same form.
_ANONYMOUS = "anonymous"
_MAKE_SCHEMA = "CREATE SCHEMA IF NOT EXISTS leancloud"
_MAKE_TABLE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} ("
    '"objectId" text PRIMARY KEY REFERENCES "_User" ON DELETE CASCADE,'
    ' password text, salt text, "authData" jsonb)'
)
_NAMES = ('"objectId"', "password", "salt", '"authData"')
# Who has set a password since needs no old one; a source without passwords takes none away.
_MERGED = ", ".join(f"coalesce(EXCLUDED.{name}, o.{name})" for name in _NAMES[1:])
_WRITE = (
    f"INSERT INTO {TABLE} AS o ({', '.join(_NAMES)})"
    ' SELECT s."objectId", CASE WHEN _hashed_password IS NULL THEN s.password END,'
    ' CASE WHEN _hashed_password IS NULL THEN s.salt END, s."authData"'
    f' FROM {STAGING} AS s JOIN "_User" AS u ON u."objectId" = s."objectId"'
    f' ON CONFLICT ("objectId") DO UPDATE SET ({", ".join(_NAMES[1:])}) = ({_MERGED})'
    f' WHERE (o.password, o.salt, o."authData") IS DISTINCT FROM ({_MERGED})'
)


def close(row: KeptRow) -> None:
    """Let nobody but a user write the user, where everybody may: on the platform nobody else can,
    but Parse Server lets everybody who is logged in, as its ACLs say.
    """
    acl = access.EVERYBODY if row.acl is None else row.acl
    public = acl.get(access.PUBLIC, {})
    if not public.get("write"):
        return
    own = {**public, **acl.get(row.object_id, {}), "write": True}
    row.acl = {**acl, row.object_id: own, access.PUBLIC: {"read": True}}
    if not public.get("read"):
        del row.acl[access.PUBLIC]


def parties(row: KeptRow) -> dict[str, Any]:
    """Take a user's data of third parties out of a row, and return it."""
    found = row.document.get("authData")
    if not isinstance(found, dict):
        return {}
    anonymous = found.get(_ANONYMOUS)
    is_fine = isinstance(anonymous, dict) and isinstance(anonymous.get("id"), str)
    row.document["authData"] = {_ANONYMOUS: anonymous} if is_fine else None
    return {key: value for key, value in found.items() if key != _ANONYMOUS or not is_fine}


def keep(connection: Connection, found: Sequence[tuple[KeptRow, dict[str, Any]]]) -> None:
    """Keep passwords and data of third parties, of users who are in the target.

    Args:
        connection: with a transaction.
        found: rows, and what was taken out of them.
    """
    # Of a row that is there twice the newest counts.
    wanted = {
        row.object_id: _cells(row, data)
        for row, data in sorted(found, key=lambda each: each[0].updated_at)
        if data or "password" in row.secrets
    }
    if not wanted:
        return
    connection.exec_driver_sql(_MAKE_SCHEMA)
    connection.exec_driver_sql(_MAKE_TABLE)
    fill_staging(connection, TABLE, _NAMES, wanted.values())
    connection.exec_driver_sql(_WRITE)


def _cells(row: KeptRow, data: dict[str, Any]) -> list[str | None]:
    secrets = row.secrets
    parties_of_user = values.dumps(data) if data else None
    return [row.object_id, secrets.get("password"), secrets.get("salt"), parties_of_user]


def counts(connection: Connection) -> tuple[int, int]:
    """Return how many users without a password have the platform's hash, and how many have data of
    third parties.
    """
    run = connection.exec_driver_sql
    if not run("SELECT to_regclass(%s) IS NOT NULL", (TABLE,)).scalar_one():
        return 0, 0
    query = (
        "SELECT count(password) FILTER (WHERE _hashed_password IS NULL),"
        f' count(o."authData") FROM {TABLE} AS o JOIN "_User" USING ("objectId")'
    )
    hashes, others = run(query).one()
    return int(hashes), int(others)
