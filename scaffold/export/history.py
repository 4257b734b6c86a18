"""The history of conversations, which is in no class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.export import lines
from scaffold.export.client import RefusedError
from scaffold.export.journal import blob, unblob
from scaffold.export.walk import PAGE, in_path
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.export.client import Api
    from scaffold.export.journal import ClassState, ExportJournal
    from scaffold.export.lines import Row

CLASS = "_Conversation"
# Where nobody uses messages, the address may fail rather than refuse.
_ATTEMPTS = 4
_INSERT = "INSERT OR REPLACE INTO messages (at, id, conversation, body) VALUES (?, ?, ?, ?)"
_IDS = "SELECT id FROM rows WHERE class = ? ORDER BY id"


@dataclass
class HistoryReader:
    """Reads messages: those of the whole app, else of each conversation. Source: REST guide of
    realtime messaging, "查询应用内所有历史消息" and "查询历史消息".

    Args:
        api: whom to ask.
        journal: where to.
        progress: is called after each page, with a name and how many messages it had.
    """

    api: Api
    journal: ExportJournal
    progress: Callable[[str, int], None]

    def read(self, state: ClassState) -> None:
        """Read what is newer than what is there, oldest first.

        Args:
            state: the class of conversations.

        Raises:
            RefusedError: the server gives no messages.
            FailedError: the server fails again and again.
        """
        try:
            self._read("/1.2/rtm/messages", None)
        except RefusedError:
            for (conversation,) in self.journal.connection.execute(
                _IDS, (state.number,)
            ).fetchall():
                address = f"/1.2/rtm/conversations/{in_path(unblob(conversation))}/messages"
                self._read(address, conversation)

    def _read(self, address: str, conversation: bytes | None) -> None:
        start = self._start(conversation)
        while True:
            page = self.api.get(
                address, {"reversed": "true", "limit": str(PAGE), **start}, _ATTEMPTS
            )
            kept = [_kept(message) for message in _messages(page)]
            with self.journal as connection:
                connection.executemany(_INSERT, kept)
            self.progress(text("export.step.messages"), len(kept))
            before = start
            if kept:
                at, message_id, *_ = kept[-1]
                start = {"timestamp": str(at), "msgid": unblob(message_id)}
            if start == before or not kept:
                return

    def _start(self, conversation: bytes | None) -> Row:
        """Return where to go on: at the time of the newest message, since others may have the
        same time.
        """
        query = "SELECT max(at) FROM messages WHERE ? IS NULL OR conversation = ?"
        found = self.journal.connection.execute(query, (conversation, conversation))
        newest = found.fetchone()[0]
        return {} if newest is None else {"timestamp": str(newest - 1)}

    def count(self) -> int:
        """Return how many messages are there."""
        found: int = self.journal.connection.execute("SELECT count(*) FROM messages").fetchone()[0]
        return found

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of all messages, oldest first."""
        query = "SELECT body FROM messages ORDER BY at, conversation, id"
        return (row[0] for row in self.journal.connection.execute(query))


def _messages(page: object) -> list[Row]:
    """Return the messages of an answer.

    Raises:
        RefusedError: it is none, or they have no id or time.
    """
    if not isinstance(page, list):
        raise RefusedError(200, "no messages")
    for message in page:
        if not isinstance(message, dict) or not isinstance(message.get("timestamp"), int):
            raise RefusedError(200, "a message without a time")
    return page


def _kept(message: Row) -> tuple[int, bytes, bytes, bytes]:
    message_id = str(message.get("msg-id") or "")
    conversation = str(message.get("conv-id") or "")
    return message["timestamp"], blob(message_id), blob(conversation), lines.encode(message)
