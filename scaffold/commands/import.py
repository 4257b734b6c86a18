"""`scaffold import`: bring what the platform held of an app into a database of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import completers, output
from scaffold.commands import shared_options
from scaffold.errors import FailedError, UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.importer.report import ClassReport, ImportReport
    from scaffold.importer.sources import ImportSource
    from scaffold.store.database import Database

_SHOWN = 20
_ALLOCATIONS = 700  # Python's own number


@dataclass(frozen=True)
class ImportOptions:
    """What the user chose.

    Attributes:
        source: an export, or a file or folder of the console.
        into: the kind of target.
        database: where the rows go; None: where the environment says.
        files: where the contents of files go; None: where the environment says.
        without: classes to leave out.
        deletes: delete what was deleted on the platform.
        as_json: print the report.
    """

    source: Path
    into: str
    database: str | None
    files: str | None
    without: tuple[str, ...]
    deletes: bool
    as_json: bool


@click.command("import", help=text("import.help"))
@click.argument("source", metavar="SOURCE", shell_complete=completers.folders)
@click.option(
    "--into",
    type=click.Choice(("store", "tables", "parse")),
    metavar="TARGET",
    default="store",
    show_default=True,
    help=text("import.option.into"),
)
@click.option("--database", metavar="URL", help=text("import.option.database"))
@click.option(
    "--files", metavar="DIR", shell_complete=completers.folders, help=text("import.option.files")
)
@click.option("--without", multiple=True, metavar="CLASS", help=text("import.option.without"))
@click.option("--delete", "deletes", is_flag=True, help=text("import.option.delete"))
@shared_options.as_json("import.option.json")
def command(
    source: str,
    into: str,
    database: str | None,
    files: str | None,
    without: tuple[str, ...],
    *,
    deletes: bool,
    as_json: bool,
) -> int:
    """Import an app, or go on with an import."""
    return run(ImportOptions(Path(source), into, database, files, without, deletes, as_json))


def run(options: ImportOptions) -> int:
    """Import; return 1 where the target differs from what the source promises."""
    import gc
    import sqlite3
    from contextlib import closing

    from sqlalchemy import exc

    from scaffold.engine.process import cleaned_up_on_signals
    from scaffold.importer import sources
    from scaffold.store import settings, storage
    from scaffold.store.database import Database

    # What is right for commands of half a second lets the garbage of a million rows grow.
    gc.set_threshold(_ALLOCATIONS)
    _check_no_password(options.database)
    source = sources.find(options.source)
    _check_deletes(options, source)
    url = options.database or settings.database_url(os.environ)
    try:
        with cleaned_up_on_signals(), closing(Database(url)) as database:
            shown = url.rpartition("@")[2]  # without the password
            output.say(text("import.begin", source=options.source, database=shown))
            report = _imported(options, source, database)
    except (exc.DBAPIError, sqlite3.Error) as error:
        # The lines below the first one may hold a row.
        problem = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise FailedError("store.error.database", problem=problem) from error
    except storage.problems() as error:
        raise FailedError("import.error.storage", problem=error) from error
    if options.as_json:
        output.document(report.as_json())
    for line in _summary(report):
        output.say(line)
    return 1 if report.problems else 0


def _check_deletes(options: ImportOptions, source: ImportSource) -> None:
    """Refuse to delete what no complete export says is deleted.

    Raises:
        UsageError: it would.
    """
    is_complete = source.export is not None and source.export.manifest.finished_at
    if options.deletes and not (is_complete and options.into == "store"):
        raise UsageError("import.error.delete", source=options.source)


def _check_no_password(database: str | None) -> None:
    """Refuse a password that everybody could read in a list of processes.

    Raises:
        UsageError: there is one.
    """
    from urllib.parse import urlsplit

    from scaffold.store import settings

    try:
        address = urlsplit(database or "")
        has_password = bool(address.password) or "password=" in address.query
    except ValueError:
        return  # it is no address, which is said where it is opened
    if has_password:
        raise UsageError("import.error.password", name=settings.DATABASE)


def _imported(options: ImportOptions, source: ImportSource, database: Database) -> ImportReport:
    from scaffold import own_folder
    from scaffold.export.progress import RowsProgress
    from scaffold.importer.into_parse import ParseImport
    from scaffold.importer.into_store import StoreImport
    from scaffold.importer.into_tables import TablesImport
    from scaffold.store import settings, storage

    if options.into == "tables":
        return TablesImport(source, database, options.without, RowsProgress()).run()
    place = options.files or os.environ.get(settings.FILES)
    if options.into == "parse":
        files = storage.at(place) if place else None
        return ParseImport(source, database, options.without, RowsProgress(), files).run()
    if Path(own_folder.NAME).is_dir():
        own_folder.make(Path())  # where data are by default; git must not have them
    target = storage.at(place or settings.DEFAULT_FILES)
    return StoreImport(
        source, database, target, options.without, options.deletes, RowsProgress()
    ).run()


def _summary(report: ImportReport) -> Iterator[str]:
    """Yield what was imported, what is not kept, and where the target differs."""
    from scaffold.export.manifest import in_words

    for name, found in [*report.classes.items(), *report.relations.items()]:
        if found.read or found.expected:
            yield text("import.class", name=name, **_numbers(found))
        if found.deleted:
            yield text("import.deleted", name=name, number=f"{found.deleted:,}")
    if report.files:
        yield text("import.files", states=in_words(report.files))
    for (name, key, reason), loss in list(report.lost.items())[:_SHOWN]:
        what = f"{name}.{key}" if key else name
        places = ", ".join(loss.places)
        line = text("import.lost", what=what, rows=f"{loss.rows:,}", reason=reason, places=places)
        yield output.style(line, "yellow")
    if len(report.lost) > _SHOWN:
        yield text("import.lost-more", number=len(report.lost) - _SHOWN)
    yield from (output.style(line, "yellow") for line in (*report.notes, *report.problems))
    yield output.style(text("import.differs" if report.problems else "import.done"), "bold")


def _numbers(found: ClassReport) -> dict[str, str]:
    numbers = {
        "read": found.read,
        "written": found.written,
        "unchanged": found.unchanged,
        "newer": found.newer,
        "refused": found.refused,
    }
    return {name: f"{number:,}" for name, number in numbers.items()}
