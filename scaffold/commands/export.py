"""`scaffold export`: rescue what the platform holds of an app."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import completers, output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from scaffold.export.client import Api
    from scaffold.export.journal import ExportJournal
    from scaffold.export.manifest import ExportManifest
    from scaffold.export.pace import Pace

FOLDER = "export"
APP_ID = "LEANCLOUD_APP_ID"
MASTER_KEY = "LEANCLOUD_APP_MASTER_KEY"
SERVER = "LEANCLOUD_API_SERVER"
RATE = 10.0
_MOST_REQUESTS = 1000


@dataclass(frozen=True)
class ExportOptions:
    """What the user chose.

    Attributes:
        folder: the export.
        server: the address of the API; "" to take the project's.
        rate: the most requests a second.
        archives: fetch the platform's own archive as well.
        verifies: compare an export with the server instead.
        as_json: print the manifest.
    """

    folder: Path
    server: str
    rate: float
    archives: bool
    verifies: bool
    as_json: bool


@click.command("export", help=text("export.help"))
@click.argument("directory", metavar="[DIR]", default=FOLDER, shell_complete=completers.folders)
@click.option("--server", metavar="URL", default="", help=text("export.option.server"))
@click.option(
    "--rate",
    type=click.FloatRange(0, _MOST_REQUESTS, min_open=True),
    default=RATE,
    metavar="N",
    help=text("export.option.rate"),
)
@click.option("--archive", "archives", is_flag=True, help=text("export.option.archive"))
@click.option("--verify", "verifies", is_flag=True, help=text("export.option.verify"))
@shared_options.as_json("export.option.json")
def command(
    directory: str, server: str, rate: float, *, archives: bool, verifies: bool, as_json: bool
) -> int:
    """Export an app, go on with an export, or verify one."""
    return run(ExportOptions(Path(directory), server, rate, archives, verifies, as_json))


def run(options: ExportOptions) -> int:
    """Export or verify; return 1 where something is missing."""
    from scaffold.engine.process import cleaned_up_on_signals
    from scaffold.export.pace import Pace

    variables = _variables()
    server = options.server or variables.get(SERVER, "")
    if not server:
        raise UsageError("export.error.no-server", name=SERVER)
    pace = Pace(options.rate)
    with cleaned_up_on_signals(), _api(server, variables, pace) as api:
        return _verify(options, api) if options.verifies else _export(options, api, pace)


def _variables() -> Mapping[str, str]:
    """Return the variables of the project here: its `.env`, then what the shell has."""
    from scaffold.up import environment

    return {**environment.read_dotenv(Path(environment.FILE)), **os.environ}


def _api(server: str, variables: Mapping[str, str], pace: Pace) -> AbstractContextManager[Api]:
    from contextlib import closing
    from urllib.parse import urlsplit

    from scaffold.export import addresses
    from scaffold.export.client import Api, ApiKeys

    address = addresses.server(server)
    keys = ApiKeys(_key(variables, APP_ID, is_secret=False), _key(variables, MASTER_KEY))
    host = urlsplit(address).hostname or ""
    return closing(Api(address, keys, pace, is_private=addresses.is_known_private(host)))


def _key(variables: Mapping[str, str], name: str, *, is_secret: bool = True) -> str:
    """Return a key: of the environment, or as the user types it, unseen."""
    found = variables.get(name, "").strip()
    if not found and output.can_prompt():
        label = text("export.prompt", name=name)
        found = str(click.prompt(label, hide_input=is_secret, err=True)).strip()
    if not found:
        raise UsageError("export.error.no-keys", name=name)
    if not (found.isascii() and found.isprintable()) or " " in found:
        raise UsageError("export.error.bad-key", name=name)
    return found


def _export(options: ExportOptions, api: Api, pace: Pace) -> int:
    from contextlib import closing

    from scaffold.export import folder
    from scaffold.export.downloads import Downloads
    from scaffold.export.progress import RowsProgress
    from scaffold.export.session import Session

    folder.prepare(options.folder)
    output.say(text("export.begin", server=api.server, folder=options.folder))
    with (
        closing(_journal(options)) as journal,
        closing(Downloads(pace, may_be_private=api.is_private)) as downloads,
    ):
        session = Session(options.folder, api, downloads, journal, RowsProgress(), options.archives)
        manifest = session.run()
    if options.as_json:
        output.document(manifest.as_json())
    for line in _summary(options, manifest):
        output.say(line)
    return 1 if manifest.problems else 0


def _verify(options: ExportOptions, api: Api) -> int:
    from contextlib import closing

    from scaffold.export.progress import RowsProgress
    from scaffold.export.reader import Export
    from scaffold.export.verify import verify

    Export.open(options.folder)  # before the journal is made there
    with closing(_journal(options)) as journal:
        found = verify(options.folder, api, journal, RowsProgress())
    if options.as_json:
        output.document({"verified": not found, "problems": found})
        return 1 if found else 0
    for line in found:
        output.data(line)
    key = "export.verify.no" if found else "export.verify.yes"
    output.data(text(key, number=len(found), folder=options.folder))
    return 1 if found else 0


def _journal(options: ExportOptions) -> ExportJournal:
    from scaffold.export.journal import ExportJournal

    return ExportJournal(options.folder)


def _summary(options: ExportOptions, manifest: ExportManifest) -> Iterator[str]:
    """Yield what was exported, what is missing, and what not to do yet."""
    from scaffold.export.manifest import WITHOUT_CONTENTS, in_words

    states = manifest.contents
    yield text(
        "export.done",
        classes=len(manifest.classes),
        rows=f"{sum(entry.written.rows for entry in manifest.classes.values()):,}",
        relations=len(manifest.relations),
        files=f"{states.get('saved', 0):,}",
        messages=f"{manifest.messages.rows if manifest.messages else 0:,}",
    )
    deleted = sum(entry.deleted for entry in manifest.classes.values())
    if deleted:
        yield text("export.deleted", number=f"{deleted:,}")
    if options.archives and manifest.archive:
        megabytes = f"{manifest.archive.bytes / 1_000_000:,.1f}"
        yield text("export.archive", path=manifest.archive.path, megabytes=megabytes)
    without = in_words(states, WITHOUT_CONTENTS)
    if without:
        yield text("export.without-content", states=without)
    found = manifest.problems + manifest.notes
    yield from (output.style(line, "yellow") for line in found)
    yield text("export.passwords")
    key = "export.again" if manifest.problems else "export.next"
    yield output.style(text(key, folder=options.folder), "bold")
