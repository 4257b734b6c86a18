"""What lets users in: the platform's hashes of passwords, and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from scaffold.store import ids, passwords
from scaffold.store.tables import passwords as passwords_table
from scaffold.store.tables import sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from scaffold.importer.rows import KeptRow


def keep(
    connection: Connection,
    added: Sequence[KeptRow],
    changed: Sequence[KeptRow],
    same: Sequence[KeptRow],
) -> None:
    """Keep passwords and sessions. What a user has set or ended since is not brought back: of a
    row that stays, a password counts only where none is kept, a session where nothing is.

    Args:
        connection: with the transaction that writes the rows.
        added: the users that are new.
        changed: those that were older.
        same: those that stay as they are.
    """
    rows = {row.object_id: row for row in (*added, *changed, *same) if row.secrets}
    if not rows:
        return
    kept = passwords_table.c
    query = select(kept.user_id, kept.hash).where(kept.user_id.in_(rows))
    known: dict[str, str] = {row.user_id: row.hash for row in connection.execute(query)}
    query_sessions = select(sessions.c.user_id).where(sessions.c.user_id.in_(rows))
    with_session = set(connection.scalars(query_sessions))
    renewed = {row.object_id for row in (*added, *changed)}
    hashes, begun = [], []
    for object_id, row in rows.items():
        token = row.secrets.get("sessionToken")
        if token and object_id not in known and object_id not in with_session:
            session = {"token_hash": ids.digest(token), "user_id": object_id}
            begun.append(session | {"created_at": row.updated_at})
        if "password" not in row.secrets:
            continue
        hash_ = passwords.exported(row.secrets["password"], row.secrets["salt"])
        if known.get(object_id) != hash_ and (object_id in renewed or object_id not in known):
            hashes.append({"user_id": object_id, "hash": hash_, "failures": 0, "failed_at": 0})
    run = connection.execute
    if hashes:
        run(delete(passwords_table).where(kept.user_id.in_([each["user_id"] for each in hashes])))
        run(insert(passwords_table), hashes)
    if begun:
        taken = sessions.c.token_hash.in_([each["token_hash"] for each in begun])
        known_tokens = set(connection.scalars(select(sessions.c.token_hash).where(taken)))
        fresh = {each["token_hash"]: each for each in begun}
        if new := [fresh[token] for token in fresh.keys() - known_tokens]:
            run(insert(sessions), new)
