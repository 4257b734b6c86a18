"""Property: an import writes no key and no token, wherever it writes to."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.store import passwords, settings
from scaffold.store.database import Database
from tests.export.platform import KEYS
from tests.importer.conftest import PASSWORD, SALT, TOKEN
from tests.some import some
from tests.store.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Scaffold
    from tests.importer.conftest import Exported

HASH = passwords.platform_hash(PASSWORD, SALT)
DATABASE_PASSWORD = "database-password-31Kx"
# Nowhere; and what only the tables of users have.
SECRETS = (KEYS.app_key, KEYS.master_key, KEYS.hook_key, TOKEN, PASSWORD, DATABASE_PASSWORD)
SHOWN_NOWHERE = (*SECRETS, HASH, SALT)


TARGETS = [("sqlite", "store"), *(("postgresql", into) for into in ("store", "tables", "parse"))]


@pytest.fixture
def url(request: pytest.FixtureRequest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a database of a kind, which is in the environment with keys and a password."""
    for name, value in zip(
        (*settings.KEYS, settings.HOOK_KEY),
        (KEYS.app_id, KEYS.app_key, KEYS.master_key, KEYS.hook_key),
        strict=True,
    ):
        monkeypatch.setenv(name, value)
    found = f"sqlite:///{workspace / 'b.sqlite3'}"
    if request.param == "postgresql":
        found = new_database(request.getfixturevalue("postgresql"))
        host = f"postgresql://scaffold:{DATABASE_PASSWORD}@"
        found = found.replace("postgresql://", host).replace("&user=scaffold", "")
    monkeypatch.setenv(settings.DATABASE, found)
    monkeypatch.setenv(settings.FILES, "b-files")
    return found


def _rows(url: str) -> Iterator[str]:
    """Yield each row of all tables, as text."""
    if url.startswith("sqlite"):
        return  # a file among the others
    query = (
        "SELECT format('%%I.%%I', table_schema, table_name) FROM information_schema.tables"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    with closing(Database(url)) as database, database.reading() as connection:
        for table in some(connection.exec_driver_sql(query).scalars()):
            rows = connection.exec_driver_sql(f"SELECT t::text FROM {table} AS t")
            yield from rows.scalars()


@pytest.mark.parametrize(("url", "into"), TARGETS, indirect=["url"])
def test_no_key_or_token_is_written(
    scaffold: Scaffold,
    exported: Exported,
    workspace: Path,
    url: str,
    into: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Files, the database, what is printed and what is logged are searched; with rows that cannot
    be kept, and a database that fails.
    """
    caplog.set_level(logging.DEBUG)
    console = workspace / "console"
    console.mkdir()
    good = (exported.console / "_User.0.jsonl").read_text("utf-8")
    user = json.loads(good.splitlines()[1])
    no_token: list[object] = [{**user, "sessionToken": [user["sessionToken"]]}, {"a": user}]
    lines = [*good.splitlines(), *map(json.dumps, no_token), json.dumps(user)[:-1]]
    (console / "_User.jsonl").write_text("\n".join(lines), "utf-8")
    printed = []
    for source in (exported.folder, console, console):
        done = scaffold("import", str(source), "--into", into, "--json")
        printed.append(done.out + done.err)
        assert done.code == (0 if source == exported.folder else 1)
    nowhere = url.replace("b.sqlite3", "").replace("host=/", "host=/nowhere/")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.DATABASE, nowhere)
        done = scaffold("import", str(console), "--into", into)
    assert "store-database" in done.err
    text = "\n".join([*printed, done.out, done.err, caplog.text])
    assert not [secret for secret in SHOWN_NOWHERE if secret in text]
    (console / "_User.jsonl").write_text(text, "utf-8")
    for path in some(filter(Path.is_file, workspace.rglob("*"))):
        content = path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in content], path
    kept = "\n".join(_rows(url))
    assert not [secret for secret in SECRETS if secret in kept]
