"""Going through the rows of a class, from where an earlier run stopped."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from scaffold.errors import FailedError
from scaffold.export.client import RefusedError, TooLargeError
from scaffold.export.journal import blob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.export.client import Api
    from scaffold.export.journal import Place
    from scaffold.export.lines import Json, Row

# The most that the platform gives, by scan and by query.
PAGE = 1000
# REST guide of the platform, "遍历 Class": a cursor is valid for 10 minutes.
CURSOR_SECONDS = 540
_MOST_REPEATS = 3
_MOST_RESTARTS = 5


def in_path(name: str) -> str:
    """Return a name as part of an address; one of dots alone would lead elsewhere."""
    quoted = quote(blob(name), safe="")
    return quoted if name.strip(".") else quoted.replace(".", "%2E")


def date(iso: str) -> Row:
    """Return a time as conditions have it."""
    return {"__type": "Date", "iso": iso}


@dataclass
class Walk:
    """The rows of a class, page by page, in the order of their ids.

    It scans with cursors. When a cursor has expired, it reads on by queries for ids that are larger
    than the last one. The platform does not document that order for every kind of id; where a query
    does not go on as it should, the walk begins again. Rows may come twice.

    Args:
        api: whom to ask.
        class_name: the class.
        place: where to go on; each page moves it.
        where: a condition; None: all rows.
        keys: the columns to read; all where it is empty.
        limit: rows of a page.
    """

    api: Api
    class_name: str
    place: Place
    where: Row | None = None
    keys: str = ""
    limit: int = PAGE
    _repeats: int = 0
    _cursors: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[list[Row]]:
        """Yield pages; `place` is the one after the page that was yielded last.

        Raises:
            RefusedError: the server will not give the class.
            FailedError: the server fails again and again, or its answers lead nowhere.
        """
        more = True
        while more:
            before = self.place.last
            try:
                rows, more = self._query() if self.place.by_query else self._scan()
            except TooLargeError:
                self._read_less()
                continue
            except RefusedError:
                if not self._lose_place():
                    raise
                continue
            if rows:
                self.place.last = rows[-1]["objectId"]
            if more and self._is_known(before):
                self._repeat()
            yield rows

    def _is_known(self, before: str) -> bool:
        """Return whether the place was reached before."""
        if self.place.by_query:
            return self.place.last == before
        is_known = self.place.cursor in self._cursors
        self._cursors.add(self.place.cursor)
        return is_known

    def _scan(self) -> tuple[list[Row], bool]:
        place = self.place
        if place.cursor and time.time() - place.cursor_at > CURSOR_SECONDS:
            self._drop_cursor()
            if place.by_query:
                return self._query()
        cursor = {"cursor": place.cursor} if place.cursor else {}
        address = f"/1.1/scan/classes/{in_path(self.class_name)}"
        answer = self.api.get(address, self._parameters(self.where) | cursor)
        rows, following = _results(answer), answer.get("cursor")
        place.cursor = following if isinstance(following, str) else ""
        place.cursor_at = time.time()
        return rows, bool(place.cursor)

    def _query(self) -> tuple[list[Row], bool]:
        where = {**(self.where or {}), "objectId": {"$gt": self.place.last}}
        answer = self.api.get(
            f"/1.1/classes/{in_path(self.class_name)}",
            self._parameters(where) | {"order": "objectId"},
        )
        rows = _results(answer)
        return rows, bool(rows)

    def _parameters(self, where: Row | None) -> Row:
        found: Row = {"limit": str(self.limit), "returnACL": "true"}
        found |= {"where": where} if where else {}
        return found | ({"keys": self.keys} if self.keys else {})

    def _read_less(self) -> None:
        """Ask for smaller pages.

        Raises:
            FailedError: a single row is too large.
        """
        if self.limit == 1:
            raise FailedError("export.error.too-large", name=self.class_name, after=self.place.last)
        self.limit = max(1, self.limit // 4)

    def _drop_cursor(self) -> None:
        """Go on by queries from the last row; without one nothing is lost by a new scan."""
        self.place.cursor, self.place.by_query = "", bool(self.place.last)

    def _lose_place(self) -> bool:
        """Go on without what the server refuses; return False where nothing is left."""
        place = self.place
        if place.cursor:
            self._drop_cursor()
            return True
        if not place.by_query or place.restarts >= _MOST_RESTARTS:
            return False
        self._restart()
        return True

    def _repeat(self) -> None:
        """Answer the same page once more: a cache may do that, but not for ever.

        Raises:
            FailedError: the server goes round in circles.
        """
        self._repeats += 1
        if self._repeats < _MOST_REPEATS:
            return
        self._repeats = 0
        if self.place.cursor:
            self._drop_cursor()
        elif self.place.restarts < _MOST_RESTARTS:
            self._restart()
        else:
            raise FailedError("export.error.circle", name=self.class_name, after=self.place.last)

    def _restart(self) -> None:
        self.place.restarts += 1
        self.place.rewind()
        self._cursors.clear()


def _results(answer: Json) -> list[Row]:
    """Return the rows of an answer.

    Raises:
        RefusedError: it has none, or one of them has no id.
    """
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise RefusedError(200, "no results")
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("objectId"), str):
            raise RefusedError(200, "a row without an objectId")
    return rows
