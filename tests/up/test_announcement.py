"""What `scaffold up` says last: its addresses, and of a server's banner nothing."""

from __future__ import annotations

import pytest

from scaffold.up.announcement import Announcement
from scaffold.up.supervisor import AppState


class _Supervisor:
    """A supervisor of an app that is in one state."""

    port = 3000

    def __init__(self) -> None:
        self.state = AppState("starting")

    def processes(self) -> list[int]:
        return []


BANNERS = [
    "[2026-11-28 21:00:00 +0800] [7] [INFO] Starting gunicorn 23.0.0",
    "[2026-11-28 21:00:00 +0800] [7] [INFO] Listening at: http://0.0.0.0:3000 (7)",
    "INFO:     Uvicorn running on http://0.0.0.0:3000 (Press CTRL+C to quit)",
    "INFO:     Application startup complete.",
    "*** Starting uWSGI 2.0.30 (64bit) ***",
    "mapped 145840 bytes (142 KB) for 1 cores",
    "Listening on http://0.0.0.0:3000",
    "Main  2026-11-29 01:39:34 +0000 INFO: Starting worker [8388]",
    " * Running on all addresses (0.0.0.0)",
]
OWN = [
    "[2026-11-28 21:00:00 +0800] [7] [WARNING] no database",
    "INFO: loading the model",
    "starting",
    "Traceback (most recent call last):",
    "INFO:root:connected",
]


@pytest.fixture
def announced() -> tuple[Announcement, _Supervisor]:
    """An announcement of an app that starts."""
    supervisor = _Supervisor()
    return Announcement("shop", supervisor), supervisor  # type: ignore[arg-type]


@pytest.mark.parametrize("line", BANNERS)
def test_banner(announced: tuple[Announcement, _Supervisor], line: str) -> None:
    """A server's own lines are kept back while it starts, and only then."""
    one, supervisor = announced
    assert one.folds(line)
    supervisor.state = AppState("healthy")
    assert not one.folds(line)


@pytest.mark.parametrize("line", OWN)
def test_what_the_app_says(announced: tuple[Announcement, _Supervisor], line: str) -> None:
    """What the app itself prints is always shown."""
    assert not announced[0].folds(line)


def test_failure(
    announced: tuple[Announcement, _Supervisor], capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the app crashes, what was kept back is shown, once."""
    one, _ = announced
    one.folds(BANNERS[0])
    one.changed(AppState("crashed"))
    one.changed(AppState("crashed"))
    assert capsys.readouterr().out.count("Starting gunicorn") == 1


def test_addresses(
    announced: tuple[Announcement, _Supervisor], capsys: pytest.CaptureFixture[str]
) -> None:
    """The addresses come once all is ready and healthy, and again after each start."""
    one, supervisor = announced
    one.console = "http://127.0.0.1:3001/token/"
    supervisor.state = AppState("healthy")
    one.changed(supervisor.state)
    assert capsys.readouterr().err == ""
    one.ready()
    first = capsys.readouterr().err
    assert first.splitlines()[:2] == [
        "shop: http://127.0.0.1:3000/",
        "Function console: http://127.0.0.1:3001/token/",
    ]
    one.changed(supervisor.state)
    assert capsys.readouterr().err == first
