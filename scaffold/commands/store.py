"""`scaffold store`: the data service, a REST API like the platform's on a database of one's own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import completers, output, own_folder
from scaffold.commands import shared_options
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from scaffold.store.database import Database

PORT = 3600
PROXY_PORT = 3601


@click.group("store", help=text("store.help"))
def command() -> None:
    """Serve and look after the data service."""


_database = click.option("--database", metavar="URL", help=text("store.option.database"))


def _address(port: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options for where it listens."""
    host_option = click.option(
        "--host", default="127.0.0.1", show_default=True, help=text("store.option.host")
    )
    port_option = click.option(
        "--port",
        type=click.IntRange(1, 65535),
        default=port,
        show_default=True,
        help=text("store.option.port"),
    )
    return lambda function: host_option(port_option(function))


@dataclass(frozen=True)
class ServeOptions:
    """What the user chose; None where the environment says it.

    Attributes:
        database: where the data is.
        files: the folder for files.
        engine: where the app listens.
        metrics: where figures are shown; nowhere if None.
        host: the address to listen on.
        port: its port.
        workers: how many processes serve.
    """

    database: str | None
    files: str | None
    engine: str | None
    metrics: str | None
    host: str
    port: int
    workers: int

    def environment(self) -> dict[str, str]:
        """Return the variables that say the same to the service."""
        from scaffold.store import settings

        values = {
            settings.DATABASE: self.database,
            settings.FILES: self.files,
            settings.ENGINE: self.engine,
        }
        return {name: value for name, value in values.items() if value}


@command.command("serve", help=text("store.serve.help"))
@_database
@click.option(
    "--files", metavar="DIR", shell_complete=completers.folders, help=text("store.option.files")
)
@click.option("--engine", metavar="URL", help=text("store.option.engine"))
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    envvar="SCAFFOLD_STORE_METRICS",
    help=text("store.option.metrics"),
)
@_address(PORT)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help=text("store.option.workers"),
)
def serve_command(**values: Any) -> None:
    """Serve until stopped."""
    _serve(ServeOptions(**values))


def _serve(options: ServeOptions) -> None:
    from scaffold.store import asgi, metrics, settings
    from scaffold.store.database import Database
    from scaffold.store.request_log import LOGGING

    os.environ.update(options.environment())  # where each worker reads it
    url = settings.database_url(os.environ)
    with _understandable():
        asgi.configured()  # what is wrong is said here, not by each worker
    settings.check_address(options.host, options.port)
    _hide_from_git()
    if options.metrics:
        metrics.show(options.metrics, Database(url))
    database = url.rpartition("@")[2]  # without the password
    output.say(
        text("store.serving", url=f"http://{options.host}:{options.port}", database=database)
    )
    _run(
        "scaffold.store.asgi:create",
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        log_config=LOGGING,
    )


def _run(app: str | ASGIApp, **settings: Any) -> None:
    """Serve an app with uvicorn until stopped."""
    import uvicorn

    from scaffold.engine.process import cleaned_up_on_signals
    from scaffold.store.protocol import PromptProtocol

    with cleaned_up_on_signals():
        uvicorn.run(app, http=PromptProtocol, ws="none", access_log=False, **settings)


@command.command("migrate", help=text("store.migrate.help"))
@_database
def migrate_command(database: str | None) -> None:
    """Make or renew the tables."""
    with _opened(database) as found:
        found.migrate()
        output.say(text("store.migrated", version=found.version()))


@command.command("index", help=text("store.index.help"))
@_database
@click.option("--drop", is_flag=True, help=text("store.option.drop"))
@click.argument("columns", nargs=-1, metavar="[CLASS.COLUMN]...")
def index_command(database: str | None, columns: tuple[str, ...], *, drop: bool) -> None:
    """Make indexes, or list those that are there."""
    from scaffold.store import indexes

    with _opened(database) as found:
        for name in columns:
            class_name, _, column = name.partition(".")
            (indexes.drop if drop else indexes.create)(found, class_name, column)
        for names in indexes.listed(found):
            output.data(".".join(names))


@command.command("views", help=text("store.views.help"))
@_database
def views_command(database: str | None) -> None:
    """Make the views and print their names."""
    from scaffold.store import views

    with _opened(database) as found:
        for name in views.make(found):
            output.data(name)


@command.command("check", help=text("store.check.help"))
@_database
def check_command(database: str | None) -> int:
    """Say whether the database can be used; return 1 if not."""
    from scaffold.store import tables

    with _opened(database) as found:
        version = found.version()
    if version != tables.SCHEMA_VERSION:
        raise FailedError("store.error.version", found=version or "-", needed=tables.SCHEMA_VERSION)
    output.say(text("store.fine", version=version))
    return 0


@command.command("stats", help=text("store.stats.help"))
@_database
@shared_options.as_json("store.option.json")
def stats_command(database: str | None, *, as_json: bool) -> None:
    """Count the objects of each class."""
    from scaffold import tables as columns
    from scaffold.store import stats

    with _opened(database) as found:
        counted = stats.objects_by_class(found)
    if as_json:
        output.document({"objects": counted})
        return
    for line in columns.columns([(name, str(number)) for name, number in counted.items()]):
        output.data(line)


@command.command("proxy", help=text("store.proxy.help"))
@click.argument("server", metavar="URL")
@click.option("--compare", "compared", metavar="URL", help=text("store.option.compare"))
@click.option("--freeze", "is_frozen", is_flag=True, help=text("store.option.freeze"))
@_address(PROXY_PORT)
def proxy_command(
    server: str, compared: str | None, host: str, port: int, *, is_frozen: bool
) -> None:
    """Stand in front of the old platform until stopped."""
    import json

    from scaffold.cutover import app
    from scaffold.export import addresses
    from scaffold.store import settings

    old = addresses.server(server)
    settings.check_address(host, port)
    proxied = app.ProxySettings(old, addresses.server(compared) if compared else None, is_frozen)
    key = "store.proxying.frozen" if is_frozen else "store.proxying"
    output.say(text(key, url=f"http://{host}:{port}", server=old))
    if proxied.compared:
        output.say(text("store.comparing", server=proxied.compared))
    _run(
        app.make(proxied, lambda found: output.exact(json.dumps(found))),
        host=host,
        port=port,
        log_config=app.LOG,
        # The old platform's own pass through.
        server_header=False,
        date_header=False,
    )


@contextmanager
def _opened(url: str | None) -> Iterator[Database]:
    from scaffold.store import settings
    from scaffold.store.database import Database

    with _understandable():
        database = Database(url or settings.database_url(os.environ))
        _hide_from_git()
        try:
            yield database
        finally:
            database.close()


def _hide_from_git() -> None:
    """Keep the folder that data and files are in by default out of git."""
    if Path(own_folder.NAME).is_dir():
        own_folder.make(Path())


@contextmanager
def _understandable() -> Iterator[None]:
    """Say in our words that a database does not answer."""
    from sqlalchemy import exc

    try:
        yield
    except exc.DBAPIError as error:
        raise FailedError("store.error.database", problem=str(error.orig).strip()) from error
