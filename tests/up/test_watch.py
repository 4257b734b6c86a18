"""Which files make the app start again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import watchfiles

from scaffold.up.watch import Watch, matters

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("app.py", True),
        ("views/index.py", True),
        ("templates/index.html", True),
        ("leanengine.yaml", True),
        (".env", True),
        (".python-version", True),
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("static/page.css", False),
        ("data.sqlite3", False),
        ("app.log", False),
        ("notes.txt", False),
        ("app.pyc", False),
        ("__pycache__/app.py", False),
        (".git/hooks/x.py", False),
        (".venv/lib/x.py", False),
        ("node_modules/x/x.py", False),
        ("env/lib/x.py", False),
    ],
)
def test_matters(tmp_path: Path, name: str, *, expected: bool) -> None:
    """Code, templates and settings; not data, caches, virtualenvs."""
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert matters(tmp_path / name, tmp_path) is expected


def test_called_once(tmp_path: Path) -> None:
    """Files that are saved together are reported together."""
    reported: list[list[str]] = []
    event = threading.Event()

    def changed(names: list[str]) -> None:
        reported.append(names)
        event.set()

    watch = Watch(tmp_path, changed, failed=lambda error: reported.append([str(error)]))
    watch.start()
    try:
        # Watching begins a moment after the thread.
        while not event.wait(0.5):
            (tmp_path / "b.py").write_text("2", "utf-8")
            (tmp_path / "a.py").write_text("1", "utf-8")
            (tmp_path / "data.json").write_text("1", "utf-8")
    finally:
        watch.stop()
    assert reported[0] == ["a.py", "b.py"]


def test_no_watch_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the system does not let us watch, that is reported."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", refuse)
    reported = threading.Event()
    watch = Watch(tmp_path, lambda _: None, lambda _: reported.set())
    watch.start()
    assert reported.wait(10)
    watch.stop()
