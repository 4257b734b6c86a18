"""Sessions: a user has as many as logins; only digests of their tokens are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from scaffold.store import ids, values
from scaffold.store.tables import sessions

if TYPE_CHECKING:
    from sqlalchemy import Connection


def begin(connection: Connection, user_id: str) -> str:
    """Return the token of a new session of a user."""
    token = ids.secret()
    row = {"token_hash": ids.digest(token), "user_id": user_id, "created_at": values.now()}
    connection.execute(insert(sessions).values(**row))
    return token


def user_of(connection: Connection, token: str) -> str | None:
    """Return whom a token belongs to; None where it is over."""
    found: str | None = connection.scalar(
        select(sessions.c.user_id).where(sessions.c.token_hash == ids.digest(token))
    )
    return found


def begun(connection: Connection, user_id: str) -> list[str]:
    """Return when the sessions of a user began, the newest first."""
    own = sessions.c.user_id == user_id
    query = select(sessions.c.created_at).where(own).order_by(sessions.c.created_at.desc())
    return list(connection.scalars(query))


def end_all(connection: Connection, user_id: str) -> None:
    """End all sessions of a user."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
