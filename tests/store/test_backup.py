"""Backup and restore, by the commands on the page about the data service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import make_url

from scaffold.store import settings
from scaffold.store.calls import Store
from scaffold.store.database import Database
from scaffold.store.records import DOWNLOADS
from tests.conftest import ROOT
from tests.store.conftest import KEYS, name, serving

if TYPE_CHECKING:
    from tests.store.conftest import Api

PAGES = [ROOT / "docs" / "reference" / f"data-service{suffix}.md" for suffix in ("", ".zh")]


def _recipe(page: Path, title: str) -> str:
    found = re.search(rf"```sh\n# {title}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def _run(title: str, folder: Path, database: str, files: Path) -> None:
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        settings.DATABASE: database,
        settings.FILES: str(files),
    }
    script = ["bash", "-euc", _recipe(PAGES[0], title)]
    subprocess.run(script, env=environ, cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("title", ["backup", "restore"])
def test_both_languages(title: str) -> None:
    """Both pages give the same commands."""
    assert _recipe(PAGES[0], title) == _recipe(PAGES[1], title)


def test_restored(api: Api, tmp_path: Path) -> None:
    """What was saved before a backup is there after a restore: objects, users, sessions, files."""
    if not api.store.database.locks_rows or not shutil.which("pg_dump"):
        pytest.skip("the recipe is for PostgreSQL")
    post, (user, user_id) = name(), api.sign_up()
    object_id = user.save(post, text="三 rows", ACL={user_id: {"read": True}})
    token = api("POST", "/fileTokens", {"name": "x.txt"})
    api.client.put(token["upload_url"], content=b"content")
    url = api.store.database.engine.url.set(drivername="postgresql")
    _run("backup", tmp_path, url.render_as_string(False), Path(str(api.store.settings.files)))
    copy = f"copy{name().lower()}"
    with api.store.database.engine.connect() as connection:
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        plain.exec_driver_sql(f"CREATE DATABASE {copy}")
    restored = make_url(url).set(database=copy).render_as_string(False)
    _run("restore", tmp_path, restored, tmp_path / "files")
    store = Store(settings.StoreSettings(KEYS, tmp_path / "files"), Database(restored))
    with serving(store) as address, httpx.Client(base_url=address, trust_env=False) as client:
        read = client.get(f"/1.1/classes/{post}/{object_id}", headers=user.headers).json()
        assert read["text"] == "三 rows"
        assert client.get(f"{DOWNLOADS}/{token['key']}").content == b"content"
    store.database.close()
