"""Mail, text messages and push: written down here, where one can read them. Mail is sent from
here where a server for it is configured; nothing else pretends to have been sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from scaffold.store import values
from scaffold.store.tables import outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scaffold.store.values import Document
    from scaffold.store.work import Transaction


def post(work: Transaction, channel: str, recipient: str, message: Document) -> None:
    """Write down a message; mail is sent after the commit, where that is configured."""
    row = {
        "created_at": values.now(),
        "channel": channel,
        "recipient": recipient,
        "message": message,
    }
    inserted = work.connection.execute(insert(outbox).values(**row).returning(outbox.c.id))
    if channel == "mail" and work.sends_mail:
        work.follow_up("mail", {"outbox": inserted.scalar_one()})


def listed(connection: Connection, limit: int) -> list[Document]:
    """Return the newest messages, the newest first."""
    query = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
    return [
        {
            "createdAt": row.created_at,
            "channel": row.channel,
            "to": row.recipient,
            "message": row.message,
            "sentAt": row.sent_at,
        }
        for row in connection.execute(query)
    ]
