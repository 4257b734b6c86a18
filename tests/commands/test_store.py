"""`scaffold store`: tables, figures, and what is said when something is missing or wrong."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import ports
from scaffold.store import settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scaffold


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a database that is not there yet, in an environment
    without settings.
    """
    for name in (*settings.KEYS, settings.DATABASE):
        monkeypatch.delenv(name, raising=False)
    return f"sqlite:///{tmp_path}/new/data.sqlite3"


def test_tables_and_figures(scaffold: Scaffold, url: str) -> None:
    """`migrate` makes the tables, again without harm; `check` knows them;
    `stats` counts what is in them.
    """
    missing = scaffold("store", "check", "--database", url)
    assert missing.code == 1
    assert "scaffold store migrate" in missing.err
    for _ in range(2):
        assert scaffold("store", "migrate", "--database", url).code == 0
    assert scaffold("store", "check", "--database", url).code == 0
    counted = json.loads(scaffold("store", "stats", "--json", "--database", url).out)
    assert counted["objects"]["_User"] == 0
    assert "_User" in scaffold("store", "stats", "--database", url).out


def test_git_ignores_the_default_database(
    scaffold: Scaffold, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of the default database has the `.gitignore` that `scaffold up` gives it."""
    del url
    monkeypatch.chdir(tmp_path)
    assert scaffold("store", "migrate").code == 0
    assert (tmp_path / settings.DEFAULT_DATABASE.removeprefix("sqlite:///")).is_file()
    assert (tmp_path / ".scaffold/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    ("arguments", "code", "seen"),
    [
        (("serve",), 2, "LEANCLOUD_APP_ID"),
        (("migrate", "--database", "mysql://localhost/x"), 2, "mysql"),
        (("migrate", "--database", "nonsense"), 2, "nonsense"),
        (("check", "--database", "postgresql://127.0.0.1:1/x"), 1, "refused"),
        (("check", "--database", "sqlite:////dev/null/x/y"), 1, "/dev/null"),
        (("serve", "--port", "0"), 2, "--port"),
        (("proxy",), 2, "URL"),
        (("proxy", "ftp://127.0.0.1"), 2, "ftp://127.0.0.1"),
        (("proxy", "http://93.184.216.34"), 2, "https://"),
        (("proxy", "https://127.0.0.1", "--compare", "http://93.184.216.34"), 2, "https://"),
    ],
)
def test_refusals(
    scaffold: Scaffold, url: str, arguments: tuple[str, ...], code: int, seen: str
) -> None:
    """What is missing or wrong is one clear error, and the documented exit code."""
    del url
    result = scaffold("store", *arguments)
    assert result.code == code
    assert seen in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--port", "{port}"),
        ("serve", "--port", "{port}", "--workers", "2"),
        ("serve", "--port", "{free}", "--metrics", "127.0.0.1:{port}"),
        ("proxy", "https://127.0.0.1", "--port", "{port}"),
    ],
)
def test_a_taken_port(
    scaffold: Scaffold, url: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port at which another program listens is one clear error, before any address is said."""
    for name in (*settings.KEYS, settings.HOOK_KEY):
        monkeypatch.setenv(name, "key")
    monkeypatch.setenv(settings.DATABASE, url)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = [word.format(port=port, free=ports.any_free()) for word in arguments]
        result = scaffold("store", *words)
    assert result.code == 2
    assert f"127.0.0.1:{port}: Address already in use" in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_an_address_of_others(scaffold: Scaffold) -> None:
    """An address that is none of this machine's is refused."""
    result = scaffold("store", "proxy", "https://127.0.0.1", "--host", "192.0.2.1")
    assert result.code == 2
    assert "192.0.2.1:3601: " in result.err
