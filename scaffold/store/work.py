"""What a call works with: one transaction for one caller, and an object as it was saved."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.store import tasks
from scaffold.store.compile import SqlCompiler
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scaffold.store.access import Caller
    from scaffold.store.database import Database
    from scaffold.store.schema import Class, SchemaCache
    from scaffold.store.tasks import Task
    from scaffold.store.values import Document


MAX_SUBQUERIES = 100


@dataclass(frozen=True)
class Transaction:
    """One transaction for one caller.

    Args:
        connection: where the transaction is.
        database: what kind of database that is.
        schema: its classes.
        caller: who asks.
        base_url: the service's address, for the addresses of files.
        tasks: what is to be done after the commit.
        sends_mail: whether mail is sent, and not only written down.
        begun: when it began, on the clock that only goes forward.
        subqueries: how many queries in conditions were answered.
    """

    connection: Connection
    database: Database
    schema: SchemaCache
    caller: Caller
    base_url: str = ""
    tasks: list[Task] = field(default_factory=list)
    sends_mail: bool = False
    begun: float = field(default_factory=time.monotonic)
    subqueries: Counter[str] = field(default_factory=Counter)

    def count_subquery(self) -> None:
        """Count one more query in a condition.

        Raises:
            ApiError: 1, there are too many; each may have others in it.
        """
        self.subqueries["all"] += 1
        if self.subqueries["all"] > MAX_SUBQUERIES:
            raise ApiError(1, f"A query may have {MAX_SUBQUERIES} others in it.")

    def follow_up(self, kind: str, payload: Document, secret: str | None = None) -> None:
        """Have something done after the commit, once at least."""
        self.tasks.append(tasks.add(self.connection, kind, payload, secret))

    def compiler(self, used: Class) -> SqlCompiler:
        """Return what says conditions on a class in SQL."""
        return SqlCompiler(self.database.dialect, used.types, used.id)


@dataclass(frozen=True)
class Saved:
    """An object as it is after a write.

    Args:
        used: its class.
        id: its id.
        document: all of its columns.
        acl: its ACL, None where everybody may do everything.
        created_at: when it was made.
        updated_at: when it was changed.
        changed: the columns that the write was about.
    """

    used: Class
    id: str
    document: Document
    acl: Document | None
    created_at: str
    updated_at: str
    changed: list[str] = field(default_factory=list)
