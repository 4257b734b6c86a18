"""Watch a project's files."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from watchfiles import Change

SUFFIXES = frozenset(
    {
        ".cfg",
        ".html",
        ".ini",
        ".j2",
        ".jinja",
        ".jinja2",
        ".mako",
        ".mo",
        ".py",
        ".toml",
        ".yaml",
        ".yml",
    }
)
NAMES = frozenset({".env", ".env.example", ".python-version"})
_SKIPPED = frozenset({"__pycache__", "node_modules"})
# Milliseconds: editors write a file in several steps.
_STEP = 50
_DEBOUNCE = 400


def matters(path: Path, directory: Path) -> bool:
    """Tell whether the app should start again when a file changes.

    Only what is read at the start counts: an app that keeps its data or its log beside its code
    must not restart for them, and what is in `static` is read at each request.

    Args:
        path: the file that changed.
        directory: the project.
    """
    inner = path.relative_to(directory)
    for folder in inner.parents[:-1]:
        if (
            folder.name.startswith(".")
            or folder.name in _SKIPPED
            or (directory / folder / "pyvenv.cfg").exists()
        ):
            return False
    name = path.name
    return (
        name in NAMES
        or path.suffix in SUFFIXES
        or (name.startswith("requirements") and path.suffix == ".txt")
    )


class Watch:
    """Reports changed files, from a thread of its own.

    Args:
        directory: the project.
        changed: called with the files that changed together, relative to `directory`, sorted.
        failed: called when the system does not let us watch, or no longer.
    """

    def __init__(
        self,
        directory: Path,
        changed: Callable[[list[str]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._directory = directory
        self._changed = changed
        self._failed = failed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    def _run(self) -> None:
        try:
            self._watch()
        except (OSError, RuntimeError) as error:  # such as: no inotify watch is left
            self._failed(error)

    def _watch(self) -> None:
        import watchfiles

        def wanted(_change: Change, path: str) -> bool:
            return matters(Path(path), self._directory)

        for changes in watchfiles.watch(
            self._directory,
            watch_filter=wanted,
            debounce=_DEBOUNCE,
            step=_STEP,
            stop_event=self._stop,
            rust_timeout=200,
            raise_interrupt=False,
        ):
            self._changed(
                sorted({str(Path(path).relative_to(self._directory)) for _, path in changes})
            )
