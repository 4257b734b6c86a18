"""The service for any ASGI server, configured by its environment:
`scaffold.store.asgi:create`, a factory.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.store import app, metrics, settings, tables
from scaffold.store.calls import Store
from scaffold.store.database import Database

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def create() -> ASGIApp:
    """Return the service; errors as of `configured`."""
    return app.make(configured(), metrics.of_environment(), is_alone=True)


def configured() -> Store:
    """Return what the environment says.

    Raises:
        UsageError: a setting is missing or wrong.
        FailedError: the database has no tables, or those of another version.
    """
    found = settings.of_environment(os.environ)
    database = Database(settings.database_url(os.environ))
    if not database.locks_rows:
        database.migrate()
    version = database.version()
    if version != tables.SCHEMA_VERSION:
        raise FailedError("store.error.version", found=version or "-", needed=tables.SCHEMA_VERSION)
    return Store(found, database)
