"""The inboxes of users: which statuses reached whom. They are in no class."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.export import lines, secrets
from scaffold.export.client import RefusedError
from scaffold.export.journal import blob, unblob
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.export.client import Api
    from scaffold.export.journal import ClassState, ExportJournal
    from scaffold.export.lines import Json, Row

STATUSES, USERS = "_Status", "_User"
# The most that the platform gives at once.
PAGE = 100
# Those that SDKs know; an app may have more, which its statuses name.
_KINDS = {"default", "private"}
_MOST_KINDS = 50
_LARGEST = 2**63 - 1
_FOUND_KINDS = """
SELECT DISTINCT json_extract(CAST(body AS TEXT), '$.inboxType') FROM rows WHERE class = ? LIMIT ?
"""
_IDS = "SELECT id FROM rows WHERE class = ? AND id > ? ORDER BY id LIMIT 1000"
_SINCE = "SELECT since FROM inboxes WHERE owner = ? AND kind = ?"
_ARRIVED = "INSERT OR REPLACE INTO inboxes (owner, kind, since) VALUES (?, ?, ?)"
_INSERT = "INSERT OR REPLACE INTO delivered (owner, kind, number, body) VALUES (?, ?, ?, ?)"


@dataclass
class InboxReader:
    """Reads inboxes. Source: the platform's guide of statuses, "REST API": `sinceId` and `maxId`
    limit the `messageId`, which counts within an inbox.

    Args:
        api: whom to ask.
        journal: where to.
        progress: is called after each page, with a name and how many statuses it had.
    """

    api: Api
    journal: ExportJournal
    progress: Callable[[str, int], None]

    def read(self, statuses: ClassState, users: ClassState) -> None:
        """Read what is newer than what is there, for each user and kind of inbox.

        Args:
            statuses: the class of statuses; without any nobody has one in an inbox.
            users: the class of users.

        Raises:
            RefusedError: the server gives no inboxes.
            FailedError: the server fails again and again.
        """
        if not self.journal.count(statuses):
            return
        kinds = sorted(self._kinds(statuses))
        for user in self._users(users):
            for kind in kinds:
                self._inbox(user, kind)

    def _kinds(self, statuses: ClassState) -> set[str]:
        rows = self.journal.connection.execute(_FOUND_KINDS, (statuses.number, _MOST_KINDS))
        return _KINDS | {kind for (kind,) in rows if isinstance(kind, str)}

    def _users(self, users: ClassState) -> Iterator[bytes]:
        last = b""
        while found := self.journal.connection.execute(_IDS, (users.number, last)).fetchall():
            yield from (user for (user,) in found)
            last = found[-1][0]

    def _inbox(self, user: bytes, kind: str) -> None:
        """Read an inbox; what is newer counts as read when all between is there."""
        key = (user, blob(kind))
        found = self.journal.connection.execute(_SINCE, key).fetchone()
        since = found[0] if found else 0
        while (newest := self._newer(user, kind, since)) > since:
            since = newest
            self.journal.connection.execute(_ARRIVED, (*key, since))

    def _newer(self, user: bytes, kind: str, since: int) -> int:
        """Read statuses that are newer, in whichever order they come; return the newest number."""
        owner = {"__type": "Pointer", "className": USERS, "objectId": unblob(user)}
        newest, below = since, 0
        while True:
            asked = {
                "owner": json.dumps(owner),
                "inboxType": kind,
                "sinceId": str(since),
                "limit": str(PAGE),
            }
            asked |= {"maxId": str(below)} if below else {}
            page = _statuses(self.api.get("/1.1/subscribe/statuses", asked))
            if not page:
                return newest
            lowest = min(page)
            if below and lowest > below:
                raise RefusedError(200, "statuses that were not asked for")
            with self.journal as connection:
                connection.executemany(
                    _INSERT,
                    [(user, blob(kind), *each) for each in _kept(unblob(user), kind, page)],
                )
            self.progress(text("export.step.inboxes"), len(page))
            newest, below = max(newest, *page), lowest - 1
            if below <= since:
                return newest

    def count(self) -> int:
        """Return how many statuses there are in all inboxes."""
        query = "SELECT count(*) FROM delivered"
        found: int = self.journal.connection.execute(query).fetchone()[0]
        return found

    def lines(self) -> Iterator[bytes]:
        """Yield a line for each status in each inbox, the oldest first."""
        query = "SELECT body FROM delivered ORDER BY owner, kind, number"
        return (row[0] for row in self.journal.connection.execute(query))


def _statuses(answer: Json) -> dict[int, Row]:
    """Return the statuses of an answer by their numbers in the inbox.

    Raises:
        RefusedError: it has none, or they have no number.
    """
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise RefusedError(200, "no results")
    found = {}
    for row in rows:
        number = row.get("messageId") if isinstance(row, dict) else None
        if type(number) is not int or not 0 < number <= _LARGEST:
            raise RefusedError(200, "a status without a messageId")
        found[number] = row
    return found


def _kept(owner: str, kind: str, page: dict[int, Row]) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the line of each status; whoever sent it may come with a token."""
    for number, row in page.items():
        status = {
            key: secrets.without(USERS, value) if isinstance(value, dict) else value
            for key, value in row.items()
        }
        line = {"owner": owner, "inboxType": kind, "messageId": number, "status": status}
        yield number, lines.encode(line)
