"""One call of the API: what is asked, by whom, and where to answer it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import exc

from scaffold.store import access, mail, storage, views
from scaffold.store.access import Caller
from scaffold.store.engine import Engine
from scaffold.store.errors import ApiError
from scaffold.store.schema import SchemaCache
from scaffold.store.tasks import TaskRunner
from scaffold.store.work import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from scaffold.store.credentials import Credentials
    from scaffold.store.database import Database
    from scaffold.store.settings import StoreSettings
    from scaffold.store.storage import Storage
    from scaffold.store.tasks import Task
    from scaffold.store.values import Document, Json

Result = TypeVar("Result")
TOO_LARGE = "54000"  # PostgreSQL's code for a value that does not fit into its column's index


@dataclass
class Store:
    """A service: its database and its settings."""

    settings: StoreSettings
    database: Database
    schema: SchemaCache = field(default_factory=SchemaCache)
    engine: Engine | None = field(init=False)
    tasks: TaskRunner = field(init=False)
    files: Storage = field(init=False)

    def __post_init__(self) -> None:
        """Know the app, where there is one, and what does tasks."""
        url = self.settings.engine_url
        self.engine = Engine(url, self.settings.keys) if url else None
        self.files = storage.at(self.settings.files)
        self.tasks = TaskRunner(
            self.database, {"hook": self._deliver, "mail": self._send, "views": self._renew_views}
        )

    def _deliver(self, payload: Document, token: str | None) -> None:
        """Call a hook after a write; without an app there is nobody to call."""
        if self.engine:
            self.engine.deliver(payload["path"], _with_session(payload["body"], token))

    def _renew_views(self, payload: Document, _: str | None) -> None:
        """Show a new column in SQL too."""
        views.renew(self.database, payload["class"])

    def _send(self, payload: Document, _: str | None) -> None:
        """Send a mail of the outbox."""
        if self.settings.smtp:
            mail.send(self.database, self.settings.smtp, payload["outbox"])

    @contextmanager
    def reading(self, caller: Caller, base_url: str = "") -> Iterator[Transaction]:
        """Open a transaction that only reads."""
        with self.database.reading() as connection:
            yield Transaction(connection, self.database, self.schema, caller, base_url)

    def writing(
        self, caller: Caller, work: Callable[[Transaction], Result], base_url: str = ""
    ) -> Result:
        """Do something in a transaction of its own; where it fails nothing of it is kept."""

        def inside(connection: Connection) -> tuple[Result, list[Task], bool]:
            transaction = Transaction(
                connection,
                self.database,
                self.schema,
                caller,
                base_url,
                sends_mail=self.settings.smtp is not None,
            )
            return work(transaction), transaction.tasks, connection in self.schema.uncommitted

        try:
            result, following, changes_classes = self.database.writing(inside)
        except exc.OperationalError as error:
            self.schema.forget()
            if getattr(error.orig, "sqlstate", None) == TOO_LARGE:
                raise ApiError(116) from error
            raise
        except BaseException:
            self.schema.forget()  # a class may be gone
            raise
        if changes_classes:
            self.schema.forget()
        for task in following:
            self.tasks.submit(task)
        return result


def _with_session(body: Document, token: str | None) -> Document:
    """Return the body of a hook with the token that no database keeps."""
    user = body.get("user")
    return {**body, "user": {**user, "sessionToken": token}} if user and token else body


@dataclass(frozen=True)
class ApiCall:
    """One call.

    Args:
        store: the service.
        method: GET, POST, PUT or DELETE.
        path: below the version, as in `/classes/Post`.
        parameters: those of the address.
        body: the object that was sent.
        caller: who asks.
        base_url: the service's address as the caller knows it.
        headers: the headers, for what is passed on to the app.
    """

    store: Store
    method: str
    path: str
    parameters: Mapping[str, Json]
    body: Document
    caller: Caller
    base_url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Do something in a transaction that only reads."""
        with self.store.reading(self.caller, self.base_url) as opened:
            return work(opened)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do something in a transaction of its own."""
        return self.store.writing(self.caller, work, self.base_url)

    def need_master(self) -> None:
        """Refuse a call without the master key.

        Raises:
            ApiError: 401, as the platform answers.
        """
        if not self.caller.master:
            raise ApiError(401, "This operation needs the master key.")


@dataclass(frozen=True)
class ApiResponse:
    """What is answered: JSON, a status, headers."""

    payload: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def identify(
    store: Store, credentials: Credentials, find_user: Callable[[Connection, str], str | None]
) -> Caller:
    """Return who sends a request; a session that is over makes nobody of a user."""
    known = Caller(master=credentials.master, is_app=credentials.is_app, token=credentials.token)
    if credentials.token is None:
        return known
    with store.database.reading() as connection:
        user_id = find_user(connection, credentials.token)
        if user_id is None:
            return Caller(master=known.master, is_app=known.is_app)
        roles = () if known.master else access.roles_of(connection, user_id)
        return Caller(known.master, user_id, roles, known.token, known.is_app)
